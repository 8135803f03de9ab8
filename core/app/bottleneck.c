/* SPDX-License-Identifier: MIT */
#include "app/bottleneck.h"

#include "base/check.h"
#include "base/log.h"

#include <acrida/report.h>

#include <stdlib.h>
#include <string.h>

#define BUSY_PERCENT 90.0
/* Ticks: spawning alone may fill a second or two. */
#define BUSY_TICKS 3u
#define LATE_MS 10.0
#define LATE_TIMES 10.0

static bool is_at_work(const struct acr_worker *w)
{
    const char *state = acr_worker_state(w);

    return strcmp(state, "running") == 0 || strcmp(state, "spawning") == 0;
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

/* Of those at work, sorted. Returns: how many. */
static size_t sort_lateness(struct acri_bottleneck *b, const struct acr_snapshot *s)
{
    size_t n = 0;

    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++) {
        const struct acr_worker *w = acr_snapshot_worker(s, i);

        if (is_at_work(w))
            b->lateness[n++] = acr_worker_value(w, ACR_WORKER_LATENESS_RECENT_MS);
    }
    qsort(b->lateness, n, sizeof(*b->lateness), compare);
    return n;
}

/* The median of all but one, who is not below it: the lower one of two. */
static double median_without(const double *lateness, size_t n, double own)
{
    size_t middle = (n - 2) / 2;

    return lateness[middle] < own ? lateness[middle] : lateness[middle + 1];
}

/* lateness: of the n that are at work, this one included. */
static void judge(struct acri_bottleneck_worker *seen, const double *lateness, size_t n,
                  const struct acr_worker *w)
{
    double loop = acr_worker_value(w, ACR_WORKER_LOOP_PERCENT);
    double late = acr_worker_value(w, ACR_WORKER_LATENESS_RECENT_MS);

    seen->n_busy = loop > BUSY_PERCENT ? seen->n_busy + 1 : 0;
    if (seen->n_busy >= BUSY_TICKS) {
        acri_log_warning("worker %s is a bottleneck: its busiest thread uses %.0f %% of a CPU, and "
                         "its users wait for it; give it more threads, or add workers",
                         acr_worker_name(w), loop);
        seen->is_named = true;
    } else if (n > 1 && late > LATE_MS && late > LATE_TIMES * median_without(lateness, n, late)) {
        acri_log_warning("worker %s is a bottleneck: 1 %% of its requests of the last 10 s were "
                         "sent %.0f ms late or "
                         "more, %.1f ms at the others; its machine may be too busy or too slow",
                         acr_worker_name(w), late, median_without(lateness, n, late));
        seen->is_named = true;
    }
}

static void ensure_room(struct acri_bottleneck *b, size_t n)
{
    if (n <= b->n_workers)
        return;
    b->workers = acri_realloc(b->workers, n * sizeof(*b->workers));
    b->lateness = acri_realloc(b->lateness, n * sizeof(*b->lateness));
    memset(&b->workers[b->n_workers], 0, (n - b->n_workers) * sizeof(*b->workers));
    b->n_workers = n;
}

void acri_bottleneck_step(struct acri_bottleneck *b, const struct acr_snapshot *s)
{
    size_t n_workers = acr_snapshot_n_workers(s);
    size_t n;

    if (n_workers == 0)
        return;
    for (size_t i = 0; i < n_workers; i++)
        ensure_room(b, acr_worker_number_of(acr_snapshot_worker(s, i)) + (size_t)1);
    n = sort_lateness(b, s);
    for (size_t i = 0; i < n_workers; i++) {
        const struct acr_worker *w = acr_snapshot_worker(s, i);
        struct acri_bottleneck_worker *seen = &b->workers[acr_worker_number_of(w)];

        if (is_at_work(w) && !seen->is_named)
            judge(seen, b->lateness, n, w);
    }
}

void acri_bottleneck_done(struct acri_bottleneck *b)
{
    free(b->workers);
    free(b->lateness);
    *b = (struct acri_bottleneck){ .n_workers = 0 };
}
