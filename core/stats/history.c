/* SPDX-License-Identifier: MIT */
#include "stats/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/snapshot.h"

#define INTERVAL_NS 1000000000ull /* of the first points: that of ticks */
#define NS_PER_MS 1e6
#define QUANTILE_MIN_MS 1e-6f

/* What was measured of the whole in a point's time; of what an entry has, see the total. */
struct point {
    uint64_t over_ns; /* 0 = nothing was */
    uint64_t n_users;
    uint64_t target_users;
    double arrival_rate;
    double open;  /* integral over time, in nanoseconds */
    double cpu;   /* the same */
    float max_ms; /* 0 = none */
    uint64_t late_ns;
    uint64_t n_late;
};

struct lateness {
    uint64_t sum_ns;
    uint64_t n;
};

struct acri_history {
    uint64_t start_ns;
    uint64_t last_ns; /* of the last step */
    uint64_t interval_ns;
    size_t n;         /* points */
    size_t n_entries; /* that have a history */
    struct lateness seen;
    struct lateness kept;
    struct point points[ACR_POINTS_MAX];
};

/* --- counting
 * ------------------------------------------------------------------------------------- */

static struct acri_history_count counted(const struct acr_entry *e)
{
    const struct acri_histogram *times = &e->times[ACR_RESPONSE_TIME];

    return (struct acri_history_count){ .requests = e->counts.requests,
                                        .failures = e->counts.failures,
                                        .timed = acri_histogram_count(times),
                                        .sum_ns = times->sum_low };
}

static struct lateness late(const struct acri_stats *s)
{
    const struct acri_histogram *times = &s->total->times[ACR_LATENESS];

    return (struct lateness){ .sum_ns = times->sum_low, .n = acri_histogram_count(times) };
}

/* Sums are differences of low words, which holds when the high ones differ, too. */
static void add_since(struct acri_history_count *into, const struct acri_history_count *now,
                      const struct acri_history_count *seen)
{
    into->requests += now->requests - seen->requests;
    into->failures += now->failures - seen->failures;
    into->timed += now->timed - seen->timed;
    into->sum_ns += now->sum_ns - seen->sum_ns;
}

static uint32_t add_up(uint32_t a, uint64_t b)
{
    return b < UINT32_MAX - a ? a + (uint32_t)b : UINT32_MAX;
}

static float highest(float a, float b)
{
    return a > b ? a : b;
}

/* --- cells of an entry
 * ---------------------------------------------------------------------------- */

static const struct acri_history_cell *cell_at(const struct acri_history_entry *e, size_t point)
{
    static const struct acri_history_cell none;
    const struct acri_history_cell *page = e->pages[point / ACRI_HISTORY_PAGE];

    return page != NULL ? &page[point % ACRI_HISTORY_PAGE] : &none;
}

static struct acri_history_cell *touch_cell(struct acri_history_entry *e, size_t point)
{
    struct acri_history_cell **page = &e->pages[point / ACRI_HISTORY_PAGE];

    if (*page == NULL)
        *page = acri_alloc(ACRI_HISTORY_PAGE * sizeof(**page));
    return &(*page)[point % ACRI_HISTORY_PAGE];
}

static bool is_empty(const struct acri_history_cell *c)
{
    return c->requests == 0 && c->quantiles_ms[0] == 0;
}

static void thin_entry(struct acri_history_entry *e)
{
    for (size_t i = 0; i < ACR_POINTS_MAX / 2; i++) {
        struct acri_history_cell sum = *cell_at(e, 2 * i);
        const struct acri_history_cell *b = cell_at(e, 2 * i + 1);

        sum.sum_ns += b->sum_ns;
        sum.requests = add_up(sum.requests, b->requests);
        sum.failures = add_up(sum.failures, b->failures);
        sum.timed = add_up(sum.timed, b->timed);
        for (size_t k = 0; k < ACRI_HISTORY_QUANTILES; k++)
            sum.quantiles_ms[k] = highest(sum.quantiles_ms[k], b->quantiles_ms[k]);
        if (e->pages[i / ACRI_HISTORY_PAGE] != NULL || !is_empty(&sum))
            *touch_cell(e, i) = sum;
    }
    for (size_t i = ACRI_HISTORY_PAGES / 2; i < ACRI_HISTORY_PAGES; i++) {
        free(e->pages[i]);
        e->pages[i] = NULL;
    }
    e->first /= 2;
}

