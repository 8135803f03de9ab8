/* SPDX-License-Identifier: MIT */
/*
 * Patterns over the load. Where the load was the highest so far, response times are fitted against
 * it by four models (patterns_fit.h):
 *
 * - CLIFF: a knee is far better than a line; before it times are flat (they grow by half at most);
 *   just behind it they have doubled, or a tenth of the requests fail. Where throughput stays at a
 *   ceiling and times grow from where they were, it is none: that is
 * - SATURATION: two lines that meet are far better than one; before the knee times are flat
 *   (below a ceiling of the throughput they may triple), behind it they grow by at least 30 %.
 *   Whether throughput still follows the load is told: by Little's law it
 *   cannot for long.
 * - LINEAR: the line is far better than no change, explains at least 60 %, and grows by at least
 *   30 % over the range.
 */
#include "results/patterns_detect.h"
#include "results/patterns_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEVELS 10        /* of the load's range ... */
#define LEVELS_MIN 3     /* ... so many have points */
#define RANGE_MIN 1.5    /* highest to lowest load */
#define FLAT_MAX 1.5     /* growth before a knee */
#define SOFT_MAX 3.0     /* the same before a ceiling: queues begin to form below it */
#define CLIFF_MIN 2.0    /* jump at a cliff ... */
#define STEP_WIDTH 0.02  /* ... within so much of the load's range, where lines do not meet */
#define HINGE_WIDTH 0.1  /* ... and where they do */
#define KNEE_POINTS 5    /* beside a knee ... */
#define KNEE_FALL 0.75   /* ... less throughput than this share of that before is a fall */
#define GROWTH_MIN 1.3   /* of a line, and behind a knee */
#define GOODNESS_MIN 0.6 /* of a line */
#define FAILING_MIN 0.1  /* failures behind a cliff */
#define CEILING_MAX 0.2  /* slope of the throughput behind the knee, to that before */

struct rise {
    struct patterns_points p;
    struct patterns_fits times;
    struct patterns_fits rates;
    double low;
    double high;
};

static bool has_levels(const struct patterns_points *p)
{
    size_t n[LEVELS] = { 0 };
    size_t n_levels = 0;
    double low;
    double high;

    if (p->n < PATTERNS_POINTS_MIN)
        return false;
    low = p->load[0];
    high = p->load[p->n - 1];
    if (high < RANGE_MIN * low)
        return false;
    for (size_t i = 0; i < p->n; i++) {
        size_t level = (size_t)((p->load[i] - low) / (high - low) * LEVELS);

        n[level < LEVELS ? level : LEVELS - 1]++;
    }
    for (size_t i = 0; i < LEVELS; i++)
        n_levels += n[i] >= 2 || (n[i] > 0 && p->n < 4 * LEVELS);
    return n_levels >= LEVELS_MIN;
}

/* The split at which failures begin: before it few, behind it at least a tenth. Returns: 0: none.
 */
static size_t failing_split(const struct patterns_points *p)
{
    double total = 0;
    double before = 0;
    double best = 0;
    size_t split = 0;

    for (size_t i = 0; i < p->n; i++)
        total += p->failed[i];
    for (size_t i = 0; i + 4 <= p->n; i++) {
        double share;
        double share_after;
        double gain;

        share = i > 0 ? before / (double)i : 0;
        share_after = (total - before) / (double)(p->n - i);
        gain = (share_after - share) * (share_after - share) * (double)i * (double)(p->n - i);
        if (i >= 4 && p->load[i] > p->load[i - 1] && gain > best && share <= 0.02 &&
            share_after >= FAILING_MIN) {
            best = gain;
            split = i;
        }
        before += p->failed[i];
    }
    return split;
}

/* The throughput at the end of the rise is far below the best that there was. */
static bool has_collapsed(const struct patterns_points *p)
{
    size_t n_end = p->n / 10 > 3 ? p->n / 10 : 3;
    double *smooth = malloc(p->n * sizeof(*smooth));
    double best = 0;
    double end;

    if (smooth == NULL)
        return false;
    patterns_running_median(p->rate, p->n, 5, smooth);
    for (size_t i = 0; i < p->n; i++)
        best = fmax(best, smooth[i]);
    end = patterns_quantile(smooth + p->n - n_end, n_end, 0.5);
    free(smooth);
    return end < 0.6 * best;
}

