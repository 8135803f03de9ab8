/* SPDX-License-Identifier: MIT */
#include "stats/goal.h"

#include "base/duration.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define S_NS 1000000000ull
#define TICK_NS S_NS
#define LOAD_TOLERANCE 0.1
#define LOAD_DEVIATIONS 3.0
/* What workers have done comes to their master up to a second later: its first seconds have less
 * in them. */
#define UNSTEADY_STEPS 2

static uint64_t ns_of(double seconds)
{
    return (uint64_t)(seconds * 1e9);
}

static void begin(struct acr_goal *g)
{
    g->hold = (struct acri_goal_hold){ .value = NAN };
    g->level = g->most_users = 0;
    g->n_levels = 0;
    g->value = NAN;
    g->did_window = false;
}

void acri_goal_init(struct acr_goal *g, struct acri_goal_spec *spec)
{
    *g = (struct acr_goal){ .spec = *spec, .start_ns = UINT64_MAX };
    *spec = (struct acri_goal_spec){ .text = NULL };
    acri_goal_spec_wanted(&g->spec, g->wanted, sizeof(g->wanted));
    acri_histogram_init(&g->scratch);
    if (g->spec.over_s > 0 || g->spec.load > 0)
        acri_goal_window_init(&g->window, &g->spec, ns_of(g->spec.over_s));
    begin(g);
}

void acri_goal_done(struct acr_goal *g)
{
    acri_goal_window_done(&g->window);
    acri_histogram_done(&g->scratch);
    acri_goal_spec_done(&g->spec);
}

/* --- the worst
 * ------------------------------------------------------------------------------------- */

static double worse(const struct acri_goal_spec *spec, double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    switch (spec->operator_) {
    case ACRI_GOAL_LESS:
    case ACRI_GOAL_AT_MOST:
        return a > b ? a : b;
    case ACRI_GOAL_MORE:
    case ACRI_GOAL_AT_LEAST:
        return a < b ? a : b;
    case ACRI_GOAL_EQUAL:
        return fabs(a - spec->limit) > fabs(b - spec->limit) ? a : b;
    case ACRI_GOAL_NOT_EQUAL:
        return fabs(a - spec->limit) < fabs(b - spec->limit) ? a : b;
    }
    return a;
}

/* Returns: the value of a window that ends now; NaN = there is none. */
static double step_window(struct acr_goal *g, const struct acri_goal_reading *reading,
                          uint64_t now_ns)
{
    const struct acri_goal_window *w = &g->window;

    if (!acri_goal_window_step(&g->window, reading, now_ns))
        return NAN;
    g->did_window = true;
    return acri_goal_source_between(&g->spec, &w->counts, w->keys,
                                    (double)(w->end_ns - w->start_ns) / 1e9);
}

/* --- a load that is held
 * --------------------------------------------------------------------------- */

static uint64_t stretch_ns(const struct acri_goal_spec *spec)
{
    double s = spec->hold_s / 5;

    return ns_of(s < 2 ? 2 : s > 10 ? 10 : s);
}

static void mark(struct acri_goal_hold *h, uint64_t now_ns, uint64_t load)
{
    size_t at = (h->first + h->n) % ACRI_GOAL_MARKS;

    if (h->n == ACRI_GOAL_MARKS)
        h->first = (h->first + 1) % ACRI_GOAL_MARKS;
    else
        h->n++;
    h->at_ns[at] = now_ns;
    h->load[at] = load;
}

/* The latest mark that is a stretch ago. Returns: false: there is none yet. */
static bool find_mark(const struct acri_goal_hold *h, uint64_t now_ns, uint64_t length_ns,
                      size_t *ret_at)
{
    for (size_t i = h->n; i-- > 0;) {
        *ret_at = (h->first + i) % ACRI_GOAL_MARKS;
        if (now_ns - h->at_ns[*ret_at] + TICK_NS / 2 >= length_ns)
            return true;
    }
    return false;
}

/* Returns: since when; 0 = it is not held. */
static uint64_t held_since(const struct acr_goal *g, uint64_t now_ns, uint64_t load)
{
    const struct acri_goal_hold *h = &g->hold;
    double wanted;
    size_t at;

    if (!find_mark(h, now_ns, stretch_ns(&g->spec), &at))
        return 0;
    wanted = g->spec.load * (double)(now_ns - h->at_ns[at]) / 1e9;
    if (fabs((double)(load - h->load[at]) - wanted) >
        LOAD_TOLERANCE * wanted + LOAD_DEVIATIONS * sqrt(wanted))
        return 0;
    return h->since_ns != 0 ? h->since_ns : h->at_ns[at];
}

