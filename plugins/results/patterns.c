/* SPDX-License-Identifier: MIT */
/* Which detector looks at what, and whose pattern it is: the whole's, or that of a few endpoints.
 */
#include "results/patterns.h"

#include "results/patterns_detect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_TOLD 3 /* of one pattern */
#define FOUND_MAX 32
#define LATE_POINTS 5 /* of an endpoint that is called late */
#define MOST 0.6      /* so many of the endpoints are as good as all */

enum group { GROUP_SPIKE, GROUP_LOAD, GROUP_DRIFT, GROUP_SAWTOOTH, GROUPS };

struct one {
    const struct patterns_series *series;
    struct patterns_points points;
    double share; /* of all time that was spent waiting */
    bool is_seen;
    bool is_spike;
    bool is_hit;
    struct pattern hit;
};

struct search {
    const struct patterns_input *in;
    struct patterns_points whole;
    struct one *entries;
    bool *is_left_out; /* of the input's entries: what the rest is without */
    size_t n_seen;
    double strictness;
    struct pattern found[FOUND_MAX];
    size_t n_found;
};

static void keep(struct search *s, const struct pattern *p)
{
    if (s->n_found < FOUND_MAX)
        s->found[s->n_found++] = *p;
}

static bool detect(enum group group, const struct patterns_points *p, double strictness,
                   struct pattern *ret)
{
    if (p->n < PATTERNS_POINTS_MIN)
        return false;
    switch (group) {
    case GROUP_SPIKE:
        return patterns_detect_spike(p, NULL, strictness, ret);
    case GROUP_LOAD:
        return patterns_detect_load(p, strictness, ret);
    case GROUP_DRIFT:
        return patterns_detect_drift(p, strictness, ret);
    case GROUP_SAWTOOTH:
        return patterns_detect_sawtooth(p, strictness, ret);
    case GROUPS:
        break;
    }
    return false;
}

/* --- endpoints ---------------------------------------------------------------------------------
 */

static bool read_entries(struct search *s)
{
    size_t n = s->in->n_entries;

    s->entries = calloc(n + 1, sizeof(*s->entries));
    s->is_left_out = calloc(n + 1, sizeof(*s->is_left_out));
    if (s->entries == NULL || s->is_left_out == NULL)
        return false;
    for (size_t i = 0; i < n && n > 1; i++) {
        struct one *e = &s->entries[i];

        e->series = &s->in->entries[i];
        if (patterns_points_read(&e->points, s->in, e->series) < 0)
            return false;
        for (size_t k = 0; k < e->points.n; k++)
            e->share += e->points.rate[k] * e->points.y[k];
        e->is_seen = e->points.n >= LATE_POINTS;
        s->n_seen += e->is_seen;
    }
    s->strictness = s->n_seen > 1 ? 2 * log((double)s->n_seen) : 0;
    return true;
}

/* Points of the whole without the endpoints marked. */
static bool read_rest(struct search *s, struct patterns_points *ret)
{
    return patterns_points_rest(ret, s->in, s->is_left_out) == 0;
}

static void find_lone_spikes(struct search *s)
{
    struct patterns_points rest;

    for (size_t i = 0; i < s->in->n_entries && s->n_seen > 1; i++) {
        struct one *e = &s->entries[i];

        if (!e->is_seen)
            continue;
        s->is_left_out[i] = true;
        if (read_rest(s, &rest) && rest.n >= PATTERNS_POINTS_MIN)
            e->is_spike = patterns_detect_spike(&e->points, &rest, s->strictness, &e->hit);
        patterns_points_free(&rest);
        s->is_left_out[i] = false;
    }
}

/* Marks the biggest three of those that were hit and not told yet, and tells them. */
static void tell_entries(struct search *s)
{
    for (size_t told = 0; told < ENTRIES_TOLD; told++) {
        struct one *biggest = NULL;

        for (size_t i = 0; i < s->in->n_entries; i++) {
            struct one *e = &s->entries[i];

            if (e->is_hit && (biggest == NULL || e->share > biggest->share))
                biggest = e;
        }
        if (biggest == NULL)
            return;
        biggest->is_hit = false;
        biggest->hit.type = biggest->series->type != NULL ? biggest->series->type : "";
        biggest->hit.name = biggest->series->name != NULL ? biggest->series->name : "";
        keep(s, &biggest->hit);
    }
}

/* What is true of most endpoints, or of what is left without those it is true of, is the whole's.
 */
static bool is_of_whole(struct search *s, enum group group, size_t n_hits)
{
    struct patterns_points rest;
    struct pattern p;
    bool is_hit = false;

    if (n_hits == 0 || (double)n_hits >= MOST * (double)s->n_seen)
        return true;
    for (size_t i = 0; i < s->in->n_entries; i++)
        s->is_left_out[i] = s->entries[i].is_hit || s->entries[i].is_spike;
    if (read_rest(s, &rest))
        is_hit = detect(group, &rest, 0, &p);
    patterns_points_free(&rest);
    for (size_t i = 0; i < s->in->n_entries; i++)
        s->is_left_out[i] = s->entries[i].is_spike;
    return is_hit;
}

