/* SPDX-License-Identifier: MIT */
/*
 * Patterns over time, on logarithms of response times, so that noise is alike at all levels.
 *
 * - DRIFT: Mann-Kendall's trend test (Mann 1945, Kendall 1975) with its variance stretched by the
 *   autocorrelation of what the trend leaves (Yue and Wang 2004), two-sided at 0.001; the slope and
 *   its 95 % interval are Sen's (1968). It wants 10 % over the section, its lower bound 5 %, a rise
 *   in either half, and that no single step explains it better.
 * - SPIKE: the section whose mean differs most from that of the other points (a change point search
 *   over all sections; Olshen et al. 2004), by BIC far better than no change and than a line; twice
 *   as slow; and, of one endpoint, the other requests' times less than a third up (of the
 * logarithm). Or an endpoint that is first called in the run and is three times as slow as all the
 * others.
 */
#include "results/patterns_detect.h"
#include "results/patterns_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRIFT_POINTS 15
#define DRIFT_Z 3.29 /* two-sided 0.001 */
#define DRIFT_MIN 0.10
#define DRIFT_LOW 0.05
#define THINNED 240
#define SPIKE_MIN 2.0
#define OVER_LINE 6.0 /* "strong", Kass and Raftery; against no change it is 10 */
#define SPIKE_POINTS 3
#define SPIKE_BEFORE 5
#define SPIKE_GOODNESS 0.6
#define LATE_MIN 3.0

/* --- the best section with another mean --------------------------------------------------------
 */

struct section {
    size_t from;
    size_t to;
    double inside; /* means of ln y */
    double outside;
    double goodness;
    double over_flat; /* by how much BIC is better than with one mean, and than with a line */
    double over_line;
};

/* What a line in time leaves, and the sum of squares around the mean. */
static void residuals_of_line(const double *t, const double *z, size_t n, double *ret_flat,
                              double *ret_line)
{
    double mt = 0;
    double mz = 0;
    double tt = 0;
    double tz = 0;
    double zz = 0;

    for (size_t i = 0; i < n; i++) {
        mt += t[i] / (double)n;
        mz += z[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        tt += (t[i] - mt) * (t[i] - mt);
        tz += (t[i] - mt) * (z[i] - mz);
        zz += (z[i] - mz) * (z[i] - mz);
    }
    *ret_flat = zz;
    *ret_line = tt > 0 ? fmax(zz - tz * tz / tt, 0) : zz;
}

static void search(const double *sums, size_t n, struct section *best)
{
    double gain_best = 0;

    for (size_t from = SPIKE_BEFORE; from + SPIKE_POINTS <= n; from++) {
        for (size_t to = from + SPIKE_POINTS; to <= n; to++) {
            double k = (double)(to - from);
            double sum = sums[to] - sums[from];
            double inside = sum / k;
            double outside = (sums[n] - sum) / ((double)n - k);
            double gain = (inside - outside) * (inside - outside) * k * ((double)n - k) / (double)n;

            if (inside > outside && gain > gain_best) {
                gain_best = gain;
                *best = (struct section){ from, to, inside, outside, gain, 0, 0 };
            }
        }
    }
}

/* Of n points z at t. Returns: false without memory, or when none is higher than the others. */
static bool find_section(const double *t, const double *z, size_t n, struct section *ret)
{
    double *sums = calloc(n + 1, 2 * sizeof(*sums));
    double *left = sums != NULL ? sums + n + 1 : NULL;
    double flat;
    double line;
    double n_effective;
    double floor = 1e-4 * (double)n;
    double step;

    *ret = (struct section){ .from = 0 };
    if (sums == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        sums[i + 1] = sums[i] + z[i];
    search(sums, n, ret);
    for (size_t i = 0; i < n; i++)
        left[i] = z[i] - (i >= ret->from && i < ret->to ? ret->inside : ret->outside);
    n_effective = patterns_n_effective(left, n);
    free(sums);
    if (ret->to == 0)
        return false;
    residuals_of_line(t, z, n, &flat, &line);
    step = fmax(flat - ret->goodness, 0);
    ret->goodness = flat > 0 ? ret->goodness / flat : 0;
    ret->over_flat = n_effective * log((flat + floor) / (step + floor)) -
                     (ret->to < n ? 3 : 2) * log(n_effective);
    ret->over_line = n_effective * log((line + floor) / (step + floor)) -
                     (ret->to < n ? 2 : 1) * log(n_effective);
    return true;
}

/* --- drift -------------------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

struct trend {
    double slope; /* of ln y per second */
    double low;   /* 95 % */
    double high;
    double z;
};

/* Sen's slope, its interval and Mann-Kendall's z. Returns: false without memory. */
static bool find_trend(const double *t, const double *z, size_t n, struct trend *ret)
{
    size_t n_pairs = n * (n - 1) / 2;
    double *slopes = malloc((n_pairs + n) * sizeof(*slopes));
    double *left = slopes != NULL ? slopes + n_pairs : NULL;
    double s = 0;
    double sd;
    double width;
    size_t k = 0;

    if (slopes == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            slopes[k++] = (z[j] - z[i]) / (t[j] - t[i]);
            s += (z[j] > z[i]) - (z[j] < z[i]);
        }
    }
    qsort(slopes, n_pairs, sizeof(*slopes), compare);
    ret->slope = slopes[n_pairs / 2];
    for (size_t i = 0; i < n; i++)
        left[i] = z[i] - ret->slope * t[i];
    sd = sqrt((double)n * (double)(n - 1) * (double)(2 * n + 5) / 18 * (double)n /
              patterns_n_effective(left, n));
    width = fmin(1.96 * sd, (double)n_pairs);
    ret->low = slopes[(size_t)fmax(((double)n_pairs - width) / 2, 0)];
    ret->high = slopes[(size_t)fmin(((double)n_pairs + width) / 2, (double)(n_pairs - 1))];
    ret->z = s / sd;
    free(slopes);
    return true;
}

