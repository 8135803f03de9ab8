/* SPDX-License-Identifier: MIT */
#include "compare_pair.h"

#include <math.h>

#define STRETCHES 30
#define WINDOW_S 10.0

/* Complete points of a history; each a whole number of the longer interval's parts. */
static size_t complete(const struct saved_run *r, size_t every)
{
    size_t n = r->n_points;

    if (n > 0 && r->time_s[n - 1] < (double)n * r->interval_s - 1e-6)
        n--; /* the last is younger */
    return n / every;
}

const char *compare_pair_align(struct compare_pair *p, const struct saved_run *a,
                               const struct saved_run *b)
{
    double since_s = fmax(fmax(a->reset_s, b->reset_s), 0);
    size_t n_a;
    size_t n_b;
    size_t n;

    *p = (struct compare_pair){ .a = a, .b = b };
    if (a->n_points == 0 || b->n_points == 0)
        return "a run has no history";
    p->interval_s = fmax(a->interval_s, b->interval_s);
    if (fmod(p->interval_s, a->interval_s) != 0 || fmod(p->interval_s, b->interval_s) != 0 ||
        p->interval_s > 1e6 * fmin(a->interval_s, b->interval_s))
        return "the points of their histories do not fit";
    p->every_a = (size_t)(p->interval_s / a->interval_s);
    p->every_b = (size_t)(p->interval_s / b->interval_s);
    n_a = complete(a, p->every_a);
    n_b = complete(b, p->every_b);
    n = n_a < n_b ? n_a : n_b;
    if (since_s / p->interval_s > (double)n)
        return "they have no time in common";
    p->first = (size_t)ceil(since_s / p->interval_s - 1e-9);
    p->n = p->first < n ? n - p->first : 0;
    return p->n > 0 ? NULL : "they have no time in common";
}

/* What a stretch sums up to. */
struct sum {
    double requests; /* rates times points */
    double failures;
    double points; /* that have a rate */
    double time;   /* means weighted by requests */
    double timed;
    double quantile; /* of the last points that make one; NaN = none */
};

static enum saved_column quantile_column(enum compare_metric metric)
{
    return metric == COMPARE_P50   ? SAVED_P50_MS
           : metric == COMPARE_P95 ? SAVED_P95_MS
                                   : SAVED_P99_MS;
}

static struct sum sum_up(const struct saved_entry *e, enum compare_metric metric, size_t from,
                         size_t to, size_t every)
{
    const double *quantiles = e->columns[quantile_column(metric)];
    struct sum s = { .quantile = NAN };

    for (size_t i = from; i < to; i++) {
        double rate = e->columns[SAVED_REQUEST_RATE][i];
        double mean = e->columns[SAVED_AVERAGE_MS][i];

        if (isnan(rate))
            continue;
        s.requests += rate;
        s.failures += e->columns[SAVED_FAILURE_RATE][i];
        s.points++;
        if (isnan(mean))
            continue;
        s.time += rate * mean;
        s.timed += rate;
    }
    for (size_t i = to > from + every ? to - every : from; i < to; i++)
        s.quantile = fmax(s.quantile, quantiles[i]);
    return s;
}

/* Of one stretch; NaN where there is none. */
static double difference(const struct sum *a, const struct sum *b, enum compare_metric metric,
                         double rate_a)
{
    if (a->points <= 0 || b->points <= 0)
        return NAN;
    switch (metric) {
    case COMPARE_RATE:
        return (b->requests / b->points - a->requests / a->points) / rate_a;
    case COMPARE_FAIL_RATIO:
        return a->requests > 0 && b->requests > 0
                   ? b->failures / b->requests - a->failures / a->requests
                   : NAN;
    case COMPARE_MEAN:
        return a->time > 0 && b->time > 0 ? log(b->time / b->timed) - log(a->time / a->timed) : NAN;
    default:
        return a->quantile > 0 && b->quantile > 0 ? log(b->quantile) - log(a->quantile) : NAN;
    }
}

static bool has_columns(const struct saved_entry *e)
{
    for (size_t i = 0; i < SAVED_COLUMNS; i++)
        if (e->columns[i] == NULL)
            return false;
    return true;
}

size_t compare_pair_differences(const struct compare_pair *p, const struct saved_entry *a,
                                const struct saved_entry *b, enum compare_metric metric,
                                double *differences, size_t n_max, size_t *ret_gaps)
{
    double rate_a = 0;
    size_t length;
    size_t n = 0;

    *ret_gaps = 0;
    if (p->n == 0 || !has_columns(a) || !has_columns(b))
        return 0;
    length = metric < COMPARE_P50 ? (p->n + STRETCHES - 1) / STRETCHES
                                  : (size_t)ceil(WINDOW_S / p->interval_s);
    if (metric == COMPARE_RATE) {
        struct sum all =
            sum_up(a, metric, p->first * p->every_a, (p->first + p->n) * p->every_a, p->every_a);

        rate_a = all.requests / all.points;
    }
    for (size_t at = p->first; at + length <= p->first + p->n && n < n_max; at += length) {
        struct sum x = sum_up(a, metric, at * p->every_a, (at + length) * p->every_a, p->every_a);
        struct sum y = sum_up(b, metric, at * p->every_b, (at + length) * p->every_b, p->every_b);
        double d = difference(&x, &y, metric, rate_a);

        if (isfinite(d))
            differences[n++] = d;
        else
            ++*ret_gaps;
    }
    return n;
}

double compare_pair_mean(const struct compare_pair *p, unsigned which, const double *column)
{
    size_t every = which == 0 ? p->every_a : p->every_b;
    double sum = 0;
    double n = 0;

    for (size_t i = p->first * every; i < (p->first + p->n) * every; i++)
        if (!isnan(column[i])) {
            sum += column[i];
            n++;
        }
    return n > 0 ? sum / n : 0;
}