static void find_group(struct search *s, enum group group, const struct patterns_points *whole)
{
    struct pattern p;
    size_t n_hits = 0;
    bool is_whole = detect(group, whole, 0, &p);

    for (size_t i = 0; i < s->in->n_entries && s->n_seen > 1; i++) {
        struct one *e = &s->entries[i];

        e->is_hit = e->is_seen && !e->is_spike && group != GROUP_SPIKE &&
                    detect(group, &e->points, s->strictness, &e->hit);
        n_hits += e->is_hit;
    }
    if (is_whole && is_of_whole(s, group, n_hits))
        keep(s, &p);
    else
        tell_entries(s);
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static void tell_recovery(struct search *s)
{
    double recovery = patterns_recovery(&s->whole);

    for (size_t i = 0; i < s->n_found && !isnan(recovery); i++) {
        struct pattern *p = &s->found[i];
        size_t n = strlen(p->evidence);

        p->recovery_s = recovery;
        if (isfinite(recovery)) {
            snprintf(p->evidence + n, sizeof(p->evidence) - n,
                     "; %.12g s after the peak of the load times were back",
                     patterns_round(recovery));
            continue;
        }
        p->is_broken = p->is_broken || p->kind == PATTERN_CLIFF || p->kind == PATTERN_SATURATION ||
                       p->kind == PATTERN_LINEAR;
        snprintf(p->evidence + n, sizeof(p->evidence) - n,
                 "; after the peak of the load times did not come back within the run");
    }
}

static void tell_none(struct search *s)
{
    const struct patterns_points *w = &s->whole;
    struct pattern p;
    char low[24];
    char high[24];

    patterns_begin(&p, PATTERN_NONE);
    snprintf(p.title, sizeof(p.title), "No pattern is clear");
    if (w->n < PATTERNS_POINTS_MIN) {
        snprintf(p.evidence, sizeof(p.evidence),
                 "the run is too short: %zu points with requests, at least %d are needed", w->n,
                 PATTERNS_POINTS_MIN);
        keep(s, &p);
        return;
    }
    p.from_s = w->t[0];
    p.to_s = w->t[w->n - 1];
    p.before_ms = patterns_quantile(w->y, w->n, 0.1);
    p.after_ms = patterns_quantile(w->y, w->n, 0.9);
    snprintf(
        p.evidence, sizeof(p.evidence),
        "response times were between %s and %s most of the time (80 %% of %zu points), at %.12g "
        "to %.12g %s",
        patterns_ms(low, p.before_ms), patterns_ms(high, p.after_ms), w->n,
        patterns_round(patterns_quantile(w->load, w->n, 0)),
        patterns_round(patterns_quantile(w->load, w->n, 1)), patterns_load_unit(w));
    keep(s, &p);
}

static int compare_severity(const void *a, const void *b)
{
    static const int order[] = {
        [PATTERN_CLIFF] = 0, [PATTERN_SATURATION] = 1, [PATTERN_LINEAR] = 2, [PATTERN_SPIKE] = 3,
        [PATTERN_DRIFT] = 4, [PATTERN_SAWTOOTH] = 5,   [PATTERN_NONE] = 6,
    };
    const struct pattern *p = a;
    const struct pattern *q = b;

    if (p->is_broken != q->is_broken)
        return q->is_broken - p->is_broken;
    if (p->kind != q->kind)
        return order[p->kind] - order[q->kind];
    return (p->from_s > q->from_s) - (p->from_s < q->from_s);
}

static void find_all(struct search *s)
{
    struct patterns_points rest = { .n = 0 };
    const struct patterns_points *whole = &s->whole;
    bool has_spike = false;

    if (s->whole.n < PATTERNS_POINTS_MIN)
        return;
    find_lone_spikes(s);
    for (size_t i = 0; i < s->in->n_entries; i++) {
        s->is_left_out[i] = s->entries[i].is_spike;
        s->entries[i].is_hit = s->entries[i].is_spike;
        has_spike = has_spike || s->entries[i].is_spike;
    }
    tell_entries(s);
    /* What one endpoint explains is not said of the whole again. */
    if (has_spike && read_rest(s, &rest))
        whole = &rest;
    for (enum group group = GROUP_SPIKE; group < GROUPS; group++)
        find_group(s, group, whole);
    patterns_points_free(&rest);
}

size_t patterns_find(const struct patterns_input *in, struct pattern *ret, size_t n_max)
{
    struct search *s = n_max > 0 ? calloc(1, sizeof(*s)) : NULL;
    size_t n = 0;

    if (s == NULL)
        return 0;
    s->in = in;
    if (patterns_points_read(&s->whole, in, &in->total) == 0 && read_entries(s)) {
        find_all(s);
        if (s->n_found == 0)
            tell_none(s);
        tell_recovery(s);
        qsort(s->found, s->n_found, sizeof(*s->found), compare_severity);
        n = s->n_found < n_max ? s->n_found : n_max;
        memcpy(ret, s->found, n * sizeof(*ret));
    }
    for (size_t i = 0; s->entries != NULL && i < in->n_entries; i++)
        patterns_points_free(&s->entries[i].points);
    patterns_points_free(&s->whole);
    free(s->entries);
    free(s->is_left_out);
    free(s);
    return n;
}