static void place(const struct rise *r, size_t split, struct pattern *ret)
{
    double from = INFINITY;
    double to = 0;

    for (size_t i = split; i < r->p.n; i++) {
        from = fmin(from, r->p.t[i]);
        to = fmax(to, r->p.t[i]);
    }
    ret->is_open = r->p.is_open;
    ret->from_s = from;
    ret->to_s = to;
    ret->is_generator_busy = patterns_is_generator_busy(&r->p, split, r->p.n);
    ret->is_broken = patterns_is_failing(patterns_failed(&r->p, 0, split),
                                         patterns_failed(&r->p, split, r->p.n)) ||
                     has_collapsed(&r->p);
}

static void place_knee(const struct rise *r, size_t split, struct pattern *ret)
{
    place(r, split, ret);
    ret->at_what = r->p.is_open ? PATTERN_AT_ARRIVAL_RATE : PATTERN_AT_USERS;
    ret->at = r->p.load[split - 1];
}

/* The share of failures is told where there are any. */
static void append_failures(const struct rise *r, size_t split, struct pattern *ret)
{
    size_t n = 0;
    double after = patterns_failed(&r->p, split, r->p.n);

    while (ret->evidence[n] != '\0')
        n++;
    if (after >= 0.01)
        snprintf(ret->evidence + n, sizeof(ret->evidence) - n,
                 "; %.3g %% of the requests fail, before %.3g %%", 100 * after,
                 100 * patterns_failed(&r->p, 0, split));
}

/* The throughput stops following the load. */
static bool is_ceiling(const struct rise *r)
{
    const struct patterns_fits *f = &r->rates;
    const struct patterns_fit *hinge = &f->hinge;

    return patterns_fit_beats(hinge, &f->line, 0) && hinge->b > 0 &&
           hinge->b2 <= CEILING_MAX * hinge->b;
}

/* Throughput falls at a knee, rather than to stay where it is. */
static bool falls_at(const struct rise *r, size_t split)
{
    size_t n_before = split < KNEE_POINTS ? split : KNEE_POINTS;
    size_t n_after = r->p.n - split < KNEE_POINTS ? r->p.n - split : KNEE_POINTS;

    return patterns_quantile(r->p.rate + split, n_after, 0.5) <
           KNEE_FALL * patterns_quantile(r->p.rate + split - n_before, n_before, 0.5);
}

/* A jump: two lines that do not meet, or that meet where the second one is steep although
 * throughput is not at a ceiling. Fills in before_ms and after_ms. Returns: the fit, NULL without
 * one. */
static const struct patterns_fit *find_jump(const struct rise *r, double strictness,
                                            struct pattern *ret)
{
    const struct patterns_fits *t = &r->times;
    bool is_step = t->step.bic < t->hinge.bic;
    const struct patterns_fit *knee = is_step ? &t->step : &t->hinge;
    double beyond = knee->knee + (is_step ? STEP_WIDTH : HINGE_WIDTH) * (r->high - r->low);
    double start;
    double edge;

    if (!patterns_fit_beats(knee, &t->line, strictness) || knee->rss > 0.6 * t->line.rss ||
        (!patterns_fit_beats(&t->step, &t->hinge, 0) && is_ceiling(r) && !falls_at(r, knee->split)))
        return NULL;
    start = patterns_fit_at(knee, r->low);
    edge = patterns_fit_at(knee, knee->knee);
    if (start <= 0 || edge <= 0 || edge > FLAT_MAX * start ||
        patterns_fit_at(knee, fmin(beyond, r->high)) < CLIFF_MIN * edge)
        return NULL;
    ret->goodness = patterns_fit_goodness(t, knee);
    return knee;
}

static bool find_cliff(const struct rise *r, double strictness, struct pattern *ret)
{
    const struct patterns_fit *jump;
    size_t split = failing_split(&r->p);
    char before[24];
    char after[24];

    patterns_begin(ret, PATTERN_CLIFF);
    jump = find_jump(r, strictness, ret);
    if (jump != NULL)
        split = jump->split;
    if (split == 0)
        return false;
    ret->before_ms = patterns_quantile(r->p.y, split, 0.5);
    ret->after_ms = patterns_quantile(r->p.y + split, r->p.n - split, 0.5);
    place_knee(r, split, ret);
    snprintf(ret->title, sizeof(ret->title), "A cliff at about %.12g %s", patterns_round(ret->at),
             patterns_load_unit(&r->p));
    snprintf(ret->evidence, sizeof(ret->evidence),
             "response times are about %s up to %.12g %s (%.12g requests/s), beyond that %s",
             patterns_ms(before, ret->before_ms), patterns_round(ret->at),
             patterns_load_unit(&r->p), patterns_round(r->p.rate[split - 1]),
             patterns_ms(after, ret->after_ms));
    append_failures(r, split, ret);
    return true;
}

