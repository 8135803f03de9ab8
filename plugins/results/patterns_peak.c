/* SPDX-License-Identifier: MIT */
/*
 * What is told beside a pattern: failures, recovery after a peak, a busy load generator.
 *
 * A peak is a load half as high again as where it falls to. Times have recovered at the first of
 * three points (or of all that are left, when at least two are) at which they are at most 20 %
 * above their median at so little load before the peak, and no more of the requests fail than then.
 */
#include "results/patterns_detect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PEAK_MIN 1.5
#define CALM_LOAD 1.25
#define CALM_POINTS 3
#define CALM_TIMES 1.2

void patterns_begin(struct pattern *p, enum pattern_kind kind)
{
    *p = (struct pattern){ .kind = kind,
                           .type = "",
                           .name = "",
                           .from_s = NAN,
                           .to_s = NAN,
                           .at = NAN,
                           .period_s = NAN,
                           .slope = NAN,
                           .slope_low = NAN,
                           .slope_high = NAN,
                           .recovery_s = NAN,
                           .goodness = NAN,
                           .before_ms = NAN,
                           .after_ms = NAN };
}

bool patterns_is_failing(double share_before, double share_after)
{
    return share_after >= 0.05 && share_after >= 2 * share_before + 0.02;
}

const char *patterns_ms(char ret[24], double ms)
{
    if (ms >= 1000)
        snprintf(ret, 24, "%.3g s", ms / 1000);
    else
        snprintf(ret, 24, "%.3g ms", ms);
    return ret;
}

double patterns_round(double number)
{
    double scale = number != 0 ? pow(10, 2 - floor(log10(fabs(number)))) : 1;

    return scale < 1 ? nearbyint(number) : nearbyint(number * scale) / scale;
}

const char *patterns_span(char ret[24], double seconds)
{
    if (seconds < 120)
        snprintf(ret, 24, "%.12g s", patterns_round(seconds));
    else
        snprintf(ret, 24, "%.12g min", patterns_round(seconds / 60));
    return ret;
}

double patterns_failed(const struct patterns_points *p, size_t from, size_t to)
{
    double requests = 0;
    double failures = 0;

    for (size_t i = from; i < to; i++) {
        requests += p->rate[i];
        failures += p->rate[i] * p->failed[i];
    }
    return requests > 0 ? failures / requests : 0;
}

bool patterns_is_generator_busy(const struct patterns_points *p, size_t from, size_t to)
{
    double *known = to > from ? malloc((to - from) * sizeof(*known)) : NULL;
    size_t n = 0;
    double median;

    if (known == NULL)
        return false;
    for (size_t i = from; i < to; i++)
        if (isfinite(p->cpu[i]))
            known[n++] = p->cpu[i];
    median = patterns_median(known, n);
    free(known);
    return median >= 90;
}

const char *patterns_load_unit(const struct patterns_points *p)
{
    return p->is_open ? "arrivals/s" : "users";
}

/* Where the load has fallen from its highest: the first point of the new level. Returns: 0: it did
 * not. */
static size_t fall_of(const struct patterns_points *p)
{
    size_t top = 0;
    size_t i;

    for (i = 1; i < p->n; i++)
        top = p->load[i] >= 0.98 * p->load[top] ? i : top;
    for (i = top + 1; i < p->n; i++)
        if (p->load[i] * PEAK_MIN <= p->load[top] &&
            (i + 1 == p->n || p->load[i + 1] >= 0.95 * p->load[i]))
            return i;
    return 0;
}

double patterns_recovery(const struct patterns_points *p)
{
    size_t fall = fall_of(p);
    double *calm = fall > 0 ? malloc(fall * sizeof(*calm)) : NULL;
    size_t n = 0;
    size_t n_calm = 0;
    double usual;
    double failing = 0;

    if (calm == NULL)
        return NAN;
    for (size_t i = 0; i < fall; i++) {
        if (p->load[i] <= CALM_LOAD * p->load[fall] && p->t[i] < p->t[fall]) {
            calm[n++] = p->y[i];
            failing += p->failed[i];
        }
    }
    usual = patterns_median(calm, n);
    free(calm);
    if (n < CALM_POINTS || p->n - fall < 2)
        return NAN;
    failing = failing / (double)n + 0.01;
    for (size_t i = fall; i < p->n; i++) {
        bool is_calm = p->y[i] <= CALM_TIMES * usual && p->failed[i] <= failing;

        n_calm = is_calm ? n_calm + 1 : 0;
        if (n_calm == CALM_POINTS || (n_calm >= 2 && i + 1 == p->n))
            return p->t[i + 1 - n_calm] - p->t[fall - 1];
    }
    return INFINITY;
}