static void free_pages(struct acri_history_entry *e)
{
    for (size_t i = 0; i < ACRI_HISTORY_PAGES; i++) {
        free(e->pages[i]);
        e->pages[i] = NULL;
    }
}

/* --- points
 * --------------------------------------------------------------------------------------- */

static void add_point(struct point *into, const struct point *later)
{
    if (later->over_ns > 0) {
        into->n_users = later->n_users;
        into->target_users = later->target_users;
        into->arrival_rate = later->arrival_rate;
    }
    into->over_ns += later->over_ns;
    into->open += later->open;
    into->cpu += later->cpu;
    into->max_ms = highest(into->max_ms, later->max_ms);
    into->late_ns += later->late_ns;
    into->n_late += later->n_late;
}

static void thin(struct acri_stats *s)
{
    struct acri_history *h = s->history;

    for (size_t i = 0; i < ACR_POINTS_MAX / 2; i++) {
        struct point sum = h->points[2 * i];

        add_point(&sum, &h->points[2 * i + 1]);
        h->points[i] = sum;
    }
    memset(&h->points[ACR_POINTS_MAX / 2], 0, ACR_POINTS_MAX / 2 * sizeof(h->points[0]));
    h->n = (h->n + 1) / 2;
    h->interval_ns *= 2;
    thin_entry(s->total->history);
    for (size_t i = 0; i < s->entries.n; i++) {
        struct acr_entry *e = ACRI_CONTAINER_OF(s->entries.keys[i], struct acr_entry, key);

        if (e->history != NULL)
            thin_entry(e->history);
    }
}

/* The point in which a time is. A tick is late rather than early, and what it brings is older than
 * itself: so that of half a tick before. */
static size_t place(const struct acri_history *h, uint64_t now_ns)
{
    uint64_t ns = now_ns - h->start_ns;

    return (size_t)((ns > INTERVAL_NS / 2 ? ns - INTERVAL_NS / 2 : 0) / h->interval_ns);
}

static void step_entry(struct acr_entry *e, size_t point)
{
    static const double quantiles[ACRI_HISTORY_QUANTILES] = { 0.5, 0.95, 0.99 };
    struct acri_history_entry *h = e->history;
    struct acri_history_count now = counted(e);
    struct acri_history_count d = h->kept;
    const struct acri_histogram *times;
    struct acri_history_cell *c;

    add_since(&d, &now, &h->seen);
    h->seen = now;
    h->kept = (struct acri_history_count){ 0 };
    if (d.requests == 0 && acri_window_requests(&e->window) == 0)
        return;
    c = touch_cell(h, point);
    c->requests = add_up(c->requests, d.requests);
    c->failures = add_up(c->failures, d.failures);
    c->timed = add_up(c->timed, d.timed);
    c->sum_ns += d.sum_ns;
    times = acri_stats_current_times(e);
    if (acri_histogram_count(times) == 0)
        return;
    for (size_t i = 0; i < ACRI_HISTORY_QUANTILES; i++) {
        float ms = (float)((double)acri_histogram_quantile_ns(times, quantiles[i]) / NS_PER_MS);

        c->quantiles_ms[i] = highest(c->quantiles_ms[i], highest(ms, QUANTILE_MIN_MS));
    }
}

static void step_total(struct acri_stats *s, size_t at, uint64_t over_ns,
                       const struct acri_history_sample *sample)
{
    struct acri_history *h = s->history;
    const struct acri_histogram *times = acri_stats_current_times(s->total);
    struct lateness now = late(s);
    const struct point p = { .over_ns = over_ns,
                             .n_users = sample->n_users,
                             .target_users = sample->target_users,
                             .arrival_rate = sample->arrival_rate,
                             .open = sample->open_requests * (double)over_ns,
                             .cpu = sample->cpu_percent * (double)over_ns,
                             .max_ms = (float)((double)acri_histogram_max_ns(times) / NS_PER_MS),
                             .late_ns = h->kept.sum_ns + now.sum_ns - h->seen.sum_ns,
                             .n_late = h->kept.n + now.n - h->seen.n };

    h->seen = now;
    h->kept = (struct lateness){ 0 };
    add_point(&h->points[at], &p);
    step_entry(s->total, at);
}

