/* SPDX-License-Identifier: MIT */
/*
 * SAWTOOTH: response times rise and fall back periodically.
 *
 * Logarithms of the times, without a trend (a parabola) and with outliers cut at 6 scaled MAD, have
 * a peak in their autocorrelation at the period and its multiples. The mean over up to four
 * multiples is held against its standard error for noise with the same short memory (Bartlett
 * 1946); before the peak there must be a trough, which noise with memory alone does not make.
 * Folded at the period (Stellingwerf 1978) the phases must explain 35 % of the variation and differ
 * by 25 %. At least four periods of at least three points each are wanted.
 */
#include "results/patterns_detect.h"
#include "results/patterns_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MIN 16
#define PERIODS_MIN 4
#define LAG_MIN 3
#define MULTIPLES 4
#define STRENGTH 3.5 /* standard errors */
#define CORRELATION_MIN 0.3
#define TROUGH_MIN 0.4
#define PHASES_MAX 12
#define GOODNESS_MIN 0.3 /* of many periods ... */
#define GOODNESS_FEW 0.8 /* ... and this over their number more */
#define PART_MIN \
    0.85 /* what a part of a period explains of what the whole does, to be the period */
#define SWING_MIN 1.25

struct grid {
    size_t n;
    double start;
    double step;
    double *z; /* NaN where there is no point */
    double *r; /* autocorrelation by lag */
    size_t n_lags;
};

struct folded {
    double goodness;
    double low;
    double high;
    double over_flat; /* by how much BIC is better than without phases */
};

/* Least squares by a parabola, taken away. x in -1 .. 1. */
static void detrend(double *z, size_t n)
{
    double s[5] = { 0 };
    double b[3] = { 0 };
    double d;
    double c0;
    double c1;
    double c2;

    for (size_t i = 0; i < n; i++) {
        double x = 2 * (double)i / (double)(n - 1) - 1;
        double power = 1;

        for (size_t k = 0; k < 5 && isfinite(z[i]); k++, power *= x) {
            s[k] += power;
            if (k < 3)
                b[k] += power * z[i];
        }
    }
    d = s[0] * (s[2] * s[4] - s[3] * s[3]) - s[1] * (s[1] * s[4] - s[3] * s[2]) +
        s[2] * (s[1] * s[3] - s[2] * s[2]);
    if (fabs(d) < 1e-9)
        return;
    c0 = (b[0] * (s[2] * s[4] - s[3] * s[3]) - s[1] * (b[1] * s[4] - s[3] * b[2]) +
          s[2] * (b[1] * s[3] - s[2] * b[2])) /
         d;
    c1 = (s[0] * (b[1] * s[4] - b[2] * s[3]) - b[0] * (s[1] * s[4] - s[3] * s[2]) +
          s[2] * (s[1] * b[2] - b[1] * s[2])) /
         d;
    c2 = (s[0] * (s[2] * b[2] - b[1] * s[3]) - s[1] * (s[1] * b[2] - b[1] * s[2]) +
          b[0] * (s[1] * s[3] - s[2] * s[2])) /
         d;
    for (size_t i = 0; i < n; i++) {
        double x = 2 * (double)i / (double)(n - 1) - 1;

        z[i] -= c0 + c1 * x + c2 * x * x;
    }
}

