/* SPDX-License-Identifier: MIT */
/* A snapshot's history as columns. */
#include "results/patterns.h"

#include <acrida/report.h>

#include <errno.h>
#include <stdlib.h>

/* More endpoints than these hardly matter to the whole, and each one more costs time. */
#define ENTRIES_MAX 100
#define OF_RUN 5
#define OF_ENTRY 6

static double waited(const struct acr_entry *e)
{
    return acr_entry_sum_ms(e, ACR_RESPONSE_TIME);
}

static int compare_waited(const void *a, const void *b)
{
    const struct acr_entry *const *x = a;
    const struct acr_entry *const *y = b;

    return (waited(*x) < waited(*y)) - (waited(*x) > waited(*y));
}

static const double *column(double *values, const struct acr_snapshot *s, const struct acr_entry *e,
                            uint32_t series)
{
    size_t n = acr_snapshot_n_points(s);

    for (size_t i = 0; i < n; i++)
        values[i] = e != NULL ? acr_entry_point(e, i, series) : acr_snapshot_point(s, i, series);
    return values;
}

static struct patterns_series series_of(double *values, const struct acr_snapshot *s,
                                        const struct acr_entry *e)
{
    size_t n = acr_snapshot_n_points(s);

    return (struct patterns_series){
        .type = e != NULL ? acr_entry_type(e) : "",
        .name = e != NULL ? acr_entry_name(e) : "",
        .requests_per_s = column(values, s, e, ACR_SERIES_REQUEST_RATE),
        .failures_per_s = column(values + n, s, e, ACR_SERIES_FAILURE_RATE),
        .average_ms = column(values + 2 * n, s, e, ACR_SERIES_AVERAGE_MS),
        .p50_ms = column(values + 3 * n, s, e, ACR_SERIES_P50_MS),
        .p95_ms = column(values + 4 * n, s, e, ACR_SERIES_P95_MS),
        .p99_ms = column(values + 5 * n, s, e, ACR_SERIES_P99_MS),
    };
}

static void read_run(struct patterns_history *h, const struct acr_snapshot *s)
{
    struct patterns_input *in = &h->input;
    double *times = h->values;

    in->n = acr_snapshot_n_points(s);
    for (size_t i = 0; i < in->n; i++)
        times[i] = acr_snapshot_point_time(s, i);
    in->time_s = times;
    in->users = column(h->values + in->n, s, NULL, ACR_SERIES_USERS);
    in->target_users = column(h->values + 2 * in->n, s, NULL, ACR_SERIES_TARGET_USERS);
    in->arrivals_per_s = column(h->values + 3 * in->n, s, NULL, ACR_SERIES_ARRIVAL_RATE);
    in->cpu_percent = column(h->values + 4 * in->n, s, NULL, ACR_SERIES_CPU_PERCENT);
    in->total = series_of(h->values + OF_RUN * in->n, s, NULL);
}

int patterns_history_read(struct patterns_history *h, const struct acr_snapshot *s)
{
    size_t n_all = acr_snapshot_n_entries(s);
    size_t n_entries = n_all < ENTRIES_MAX ? n_all : ENTRIES_MAX;
    size_t n = acr_snapshot_n_points(s);
    const struct acr_entry **sorted = calloc(n_all + 1, sizeof(*sorted));

    *h = (struct patterns_history){ .values = NULL };
    h->entries = calloc(n_entries + 1, sizeof(*h->entries));
    h->values = calloc(n * (OF_RUN + OF_ENTRY * (n_entries + 1)) + 1, sizeof(*h->values));
    if (sorted == NULL || h->entries == NULL || h->values == NULL) {
        free(sorted);
        return -ENOMEM;
    }
    for (size_t i = 0; i < n_all; i++)
        sorted[i] = acr_snapshot_entry(s, i);
    qsort(sorted, n_all, sizeof(*sorted), compare_waited);
    read_run(h, s);
    for (size_t i = 0; i < n_entries; i++)
        h->entries[i] = series_of(h->values + (OF_RUN + OF_ENTRY * (i + 1)) * n, s, sorted[i]);
    h->input.entries = h->entries;
    h->input.n_entries = n_entries;
    free(sorted);
    return 0;
}

void patterns_history_free(struct patterns_history *h)
{
    free(h->entries);
    free(h->values);
    *h = (struct patterns_history){ .values = NULL };
}

size_t patterns_of_snapshot(const struct acr_snapshot *s, struct pattern *ret, size_t n_max)
{
    struct patterns_history h;
    size_t n = 0;

    if (patterns_history_read(&h, s) == 0)
        n = patterns_find(&h.input, ret, n_max);
    patterns_history_free(&h);
    return n;
}
