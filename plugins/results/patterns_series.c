/* SPDX-License-Identifier: MIT */
#include "results/patterns_series.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 6
#define WIDTH_MAX 15
#define HAMPEL_WIDTH 7

static void columns_of(const struct patterns_points *p, double **ret)
{
    ret[0] = p->t;
    ret[1] = p->load;
    ret[2] = p->y;
    ret[3] = p->rate;
    ret[4] = p->failed;
    ret[5] = p->cpu;
}

static int allocate(struct patterns_points *p, size_t n)
{
    double *block = calloc((n > 0 ? n : 1) * COLUMNS, sizeof(*block));

    *p = (struct patterns_points){ .n = 0 };
    if (block == NULL)
        return -ENOMEM;
    p->t = block;
    p->load = block + n;
    p->y = block + 2 * n;
    p->rate = block + 3 * n;
    p->failed = block + 4 * n;
    p->cpu = block + 5 * n;
    return 0;
}

void patterns_points_free(struct patterns_points *p)
{
    free(p->t);
    *p = (struct patterns_points){ .n = 0 };
}

static double at(const double *column, size_t i, double otherwise)
{
    return column != NULL ? column[i] : otherwise;
}

static double time_of(const struct patterns_series *s, size_t i)
{
    return s->average_ms != NULL ? s->average_ms[i] : at(s->p50_ms, i, NAN);
}

/* Open load is measured by its arrivals: its users are only those that are busy. */
static bool is_open(const struct patterns_input *in)
{
    size_t n_open = 0;
    size_t n_loaded = 0;

    for (size_t i = 0; i < in->n; i++) {
        double arrivals = at(in->arrivals_per_s, i, 0);

        n_open += arrivals > 0;
        n_loaded += arrivals > 0 || at(in->users, i, 0) > 0;
    }
    return 2 * n_open > n_loaded;
}

static void add(struct patterns_points *p, const struct patterns_input *in, size_t i, double ms,
                double rate, double failures)
{
    double load = p->is_open ? in->arrivals_per_s[i] : at(in->users, i, NAN);

    if (!isfinite(in->time_s[i]) || !isfinite(ms) || ms <= 0 || !isfinite(rate) || rate <= 0 ||
        !isfinite(load) || load <= 0)
        return;
    p->t[p->n] = in->time_s[i];
    p->load[p->n] = load;
    p->y[p->n] = ms;
    p->rate[p->n] = rate;
    p->failed[p->n] = isfinite(failures) && failures > 0 ? fmin(failures / rate, 1) : 0;
    p->cpu[p->n] = at(in->cpu_percent, i, NAN);
    p->n++;
}

int patterns_points_read(struct patterns_points *p, const struct patterns_input *in,
                         const struct patterns_series *s)
{
    int r = allocate(p, in->n);

    if (r < 0)
        return r;
    p->is_open = is_open(in);
    for (size_t i = 0; i < in->n; i++)
        add(p, in, i, time_of(s, i), at(s->requests_per_s, i, NAN), at(s->failures_per_s, i, 0));
    return 0;
}

/* What is left of a point's sums without some endpoints. */
static void take_out(const struct patterns_input *in, size_t i, const bool *is_left_out,
                     double *rate, double *time, double *failures)
{
    for (size_t e = 0; e < in->n_entries; e++) {
        const struct patterns_series *s = &in->entries[e];
        double its_rate = at(s->requests_per_s, i, 0);
        double ms = time_of(s, i);
        double its_failures = at(s->failures_per_s, i, 0);

        if (!is_left_out[e] || !isfinite(its_rate) || its_rate <= 0 || !isfinite(ms))
            continue;
        *rate -= its_rate;
        *time -= its_rate * ms;
        *failures -= isfinite(its_failures) ? its_failures : 0;
    }
}

int patterns_points_rest(struct patterns_points *p, const struct patterns_input *in,
                         const bool *is_left_out)
{
    const struct patterns_series *all = &in->total;
    int r = allocate(p, in->n);

    if (r < 0)
        return r;
    p->is_open = is_open(in);
    for (size_t i = 0; i < in->n; i++) {
        double rate_all = at(all->requests_per_s, i, NAN);
        double rate = rate_all;
        double time = time_of(all, i) * rate_all;
        double failures = at(all->failures_per_s, i, 0);

        take_out(in, i, is_left_out, &rate, &time, &failures);
        /* What rounding leaves is no request. */
        if (rate > 1e-3 * rate_all)
            add(p, in, i, time / rate, rate, failures);
    }
    return 0;
}

static void copy_point(struct patterns_points *to, size_t k, const struct patterns_points *from,
                       size_t i)
{
    to->t[k] = from->t[i];
    to->load[k] = from->load[i];
    to->y[k] = from->y[i];
    to->rate[k] = from->rate[i];
    to->failed[k] = from->failed[i];
    to->cpu[k] = from->cpu[i];
}

int patterns_points_slice(struct patterns_points *p, const struct patterns_points *of, size_t from,
                          size_t to)
{
    int r = allocate(p, to - from);

    if (r < 0)
        return r;
    p->is_open = of->is_open;
    for (size_t i = from; i < to; i++)
        copy_point(p, p->n++, of, i);
    return 0;
}