static void cut_outliers(double *z, size_t n)
{
    double *copy = malloc(n * sizeof(*copy));
    size_t k = 0;
    double median;
    double limit;

    if (copy == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        if (isfinite(z[i]))
            copy[k++] = z[i];
    median = patterns_median(copy, k);
    for (size_t i = 0; i < k; i++)
        copy[i] = fabs(copy[i] - median);
    limit = fmax(6 * 1.4826 * patterns_median(copy, k), 0.1);
    for (size_t i = 0; i < n; i++)
        z[i] = isfinite(z[i]) ? fmin(fmax(z[i], median - limit), median + limit) : z[i];
    free(copy);
}

static void correlate(struct grid *g)
{
    double mean = 0;
    double variance = 0;
    size_t n = 0;

    for (size_t i = 0; i < g->n; i++) {
        if (isfinite(g->z[i])) {
            mean += g->z[i];
            n++;
        }
    }
    mean /= (double)n;
    for (size_t i = 0; i < g->n; i++) {
        g->z[i] -= mean;
        variance += isfinite(g->z[i]) ? g->z[i] * g->z[i] / (double)n : 0;
    }
    for (size_t lag = 0; lag < g->n_lags; lag++) {
        double sum = 0;
        size_t n_pairs = 0;

        for (size_t i = 0; i + lag < g->n; i++) {
            if (isfinite(g->z[i]) && isfinite(g->z[i + lag])) {
                sum += g->z[i] * g->z[i + lag];
                n_pairs++;
            }
        }
        g->r[lag] = variance > 0 && n_pairs > 0 ? sum / (double)n_pairs / variance : 0;
    }
}

/* Points on a regular grid. Returns: false without memory, or when there are too few. */
static bool make_grid(struct grid *g, const struct patterns_points *p)
{
    double *steps = p->n >= POINTS_MIN ? malloc(p->n * sizeof(*steps)) : NULL;

    *g = (struct grid){ .n = 0 };
    if (steps == NULL)
        return false;
    for (size_t i = 1; i < p->n; i++)
        steps[i - 1] = p->t[i] - p->t[i - 1];
    g->step = patterns_median(steps, p->n - 1);
    free(steps);
    g->start = p->t[0];
    if (!(g->step > 0) || (p->t[p->n - 1] - g->start) / g->step > 4.0 * (double)p->n)
        return false;
    g->n = (size_t)((p->t[p->n - 1] - g->start) / g->step + 0.5) + 1;
    g->n_lags = g->n - 1;
    g->z = malloc(2 * g->n * sizeof(*g->z));
    if (g->z == NULL)
        return false;
    g->r = g->z + g->n;
    for (size_t i = 0; i < g->n; i++)
        g->z[i] = NAN;
    for (size_t i = 0; i < p->n; i++) {
        size_t at = (size_t)((p->t[i] - g->start) / g->step + 0.5);

        g->z[at < g->n ? at : g->n - 1] = log(p->y[i]);
    }
    detrend(g->z, g->n);
    cut_outliers(g->z, g->n);
    correlate(g);
    return true;
}

/* The mean correlation at a lag and its multiples, each at the best of its neighbours. */
static double strength(const struct grid *g, size_t lag, size_t *ret_n)
{
    double sum = 0;
    size_t n = 0;

    for (size_t k = 1; k <= MULTIPLES && k * lag + k < g->n * 3 / 4; k++, n++) {
        double best = -1;

        for (size_t at = k * lag - (k - 1); at <= k * lag + (k - 1); at++)
            best = fmax(best, g->r[at]);
        if (best <= 0)
            return 0;
        sum += best;
    }
    *ret_n = n;
    return n > 1 ? sum / (double)n : 0;
}

/* Bartlett's standard error beyond the memory, which ends where correlation first is no more. */
static double standard_error(const struct grid *g)
{
    double sum = 1;

    for (size_t lag = 1; lag < g->n_lags && g->r[lag] > 0; lag++)
        sum += 2 * g->r[lag] * g->r[lag];
    return sqrt(sum / (double)g->n);
}

/* Returns: the period in points, 0 for none. */
static size_t find_lag(const struct grid *g, double strictness)
{
    double wanted = sqrt(STRENGTH * STRENGTH + strictness);
    double error = standard_error(g);
    double trough = 1;
    double best = 0;
    size_t found = 0;

    for (size_t lag = 1; lag * PERIODS_MIN <= g->n; lag++) {
        size_t n = 0;
        double value;

        trough = fmin(trough, g->r[lag]);
        if (lag < LAG_MIN || g->r[lag] < g->r[lag - 1] || g->r[lag] < g->r[lag + 1] ||
            g->r[lag] - trough < TROUGH_MIN)
            continue;
        value = strength(g, lag, &n);
        /* A longer one must be clearly better, because multiples of a period are periods too. */
        if (value >= CORRELATION_MIN && value >= wanted * error / sqrt((double)n) &&
            value > 1.15 * best) {
            best = value;
            found = lag;
        }
    }
    return found;
}

static struct folded fold(const struct grid *g, double period)
{
    size_t n_phases = period < PHASES_MAX ? (size_t)(period + 0.5) : PHASES_MAX;
    double sum[PHASES_MAX] = { 0 };
    double n[PHASES_MAX] = { 0 };
    double total = 0;
    double left = 0;
    double n_all = 0;
    struct folded f = { .low = INFINITY, .high = -INFINITY };

    for (size_t i = 0; i < g->n; i++) {
        size_t phase = (size_t)(fmod((double)i, period) / period * (double)n_phases);

        if (!isfinite(g->z[i]) || phase >= n_phases)
            continue;
        sum[phase] += g->z[i];
        n[phase]++;
        total += g->z[i] * g->z[i];
        n_all++;
    }
    left = total;
    for (size_t k = 0; k < n_phases; k++) {
        if (n[k] == 0)
            continue;
        f.low = fmin(f.low, sum[k] / n[k]);
        f.high = fmax(f.high, sum[k] / n[k]);
        left -= sum[k] * sum[k] / n[k];
    }
    left = fmax(left, 0);
    /* A mean for each phase; the period and where it begins were searched for. */
    f.over_flat = n_all * log((total / n_all + 1e-4) / (left / n_all + 1e-4)) -
                  (double)(n_phases + 1) * log(n_all);
    if (total > 0 && n_all > (double)n_phases)
        f.goodness = fmax(1 - left / (n_all - (double)n_phases) / (total / (n_all - 1)), 0);
    return f;
}

static void tell(const struct patterns_points *p, const struct grid *g, double period,
                 const struct folded *f, struct pattern *ret)
{
    double middle = patterns_quantile(p->y, p->n, 0.5);
    char low[24];
    char high[24];

    ret->from_s = p->t[0];
    ret->to_s = p->t[p->n - 1];
    ret->period_s = period * g->step;
    ret->goodness = f->goodness;
    ret->before_ms = middle * exp(f->low);
    ret->after_ms = middle * exp(f->high);
    ret->is_broken = patterns_is_failing(0, patterns_failed(p, 0, p->n));
    ret->is_generator_busy = patterns_is_generator_busy(p, 0, p->n);
    snprintf(ret->title, sizeof(ret->title), "A sawtooth, every %.3g s", ret->period_s);
    snprintf(ret->evidence, sizeof(ret->evidence),
             "response times swing between %s and %s every %.3g s; %.0f periods were seen, which "
             "explain %.0f %% of the variation",
             patterns_ms(low, ret->before_ms), patterns_ms(high, ret->after_ms), ret->period_s,
             floor((double)g->n / period), 100 * f->goodness);
}

/* Periods need not be whole numbers of points. */
static struct folded refine(const struct grid *g, double around, double *ret_period)
{
    struct folded best = { .goodness = 0 };

    *ret_period = 0;
    for (double period = fmax(around - 1, LAG_MIN - 0.5); period <= around + 1; period += 0.02) {
        struct folded f = fold(g, period);

        if (f.goodness > best.goodness) {
            best = f;
            *ret_period = period;
        }
    }
    return best;
}

/* The shortest period that explains about as much: of 12.5 points the lag of 25 is the better one.
 */
static struct folded find_fold(const struct grid *g, size_t lag, double *ret_period)
{
    struct folded best = refine(g, (double)lag, ret_period);

    for (size_t parts = MULTIPLES; parts > 1; parts--) {
        double around = (double)lag / (double)parts;
        double period;
        struct folded f;

        if (around < LAG_MIN)
            continue;
        f = refine(g, around, &period);
        if (f.goodness >= PART_MIN * best.goodness) {
            *ret_period = period;
            return f;
        }
    }
    return best;
}

static bool find_period(const struct patterns_points *p, double strictness, struct pattern *ret)
{
    struct grid g;
    struct folded best;
    double period = 0;
    size_t lag = 0;
    bool is_found = false;

    if (make_grid(&g, p))
        lag = find_lag(&g, strictness);
    if (lag > 0) {
        best = find_fold(&g, lag, &period);
        is_found = period > 0 && best.over_flat >= PATTERNS_FIT_STRONG + strictness &&
                   best.high - best.low >= log(SWING_MIN) &&
                   best.goodness >= GOODNESS_MIN + GOODNESS_FEW * period / (double)g.n;
    }
    patterns_begin(ret, PATTERN_SAWTOOTH);
    if (is_found)
        tell(p, &g, period, &best, ret);
    free(g.z);
    return is_found;
}

/* What the load explains is taken away. */
static void level(struct patterns_points *p)
{
    struct patterns_points rising;
    struct patterns_fits fits;
    double usual = patterns_quantile(p->y, p->n, 0.5);

    if (patterns_points_rising(&rising, p) < 0)
        return;
    if (patterns_fits_make(&fits, rising.load, rising.y, rising.n)) {
        const struct patterns_fit *best = &fits.flat;

        best = fits.line.bic < best->bic ? &fits.line : best;
        best = fits.hinge.bic < best->bic ? &fits.hinge : best;
        best = fits.step.bic < best->bic ? &fits.step : best;
        for (size_t i = 0; i < p->n; i++)
            p->y[i] *= usual / fmax(patterns_fit_at(best, p->load[i]), 0.05 * usual);
    }
    patterns_points_free(&rising);
}

/* At constant load where there is enough of it. */
bool patterns_detect_sawtooth(const struct patterns_points *all, double strictness,
                              struct pattern *ret)
{
    struct patterns_points p;
    size_t from = 0;
    size_t to = all->n;
    bool is_whole = false;
    bool is_found;

    if (!patterns_points_steady(all, POINTS_MIN, &from, &to) || 2 * (to - from) < all->n) {
        from = 0;
        to = all->n;
        is_whole = true;
    }
    if (patterns_points_slice(&p, all, from, to) < 0)
        return false;
    if (is_whole)
        level(&p);
    is_found = find_period(&p, strictness, ret);
    patterns_points_free(&p);
    return is_found;
}