static bool is_drift(const double *t, const double *z, size_t n, double strictness,
                     struct trend *ret, double *ret_goodness)
{
    double span = t[n - 1] - t[0];
    struct section step;
    struct trend half;
    double flat;
    double line;

    if (!find_trend(t, z, n, ret) || ret->z < sqrt(DRIFT_Z * DRIFT_Z + strictness) ||
        expm1(ret->slope * span) < DRIFT_MIN || expm1(ret->low * span) < DRIFT_LOW)
        return false;
    if (find_section(t, z, n, &step) && step.over_line > 0)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (!find_trend(t + i * (n / 2), z + i * (n / 2), n / 2, &half) ||
            half.slope < 0.1 * ret->slope)
            return false;
    residuals_of_line(t, z, n, &flat, &line);
    *ret_goodness = flat > 0 ? 1 - line / flat : 0;
    return true;
}

static void tell_drift(const struct patterns_points *p, const struct trend *trend,
                       struct pattern *ret)
{
    double span = p->t[p->n - 1] - p->t[0];
    double middle = patterns_quantile(p->y, p->n, 0.5);
    char before[24];
    char after[24];
    char time[24];

    ret->from_s = p->t[0];
    ret->to_s = p->t[p->n - 1];
    ret->before_ms = middle * exp(-trend->slope * span / 2);
    ret->after_ms = middle * exp(trend->slope * span / 2);
    ret->slope = (ret->after_ms - ret->before_ms) / span * 60;
    ret->slope_low = ret->slope * trend->low / trend->slope;
    ret->slope_high = ret->slope * trend->high / trend->slope;
    ret->is_broken =
        patterns_is_failing(patterns_failed(p, 0, p->n / 3), patterns_failed(p, p->n / 2, p->n));
    ret->is_generator_busy = patterns_is_generator_busy(p, p->n / 2, p->n);
    snprintf(ret->title, sizeof(ret->title), "Slower and slower under constant load");
    snprintf(ret->evidence, sizeof(ret->evidence),
             "response times went from %s to %s (%+.0f %%) in %s at %.12g %s: %.3g ms a minute "
             "(95 %% sure: %.3g to %.3g)",
             patterns_ms(before, ret->before_ms), patterns_ms(after, ret->after_ms),
             100 * (ret->after_ms / ret->before_ms - 1), patterns_span(time, span),
             patterns_round(patterns_quantile(p->load, p->n, 0.5)), patterns_load_unit(p),
             ret->slope, ret->slope_low, ret->slope_high);
}

bool patterns_detect_drift(const struct patterns_points *all, double strictness,
                           struct pattern *ret)
{
    struct patterns_points p;
    struct trend trend;
    size_t from;
    size_t to;
    double *z;
    bool is_found = false;

    if (!patterns_points_steady(all, DRIFT_POINTS, &from, &to) ||
        patterns_points_slice(&p, all, from, to) < 0)
        return false;
    patterns_begin(ret, PATTERN_DRIFT);
    patterns_points_clean(&p);
    patterns_points_thin(&p, THINNED);
    z = malloc(p.n * sizeof(*z));
    if (z != NULL) {
        for (size_t i = 0; i < p.n; i++)
            z[i] = log(p.y[i]);
        is_found = is_drift(p.t, z, p.n, strictness, &trend, &ret->goodness);
        if (is_found)
            tell_drift(&p, &trend, ret);
    }
    free(z);
    patterns_points_free(&p);
    return is_found;
}

/* --- spike -------------------------------------------------------------------------------------
 */

/* The geometric mean of response times in, or out of, a time. Returns: NaN of nothing. */
static double mean_of(const struct patterns_points *p, double from, double to, bool is_inside)
{
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        if ((p->t[i] >= from && p->t[i] <= to) == is_inside) {
            sum += log(p->y[i]);
            n++;
        }
    }
    return n > 0 ? exp(sum / (double)n) : NAN;
}

static double load_at(const struct patterns_points *p, double t)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->t[i] >= t)
            return p->load[i];
    return NAN;
}