static void sort_by_load(struct patterns_points *p)
{
    struct patterns_points one = { .n = 1 };
    double values[COLUMNS];

    one.t = &values[0];
    one.load = &values[1];
    one.y = &values[2];
    one.rate = &values[3];
    one.failed = &values[4];
    one.cpu = &values[5];
    /* They are nearly sorted: insertion moves each by a few places. */
    for (size_t i = 1; i < p->n; i++) {
        size_t k = i;

        copy_point(&one, 0, p, i);
        for (; k > 0 && p->load[k - 1] > one.load[0]; k--)
            copy_point(p, k, p, k - 1);
        copy_point(p, k, &one, 0);
    }
}

int patterns_points_rising(struct patterns_points *p, const struct patterns_points *of)
{
    double highest = 0;
    double top = 0;
    size_t n_top = 0;
    size_t n_before;
    int r = allocate(p, of->n);

    if (r < 0)
        return r;
    p->is_open = of->is_open;
    for (size_t i = 0; i < of->n; i++)
        top = fmax(top, of->load[i]);
    for (size_t i = 0; i < of->n; i++) {
        bool is_top = of->load[i] >= 0.98 * top;

        if (of->load[i] < 0.98 * highest)
            continue;
        highest = fmax(highest, of->load[i]);
        n_before = p->n - n_top;
        if (is_top && n_top >= (n_before > 5 ? n_before : 5))
            continue;
        n_top += is_top;
        copy_point(p, p->n++, of, i);
    }
    sort_by_load(p);
    return 0;
}

bool patterns_points_steady(const struct patterns_points *p, size_t n_min, size_t *ret_from,
                            size_t *ret_to)
{
    size_t start = 0;
    size_t best = 0;
    double low = 0;
    double high = 0;

    for (size_t i = 0; i < p->n; i++) {
        double wider_low = i > start ? fmin(low, p->load[i]) : p->load[i];
        double wider_high = i > start ? fmax(high, p->load[i]) : p->load[i];

        if (wider_high - wider_low > fmax(0.05 * wider_high, p->is_open ? 0 : 1)) {
            start = i;
            wider_low = wider_high = p->load[i];
        }
        low = wider_low;
        high = wider_high;
        if (i + 1 - start > best) {
            best = i + 1 - start;
            *ret_from = start;
            *ret_to = i + 1;
        }
    }
    if (best < n_min)
        return false;
    best = best / 10 < 30 ? best / 10 : 30;
    *ret_from += best > 0 ? best : 1;
    return *ret_to - *ret_from >= n_min;
}

void patterns_points_thin(struct patterns_points *p, size_t n_max)
{
    size_t width = (p->n + n_max - 1) / n_max;
    double *columns[COLUMNS];
    size_t n = 0;

    if (width <= 1)
        return;
    columns_of(p, columns);
    for (size_t i = 0; i < p->n; i += width, n++) {
        size_t end = i + width < p->n ? i + width : p->n;

        for (size_t c = 0; c < COLUMNS; c++) {
            double sum = 0;

            for (size_t k = i; k < end; k++)
                sum += columns[c][k];
            columns[c][n] = sum / (double)(end - i);
        }
    }
    p->n = n;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

double patterns_median(double *values, size_t n)
{
    if (n == 0)
        return NAN;
    qsort(values, n, sizeof(*values), compare);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double patterns_quantile(const double *values, size_t n, double quantile)
{
    double *sorted = n > 0 ? malloc(n * sizeof(*sorted)) : NULL;
    double found;

    if (sorted == NULL)
        return NAN;
    memcpy(sorted, values, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), compare);
    found = sorted[(size_t)(quantile * (double)(n - 1) + 0.5)];
    free(sorted);
    return found;
}

static size_t around(const double *values, size_t n, size_t width, size_t i, double *ret)
{
    size_t half = width / 2;
    size_t from = i > half ? i - half : 0;
    size_t to = i + half + 1 < n ? i + half + 1 : n;

    memcpy(ret, values + from, (to - from) * sizeof(*ret));
    return to - from;
}

void patterns_running_median(const double *values, size_t n, size_t width, double *ret)
{
    double window[WIDTH_MAX];

    for (size_t i = 0; i < n; i++) {
        size_t n_window = around(values, n, width, i, window);

        ret[i] = patterns_median(window, n_window);
    }
}

void patterns_points_clean(struct patterns_points *p)
{
    double window[WIDTH_MAX];
    double *clean = p->n > 0 ? malloc(p->n * sizeof(*clean)) : NULL;

    if (clean == NULL)
        return;
    for (size_t i = 0; i < p->n; i++) {
        size_t n = around(p->y, p->n, HAMPEL_WIDTH, i, window);
        double median = patterns_median(window, n);
        double mad;

        for (size_t k = 0; k < n; k++)
            window[k] = fabs(window[k] - median);
        mad = 1.4826 * patterns_median(window, n);
        clean[i] = fabs(p->y[i] - median) > fmax(4 * mad, 0.1 * median) ? median : p->y[i];
    }
    memcpy(p->y, clean, p->n * sizeof(*clean));
    free(clean);
}

double patterns_n_effective(const double *residuals, size_t n)
{
    double mean = 0;
    double sum = 0;
    double lagged = 0;
    double r;

    if (n < 6)
        return n < 3 ? 3 : (double)n;
    for (size_t i = 0; i < n; i++)
        mean += residuals[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        sum += (residuals[i] - mean) * (residuals[i] - mean);
        if (i > 0)
            lagged += (residuals[i] - mean) * (residuals[i - 1] - mean);
    }
    if (sum <= 0)
        return (double)n;
    r = ((double)n * lagged / sum + 1) / (double)(n - 4);
    r = fmin(fmax(r, 0), 0.95);
    return fmax(3, (double)n * (1 - r) / (1 + r));
}