void acri_history_step(struct acri_stats *s, uint64_t now_ns,
                       const struct acri_history_sample *sample)
{
    struct acri_history *h = s->history;
    size_t at;

    if (h == NULL || now_ns <= h->last_ns)
        return;
    while ((at = place(h, now_ns)) >= ACR_POINTS_MAX)
        thin(s);
    step_total(s, at, now_ns - h->last_ns, sample);
    for (size_t i = 0; i < s->entries.n; i++) {
        struct acr_entry *e = ACRI_CONTAINER_OF(s->entries.keys[i], struct acr_entry, key);

        if (e->history == NULL) {
            if (e->counts.requests == 0 || h->n_entries == ACRI_HISTORY_ENTRIES)
                continue;
            e->history = acri_alloc(sizeof(*e->history));
            e->history->first = at;
            h->n_entries++;
        }
        step_entry(e, at);
    }
    h->n = at + 1;
    h->last_ns = now_ns;
}

/* --- from the start to the end
 * -------------------------------------------------------------------- */

void acri_history_begin(struct acri_stats *s, uint64_t start_ns, uint64_t now_ns)
{
    if (s->history == NULL)
        s->history = acri_alloc(sizeof(*s->history));
    if (s->total->history == NULL)
        s->total->history = acri_alloc(sizeof(*s->total->history));
    memset(s->history, 0, sizeof(*s->history));
    s->history->start_ns = start_ns;
    s->history->last_ns = now_ns;
    s->history->interval_ns = INTERVAL_NS;
    s->history->seen = late(s);
    free_pages(s->total->history);
    *s->total->history = (struct acri_history_entry){ .seen = counted(s->total) };
    for (size_t i = 0; i < s->entries.n; i++) {
        struct acr_entry *e = ACRI_CONTAINER_OF(s->entries.keys[i], struct acr_entry, key);

        acri_history_free_entry(e->history);
        e->history = NULL;
        if (e->counts.requests == 0 || s->history->n_entries == ACRI_HISTORY_ENTRIES)
            continue;
        e->history = acri_alloc(sizeof(*e->history));
        e->history->first = place(s->history, now_ns);
        e->history->seen = counted(e);
        s->history->n_entries++;
    }
    /* `first` was counted in the first interval. */
    while (place(s->history, now_ns) >= ACR_POINTS_MAX)
        thin(s);
}

static void keep(struct acr_entry *e)
{
    struct acri_history_count now = counted(e);

    if (e->history == NULL)
        return;
    add_since(&e->history->kept, &now, &e->history->seen);
    e->history->seen = (struct acri_history_count){ 0 };
}

void acri_history_note_reset(struct acri_stats *s)
{
    struct acri_history *h = s->history;
    struct lateness now;

    if (h == NULL)
        return;
    now = late(s);
    h->kept.sum_ns += now.sum_ns - h->seen.sum_ns;
    h->kept.n += now.n - h->seen.n;
    h->seen = (struct lateness){ 0 };
    keep(s->total);
    for (size_t i = 0; i < s->entries.n; i++)
        keep(ACRI_CONTAINER_OF(s->entries.keys[i], struct acr_entry, key));
}

static void keep_late(struct acr_entry *into, const struct acr_entry *from)
{
    static const struct acri_history_count none;
    struct acri_history_count late = counted(from);

    if (into->history != NULL)
        add_since(&into->history->kept, &late, &none);
}

void acri_history_note_late(struct acri_stats *s, const struct acri_stats *from)
{
    struct acri_history *h = s->history;
    struct lateness lateness = late(from);

    if (h == NULL)
        return;
    h->kept.sum_ns += lateness.sum_ns;
    h->kept.n += lateness.n;
    keep_late(s->total, from->total);
    for (size_t i = 0; i < from->entries.n; i++) {
        struct acri_key *found = acri_table_find(&s->entries.table, from->entries.keys[i]);

        if (found != NULL)
            keep_late(ACRI_CONTAINER_OF(found, struct acr_entry, key),
                      ACRI_CONTAINER_OF(from->entries.keys[i], struct acr_entry, key));
    }
}

void acri_history_free(struct acri_history *h)
{
    free(h);
}

void acri_history_free_entry(struct acri_history_entry *e)
{
    if (e == NULL)
        return;
    free_pages(e);
    free(e);
}