static void tell_spike(const struct patterns_points *p, const char *others, struct pattern *ret)
{
    size_t from = 0;
    size_t to = 0;
    char before[24];
    char after[24];

    while (from < p->n && p->t[from] < ret->from_s)
        from++;
    for (to = from; to < p->n && p->t[to] <= ret->to_s;)
        to++;
    ret->at_what = PATTERN_AT_TIME;
    ret->at = ret->from_s;
    ret->is_broken = patterns_is_failing(patterns_failed(p, 0, from), patterns_failed(p, from, to));
    ret->is_generator_busy = patterns_is_generator_busy(p, from, to);
    snprintf(ret->evidence, sizeof(ret->evidence),
             "response times were about %s and from %.12g s on (at %.12g %s) about %s%s%s",
             patterns_ms(before, ret->before_ms), patterns_round(ret->from_s),
             patterns_round(load_at(p, ret->from_s)), patterns_load_unit(p),
             patterns_ms(after, ret->after_ms), to < p->n ? ", until they came back" : "", others);
}

/* Called only from some time on, and slow from the first call. */
static bool find_late(const struct patterns_points *p, const struct patterns_points *rest,
                      struct pattern *ret)
{
    double start = p->t[0];
    double end = p->t[p->n - 1];
    double others;
    size_t n_before = 0;
    char slow[24];
    char ms[24];

    while (n_before < rest->n && rest->t[n_before] < start)
        n_before++;
    if (p->n < SPIKE_BEFORE || n_before < SPIKE_BEFORE || 5 * n_before < rest->n)
        return false;
    others = mean_of(rest, 0, INFINITY, true);
    if (mean_of(p, start, end, true) < LATE_MIN * others)
        return false;
    patterns_begin(ret, PATTERN_SPIKE);
    ret->from_s = start;
    ret->to_s = end;
    ret->after_ms = mean_of(p, start, end, true);
    ret->before_ms = others;
    ret->at_what = PATTERN_AT_TIME;
    ret->at = start;
    ret->is_broken = patterns_is_failing(0, patterns_failed(p, 0, p->n));
    snprintf(ret->title, sizeof(ret->title), "Slow since this endpoint is called");
    snprintf(ret->evidence, sizeof(ret->evidence),
             "it is called from %.12g s on and takes about %s; the other requests take %s",
             patterns_round(start), patterns_ms(slow, ret->after_ms), patterns_ms(ms, others));
    return true;
}

static bool is_alone(const struct patterns_points *rest, const struct pattern *spike)
{
    double inside = mean_of(rest, spike->from_s, spike->to_s, true);
    double outside = mean_of(rest, spike->from_s, spike->to_s, false);

    return isfinite(inside) && isfinite(outside) &&
           log(inside / outside) <= log(spike->after_ms / spike->before_ms) / 3;
}

static bool find_spike(struct patterns_points *p, double strictness, struct pattern *ret)
{
    double *z;
    struct section s;
    bool is_found;

    if (p->n < PATTERNS_POINTS_MIN)
        return false;
    patterns_points_clean(p);
    patterns_points_thin(p, THINNED);
    z = malloc(p->n * sizeof(*z));
    if (z == NULL)
        return false;
    for (size_t i = 0; i < p->n; i++)
        z[i] = log(p->y[i]);
    is_found = find_section(p->t, z, p->n, &s) && s.goodness >= SPIKE_GOODNESS &&
               s.over_flat >= PATTERNS_FIT_STRONG + strictness && s.over_line >= OVER_LINE &&
               s.inside - s.outside >= log(SPIKE_MIN);
    free(z);
    if (!is_found)
        return false;
    patterns_begin(ret, PATTERN_SPIKE);
    ret->from_s = p->t[s.from];
    ret->to_s = p->t[s.to - 1];
    ret->before_ms = exp(s.outside);
    ret->after_ms = exp(s.inside);
    ret->goodness = s.goodness;
    return true;
}

bool patterns_detect_spike(const struct patterns_points *all, const struct patterns_points *rest,
                           double strictness, struct pattern *ret)
{
    struct patterns_points p;
    size_t from = 0;
    size_t to = all->n;
    bool is_found = false;
    char others[64];
    char ms[24];

    if (rest != NULL && all->n >= SPIKE_BEFORE && find_late(all, rest, ret))
        return true;
    if ((rest == NULL && !patterns_points_steady(all, PATTERNS_POINTS_MIN, &from, &to)) ||
        patterns_points_slice(&p, all, from, to) < 0)
        return false;
    others[0] = '\0';
    is_found = find_spike(&p, strictness, ret) && (rest == NULL || is_alone(rest, ret));
    if (is_found && rest != NULL)
        snprintf(others, sizeof(others), "; the other requests stayed at %s",
                 patterns_ms(ms, mean_of(rest, ret->from_s, ret->to_s, true)));
    if (is_found) {
        snprintf(ret->title, sizeof(ret->title),
                 rest != NULL ? "Flat, then slow: this endpoint alone"
                              : "Flat, then slow at once under constant load");
        tell_spike(&p, others, ret);
    }
    patterns_points_free(&p);
    return is_found;
}