static bool find_saturation(const struct rise *r, double strictness, struct pattern *ret)
{
    const struct patterns_fits *t = &r->times;
    const struct patterns_fit *hinge = &t->hinge;
    double edge = hinge->is_there ? patterns_fit_at(hinge, hinge->knee) : 0;
    bool has_ceiling = is_ceiling(r);
    double rate;
    char before[24];
    char after[24];

    if (!patterns_fit_beats(hinge, &t->line, strictness) || hinge->rss > 0.6 * t->line.rss ||
        edge <= 0 || hinge->b2 <= 0 ||
        edge > (has_ceiling ? SOFT_MAX : FLAT_MAX) * patterns_fit_at(hinge, r->low) ||
        patterns_fit_at(hinge, r->high) < GROWTH_MIN * edge)
        return false;
    patterns_begin(ret, PATTERN_SATURATION);
    ret->goodness = patterns_fit_goodness(t, hinge);
    ret->slope = hinge->b2;
    ret->before_ms = edge;
    ret->after_ms = patterns_fit_at(hinge, r->high);
    place_knee(r, hinge->split, ret);
    rate = patterns_quantile(r->p.rate + hinge->split, r->p.n - hinge->split, 0.5);
    if (has_ceiling)
        snprintf(ret->title, sizeof(ret->title), "Saturated: about %.12g requests/s are the most",
                 patterns_round(rate));
    else
        snprintf(ret->title, sizeof(ret->title), "Times grow faster than the load from %.12g %s on",
                 patterns_round(ret->at), patterns_load_unit(&r->p));
    snprintf(
        ret->evidence, sizeof(ret->evidence),
        "response times are flat up to %.12g %s and grow from %s to %s at %.12g; throughput %s",
        patterns_round(ret->at), patterns_load_unit(&r->p), patterns_ms(before, ret->before_ms),
        patterns_ms(after, ret->after_ms), patterns_round(r->high),
        has_ceiling ? "stops growing there" : "still follows the load");
    append_failures(r, hinge->split, ret);
    return true;
}

static bool find_line(const struct rise *r, double strictness, struct pattern *ret)
{
    const struct patterns_fits *t = &r->times;
    const struct patterns_fit *line = &t->line;
    double start = patterns_fit_at(line, r->low);
    double end = patterns_fit_at(line, r->high);
    size_t third = r->p.n - r->p.n / 3;
    char before[24];
    char after[24];

    /* A curve that levels off does not grow with the load. */
    if (patterns_fit_beats(&t->hinge, line, strictness) && t->hinge.rss <= 0.6 * line->rss &&
        t->hinge.b2 < 0.3 * t->hinge.b)
        return false;
    start = fmax(start, 0.5 * patterns_quantile(r->p.y, r->p.n, 0.05));
    if (!patterns_fit_beats(line, &t->flat, strictness) || end < GROWTH_MIN * start ||
        patterns_fit_goodness(t, line) < GOODNESS_MIN)
        return false;
    patterns_begin(ret, PATTERN_LINEAR);
    ret->goodness = patterns_fit_goodness(t, line);
    ret->slope = line->b;
    ret->before_ms = start;
    ret->after_ms = end;
    place(r, third, ret);
    ret->from_s = r->p.t[0];
    snprintf(ret->title, sizeof(ret->title), "Times grow steadily with the load");
    snprintf(
        ret->evidence, sizeof(ret->evidence),
        "response times grow from %s at %.12g %s to %s at %.12g: %.3g ms for each of them, which "
        "explains %.0f %% of the variation%s",
        patterns_ms(before, start), patterns_round(r->low), patterns_load_unit(&r->p),
        patterns_ms(after, end), patterns_round(r->high), line->b, 100 * ret->goodness,
        is_ceiling(r) ? "; throughput stops growing on the way" : "");
    append_failures(r, third, ret);
    return true;
}

bool patterns_detect_load(const struct patterns_points *p, double strictness, struct pattern *ret)
{
    struct rise r;
    bool is_found = false;

    if (patterns_points_rising(&r.p, p) < 0)
        return false;
    if (has_levels(&r.p)) {
        patterns_points_clean(&r.p);
        r.low = r.p.load[0];
        r.high = r.p.load[r.p.n - 1];
        is_found = patterns_fits_make(&r.times, r.p.load, r.p.y, r.p.n) &&
                   patterns_fits_make(&r.rates, r.p.load, r.p.rate, r.p.n) &&
                   (find_cliff(&r, strictness, ret) || find_saturation(&r, strictness, ret) ||
                    find_line(&r, strictness, ret));
    }
    patterns_points_free(&r.p);
    return is_found;
}