static void end_hold(struct acr_goal *g)
{
    struct acri_goal_hold *h = &g->hold;

    if (h->is_reached)
        g->value = worse(&g->spec, g->value, h->value);
    h->since_ns = 0;
    h->is_reached = false;
    h->value = NAN;
}

static void step_hold(struct acr_goal *g, const struct acri_goal_reading *reading, uint64_t now_ns)
{
    struct acri_goal_hold *h = &g->hold;
    uint64_t since_ns = held_since(g, now_ns, reading->counts.load);
    uint64_t needed_ns = ns_of(g->spec.hold_s * 0.99);
    double value;

    mark(h, now_ns, reading->counts.load);
    if (since_ns == 0) {
        end_hold(g);
        return;
    }
    if (h->since_ns == 0) {
        h->since_ns = since_ns;
        acri_goal_window_begin(&g->window, reading, now_ns);
    } else {
        value = step_window(g, reading, now_ns);
        h->value = g->spec.over_s > 0 ? worse(&g->spec, h->value, value) : value;
    }
    if (now_ns - since_ns > h->longest_ns)
        h->longest_ns = now_ns - since_ns;
    /* The last tick may come just before the load ends. */
    h->is_reached = now_ns - since_ns + TICK_NS >= needed_ns && !isnan(h->value);
}

/* --- what is said of it
 * ---------------------------------------------------------------------------- */

static const char *why_not(const struct acr_goal *g, const struct acri_goal_reading *reading,
                           char *to, size_t size)
{
    const struct acri_goal_counts *c = &reading->counts;
    char text[2][40];

    if (c->requests == 0)
        return g->spec.kind == ACRI_GOAL_ENTRIES || g->spec.kind == ACRI_GOAL_TAG
                   ? "no requests"
                   : "it was told no value";
    if (g->spec.load > 0 && !isnan(g->hold.value))
        ; /* the load was held, but not long enough */
    else if (g->spec.column == ACRI_GOAL_DROP_RATIO)
        return "no arrivals";
    else if (c->n_values == 0 && g->spec.unit == ACRI_GOAL_MS)
        return "no request with a time";
    if (g->spec.load > 0) {
        snprintf(to, size, "%g/s held for %s at most, not for %s", g->spec.load,
                 acri_duration_format((double)g->hold.longest_ns / 1e9, text[0], sizeof(text[0])),
                 acri_duration_format(g->spec.hold_s, text[1], sizeof(text[1])));
        return to;
    }
    if (g->spec.over_s > 0 && !g->did_window) {
        snprintf(to, size, "it was shorter than %s",
                 acri_duration_format(g->spec.over_s, text[0], sizeof(text[0])));
        return to;
    }
    return "no value";
}

static void tell(struct acr_goal *g, const struct acri_goal_reading *reading, double value,
                 bool is_over)
{
    bool has_value = reading->counts.requests > 0 && !isnan(value);
    char text[sizeof(g->measured)];

    g->now = has_value ? value : NAN;
    if (has_value) {
        g->state = acri_goal_spec_is_met(&g->spec, value) ? ACR_GOAL_MET : ACR_GOAL_MISSED;
        acri_goal_spec_format(&g->spec, value, g->measured, sizeof(g->measured));
        return;
    }
    g->state = is_over ? ACR_GOAL_NOT_TESTED : ACR_GOAL_WAITING;
    snprintf(g->measured, sizeof(g->measured), "%s", why_not(g, reading, text, sizeof(text)));
}

/* Counts and rates, which depend on how much of the time is in a window. */
static bool is_about_time(enum acri_goal_column column)
{
    switch (column) {
    case ACRI_GOAL_REQUESTS:
    case ACRI_GOAL_FAILURES:
    case ACRI_GOAL_REQUEST_RATE:
    case ACRI_GOAL_FAILURE_RATE:
    case ACRI_GOAL_BYTES:
    case ACRI_GOAL_ATTEMPTS:
    case ACRI_GOAL_CANCELLED:
    case ACRI_GOAL_UNTIMED:
    case ACRI_GOAL_COUNT:
    case ACRI_GOAL_SUM:
    case ACRI_GOAL_RATE:
    case ACRI_GOAL_PASSED:
        return true;
    default:
        return false;
    }
}