static size_t entry_bytes(const struct acri_history_entry *e)
{
    size_t bytes = 0;

    if (e == NULL)
        return 0;
    for (size_t i = 0; i < ACRI_HISTORY_PAGES; i++)
        if (e->pages[i] != NULL)
            bytes += ACRI_HISTORY_PAGE * sizeof(*e->pages[i]);
    return bytes + sizeof(*e);
}

size_t acri_history_bytes(const struct acri_stats *s)
{
    size_t bytes = entry_bytes(s->total->history);

    for (size_t i = 0; i < s->entries.n; i++)
        bytes += entry_bytes(acri_stats_entry(s, i)->history);
    return bytes + (s->history != NULL ? sizeof(*s->history) : 0);
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

static const struct acri_history *history_of(const struct acri_stats *s)
{
    static const struct acri_history none = { .interval_ns = INTERVAL_NS };

    return s != NULL && s->history != NULL ? s->history : &none;
}

static double per_second(double n, uint64_t over_ns)
{
    return over_ns > 0 ? n * 1e9 / (double)over_ns : NAN;
}

static double mean_ms(uint64_t sum_ns, uint64_t n)
{
    return n > 0 ? (double)sum_ns / (double)n / NS_PER_MS : NAN;
}

size_t acr_snapshot_n_points(const struct acr_snapshot *s)
{
    return s != NULL ? history_of(s->stats)->n : 0;
}

double acr_snapshot_point_interval(const struct acr_snapshot *s)
{
    return (double)history_of(s != NULL ? s->stats : NULL)->interval_ns / 1e9;
}

double acr_snapshot_point_time(const struct acr_snapshot *s, size_t point)
{
    const struct acri_history *h = history_of(s != NULL ? s->stats : NULL);
    uint64_t end_ns = (point + 1) * h->interval_ns;
    uint64_t last_ns = h->last_ns - h->start_ns;

    /* What comes less than half a tick after the last point's end is in it. */
    if (point + 1 == h->n && (last_ns < end_ns || last_ns > end_ns + INTERVAL_NS / 20))
        end_ns = last_ns;
    return (double)end_ns / 1e9;
}

static double users(uint64_t n)
{
    return n != ACRI_HISTORY_UNKNOWN ? (double)n : NAN;
}

double acr_snapshot_point(const struct acr_snapshot *s, size_t point, uint32_t series)
{
    const struct acri_history *h = history_of(s != NULL ? s->stats : NULL);
    const struct point *p;

    if (point >= h->n || h->points[point].over_ns == 0)
        return NAN;
    p = &h->points[point];
    switch (series) {
    case ACR_SERIES_USERS:
        return users(p->n_users);
    case ACR_SERIES_TARGET_USERS:
        return users(p->target_users);
    case ACR_SERIES_ARRIVAL_RATE:
        return p->arrival_rate;
    case ACR_SERIES_MAX_MS:
        return p->max_ms > 0 ? (double)p->max_ms : NAN;
    case ACR_SERIES_OPEN_REQUESTS:
        return p->open / (double)p->over_ns;
    case ACR_SERIES_LATENESS_MS:
        return mean_ms(p->late_ns, p->n_late);
    case ACR_SERIES_CPU_PERCENT:
        return p->cpu / (double)p->over_ns;
    default:
        return acr_entry_point(s->stats->total, point, series);
    }
}

double acr_entry_point(const struct acr_entry *e, size_t point, uint32_t series)
{
    const struct acri_history *h = history_of(e != NULL ? e->stats : NULL);
    const struct acri_history_cell *c;
    double ms;

    if (point >= h->n || e->history == NULL || point < e->history->first)
        return NAN;
    c = cell_at(e->history, point);
    switch (series) {
    case ACR_SERIES_REQUEST_RATE:
        return per_second(c->requests, h->points[point].over_ns);
    case ACR_SERIES_FAILURE_RATE:
        return per_second(c->failures, h->points[point].over_ns);
    case ACR_SERIES_AVERAGE_MS:
        return mean_ms(c->sum_ns, c->timed);
    case ACR_SERIES_P50_MS:
    case ACR_SERIES_P95_MS:
    case ACR_SERIES_P99_MS:
        ms = (double)c->quantiles_ms[series - ACR_SERIES_P50_MS];
        return ms > 0 ? ms : NAN;
    default:
        return NAN;
    }
}
