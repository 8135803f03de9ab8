/* SPDX-License-Identifier: MIT */
#include "past.h"

#include <acrida/acrida.h>
#include <acrida/report.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX 300u
#define ENTRIES_MAX 1000u /* that have a history at all */
#define ENTRY_COLUMNS 6u  /* the first of all */
#define DIGITS 6

/* Of several points in one: rates their mean, times the highest. */
static const struct column {
    const char *name;
    uint32_t series;
    bool is_highest;
} columns[] = {
    { "requests_per_s", ACR_SERIES_REQUEST_RATE, false },
    { "failures_per_s", ACR_SERIES_FAILURE_RATE, false },
    { "average_ms", ACR_SERIES_AVERAGE_MS, false },
    { "p50_ms", ACR_SERIES_P50_MS, true },
    { "p95_ms", ACR_SERIES_P95_MS, true },
    { "p99_ms", ACR_SERIES_P99_MS, true },
    { "max_ms", ACR_SERIES_MAX_MS, true },
    { "users", ACR_SERIES_USERS, false },
    { "target_users", ACR_SERIES_TARGET_USERS, false },
    { "arrivals_per_s", ACR_SERIES_ARRIVAL_RATE, false },
    { "open_requests", ACR_SERIES_OPEN_REQUESTS, false },
    { "lateness_ms", ACR_SERIES_LATENESS_MS, true },
    { "cpu_percent", ACR_SERIES_CPU_PERCENT, true },
};

/* The whole, or an entry. */
struct line {
    char *type; /* NULL of the whole */
    char *name;
    float *values; /* column by column */
};

struct past {
    uint64_t number; /* 0 = none */
    double interval_s;
    size_t n; /* points */
    double *times_s;
    struct line *lines; /* the whole first */
    size_t n_lines;
};

/* By number; also the last one while no other has begun. */
static struct past runs[WEB_PAST_RUNS + 1];

static struct past *slot_of(uint64_t number)
{
    return &runs[number % ACR_LEN(runs)];
}

static void forget(struct past *p)
{
    for (size_t i = 0; i < p->n_lines; i++) {
        free(p->lines[i].type);
        free(p->lines[i].name);
        free(p->lines[i].values);
    }
    free(p->lines);
    free(p->times_s);
    *p = (struct past){ .number = 0 };
}

void web_past_done(void)
{
    for (size_t i = 0; i < ACR_LEN(runs); i++)
        forget(&runs[i]);
}

/* --- keeping
 * --------------------------------------------------------------------------------------- */

/* e: NULL = the whole. */
static double joined(const struct acr_snapshot *s, const struct acr_entry *e, size_t from,
                     size_t to, const struct column *c)
{
    double sum = 0;
    double most = 0;
    size_t n = 0;

    for (size_t i = from; i < to; i++) {
        double value =
            e != NULL ? acr_entry_point(e, i, c->series) : acr_snapshot_point(s, i, c->series);

        if (isnan(value))
            continue;
        sum += value;
        most = n == 0 || value > most ? value : most;
        n++;
    }
    return n == 0 ? NAN : c->is_highest ? most : sum / (double)n;
}

static bool fill(struct line *l, const struct past *p, size_t n_columns,
                 const struct acr_snapshot *s, const struct acr_entry *e, size_t step)
{
    size_t n_points = acr_snapshot_n_points(s);

    l->values = calloc(n_columns * p->n, sizeof(*l->values));
    if (e != NULL) {
        l->type = strdup(acr_entry_type(e));
        l->name = strdup(acr_entry_name(e));
    }
    if (l->values == NULL || (e != NULL && (l->type == NULL || l->name == NULL)))
        return false;
    for (size_t k = 0; k < n_columns; k++)
        for (size_t i = 0; i < p->n; i++) {
            size_t to = (i + 1) * step;

            l->values[k * p->n + i] =
                (float)joined(s, e, i * step, to < n_points ? to : n_points, &columns[k]);
        }
    return true;
}

/* Entries that came too late for a history have none here either. */
static bool fill_all(struct past *p, const struct acr_snapshot *s, size_t step)
{
    size_t n_entries = acr_snapshot_n_entries(s);

    n_entries = n_entries < ENTRIES_MAX ? n_entries : ENTRIES_MAX;
    p->times_s = calloc(p->n, sizeof(*p->times_s));
    p->lines = calloc(n_entries + 1, sizeof(*p->lines));
    if (p->times_s == NULL || p->lines == NULL)
        return false;
    for (size_t i = 0; i < p->n; i++) {
        size_t last = (i + 1) * step - 1;
        size_t n_points = acr_snapshot_n_points(s);

        p->times_s[i] = acr_snapshot_point_time(s, last < n_points ? last : n_points - 1);
    }
    p->n_lines = 1;
    if (!fill(&p->lines[0], p, ACR_LEN(columns), s, NULL, step))
        return false;
    for (size_t i = 0; i < n_entries; i++) {
        p->n_lines++;
        if (!fill(&p->lines[i + 1], p, ENTRY_COLUMNS, s, acr_snapshot_entry(s, i), step))
            return false;
    }
    return true;
}

void web_past_keep(const struct acr_snapshot *s, uint64_t number)
{
    struct past *p = slot_of(number);
    size_t n_points = acr_snapshot_n_points(s);
    size_t step = (n_points + POINTS_MAX - 1) / POINTS_MAX;

    forget(p);
    if (n_points == 0)
        return;
    *p = (struct past){ .number = number,
                        .interval_s = acr_snapshot_point_interval(s) * (double)step,
                        .n = (n_points + step - 1) / step };
    if (!fill_all(p, s, step))
        forget(p);
}

/* --- showing
 * --------------------------------------------------------------------------------------- */

void web_past_list(struct json_text *j, uint64_t before)
{
    json_text_open(j, NULL, '{');
    json_text_open(j, "runs", '[');
    for (uint64_t n = before > WEB_PAST_RUNS ? before - WEB_PAST_RUNS : 1; n < before; n++)
        if (slot_of(n)->number == n)
            json_text_count(j, NULL, n);
    json_text_close(j, ']');
    json_text_close(j, '}');
    json_text_end(j);
}

static void write_columns(struct json_text *j, const struct past *p, const struct line *l,
                          size_t n_columns)
{
    for (size_t k = 0; k < n_columns; k++) {
        json_text_open(j, columns[k].name, '[');
        for (size_t i = 0; i < p->n; i++)
            json_text_rounded(j, NULL, (double)l->values[k * p->n + i], DIGITS);
        json_text_close(j, ']');
    }
}

static void write_whole(struct json_text *j, const struct past *p)
{
    json_text_number(j, "interval_s", p->interval_s);
    json_text_open(j, "time_s", '[');
    for (size_t i = 0; i < p->n; i++)
        json_text_rounded(j, NULL, p->times_s[i], 9);
    json_text_close(j, ']');
    write_columns(j, p, &p->lines[0], ACR_LEN(columns));
}

bool web_past_write(struct json_text *j, uint64_t number, const char *type, const char *name)
{
    const struct past *p = slot_of(number);

    if (number == 0 || p->number != number)
        return false;
    json_text_open(j, NULL, '{');
    if (name == NULL)
        write_whole(j, p);
    for (size_t i = 1; name != NULL && i < p->n_lines; i++)
        if (strcmp(p->lines[i].name, name) == 0 && strcmp(p->lines[i].type, type) == 0)
            write_columns(j, p, &p->lines[i], ENTRY_COLUMNS);
    json_text_close(j, '}');
    json_text_end(j);
    return true;
}