/* --- the course of a run
 * --------------------------------------------------------------------------- */

/* Users come and go with the load: what happens while they end is not what windows are about. */
static bool is_loaded(const struct acr_snapshot *s)
{
    const char *state = acr_snapshot_state(s);

    return strcmp(state, "running") == 0 || strcmp(state, "spawning") == 0;
}

/* The counts of the load are those of the run, goals are about what follows a reset. */
static void note_load(struct acr_goal *g, struct acri_goal_reading *reading, bool is_new)
{
    struct acri_goal_counts *c = &reading->counts;

    if (is_new) {
        g->old_arrivals = g->arrivals;
        g->old_dropped = g->dropped;
    }
    g->arrivals = c->arrivals;
    g->dropped = c->dropped;
    c->arrivals -= g->old_arrivals;
    c->dropped -= g->old_dropped;
}

static void note_level(struct acr_goal *g, struct acri_goal_reading *reading)
{
    if (reading->level > g->most_users)
        g->most_users = reading->level;
    /* A gauge that was never told stands nowhere. */
    if (g->spec.kind != ACRI_GOAL_GAUGE ||
        (reading->metric != NULL && reading->metric->last_ns > 0)) {
        g->level += reading->level;
        g->n_levels++;
    }
    reading->counts.level = g->level;
    reading->counts.n_levels = g->n_levels;
    if (g->spec.column == ACRI_GOAL_USERS)
        reading->level = g->most_users;
}

void acri_goal_step(struct acr_goal *g, const struct acr_snapshot *s, bool is_over)
{
    struct acri_goal_reading reading;
    uint64_t now_ns = s->stats->now_ns;
    bool is_new = g->start_ns != s->stats->start_ns;
    bool has_parts = g->spec.over_s > 0 || g->spec.load > 0;
    double value;

    if (is_new) {
        g->start_ns = s->stats->start_ns;
        begin(g);
    }
    acri_goal_source_read(&g->spec, s, &g->scratch, &reading);
    note_load(g, &reading, is_new);
    note_level(g, &reading);
    if (!has_parts) {
        tell(g, &reading, acri_goal_source_value(&g->spec, &reading), is_over);
        return;
    }
    if (is_new) {
        /* What is in them already happened since their start. */
        struct acri_goal_reading none = { .stats = s->stats };

        acri_goal_window_begin(&g->window, &none, g->start_ns);
        mark(&g->hold, g->start_ns, 0);
        g->n_unsteady = s->info.nodes != NULL && is_about_time(g->spec.column) ? UNSTEADY_STEPS : 0;
    }
    if (is_loaded(s) && now_ns > g->start_ns) {
        if (g->spec.load > 0) {
            step_hold(g, &reading, now_ns);
        } else if (g->n_unsteady > 0) {
            g->n_unsteady--;
            acri_goal_window_begin(&g->window, &reading, now_ns);
        } else {
            g->value = worse(&g->spec, g->value, step_window(g, &reading, now_ns));
        }
    }
    value = g->hold.is_reached ? worse(&g->spec, g->value, g->hold.value) : g->value;
    tell(g, &reading, value, is_over);
}

static bool is_growing(enum acri_goal_column column)
{
    switch (column) {
    case ACRI_GOAL_REQUESTS:
    case ACRI_GOAL_FAILURES:
    case ACRI_GOAL_BYTES:
    case ACRI_GOAL_ATTEMPTS:
    case ACRI_GOAL_CANCELLED:
    case ACRI_GOAL_UNTIMED:
    case ACRI_GOAL_USERS:
    case ACRI_GOAL_COUNT:
    case ACRI_GOAL_SUM:
    case ACRI_GOAL_PASSED:
        return true;
    default:
        return false;
    }
}

bool acri_goal_is_lost(const struct acr_goal *g)
{
    bool is_whole = g->spec.over_s <= 0 && g->spec.load <= 0;

    if (g->state != ACR_GOAL_MISSED)
        return false;
    /* Counts that are to be reached may still be. */
    return !is_whole || !is_growing(g->spec.column) || g->now > g->spec.limit ||
           g->spec.operator_ == ACRI_GOAL_LESS;
}
