/* SPDX-License-Identifier: MIT */
#include "results/patterns_fit.h"

#include "results/patterns_series.h"

#include <math.h>
#include <stdlib.h>

#define SEGMENT_MIN 4
#define NOISE_FLOOR 1e-4 /* squared: 1 % */

/* Weighted sums over points [0, i), of x and y scaled to about 1. */
struct sums {
    double w, x, y, xx, xy, yy;
};

struct fitting {
    size_t n;
    size_t n_segment;
    double x_low;
    double x_span;
    double y_scale;
    struct sums *sums; /* n + 1 */
    double *x;         /* scaled */
    double *median;    /* running; then residuals */
};

static struct sums between(const struct fitting *f, size_t from, size_t to)
{
    const struct sums *a = &f->sums[from];
    const struct sums *b = &f->sums[to];

    return (struct sums){ .w = b->w - a->w,
                          .x = b->x - a->x,
                          .y = b->y - a->y,
                          .xx = b->xx - a->xx,
                          .xy = b->xy - a->xy,
                          .yy = b->yy - a->yy };
}

/* A line through the points of a sum. Returns: what it leaves. */
static double line_of(const struct sums *s, double *ret_a, double *ret_b)
{
    double x = s->x / s->w;
    double y = s->y / s->w;
    double xx = s->xx - s->w * x * x;
    double xy = s->xy - s->w * x * y;
    double yy = s->yy - s->w * y * y;

    *ret_b = xx > 1e-12 * s->w ? xy / xx : 0;
    *ret_a = y - *ret_b * x;
    return fmax(yy - *ret_b * xy, 0);
}

/* Gauss elimination of a symmetric 3 by 3 system. */
static bool solve(double m[3][4])
{
    for (int i = 0; i < 3; i++) {
        int pivot = i;

        for (int k = i + 1; k < 3; k++)
            pivot = fabs(m[k][i]) > fabs(m[pivot][i]) ? k : pivot;
        if (fabs(m[pivot][i]) < 1e-12)
            return false;
        for (int c = 0; c < 4; c++) {
            double other = m[i][c];

            m[i][c] = m[pivot][c];
            m[pivot][c] = other;
        }
        for (int k = 0; k < 3; k++) {
            double factor = k == i ? 0 : m[k][i] / m[i][i];

            for (int c = i; c < 4; c++)
                m[k][c] -= factor * m[i][c];
        }
    }
    return true;
}

/* y = a + b x + c max(x - knee, 0). Returns: what it leaves; infinite when it cannot be solved. */
static double hinge_of(const struct fitting *f, size_t split, double knee, struct patterns_fit *ret)
{
    const struct sums *s = &f->sums[f->n];
    struct sums t = between(f, split, f->n);
    double h = t.x - knee * t.w;
    double xh = t.xx - knee * t.x;
    double hh = t.xx - 2 * knee * t.x + knee * knee * t.w;
    double hy = t.xy - knee * t.y;
    double m[3][4] = { { s->w, s->x, h, s->y }, { s->x, s->xx, xh, s->xy }, { h, xh, hh, hy } };
    double beta[3];

    if (!solve(m))
        return INFINITY;
    for (int i = 0; i < 3; i++)
        beta[i] = m[i][3] / m[i][i];
    ret->a = beta[0];
    ret->b = beta[1];
    ret->b2 = beta[1] + beta[2];
    ret->a2 = beta[0] - beta[2] * knee;
    return fmax(s->yy - beta[0] * s->y - beta[1] * s->xy - beta[2] * hy, 0);
}

static void keep_best(struct patterns_fit *best, struct patterns_fit found)
{
    if (isfinite(found.rss) && (!best->is_there || found.rss < best->rss)) {
        *best = found;
        best->is_there = true;
    }
}

/* All splits between different x. */
static void search(const struct fitting *f, struct patterns_fits *fits)
{
    for (size_t split = f->n_segment; split + f->n_segment <= f->n; split++) {
        struct patterns_fit hinge = { .split = split, .knee = f->x[split] };
        struct patterns_fit step = hinge;
        struct sums before = between(f, 0, split);
        struct sums after = between(f, split, f->n);

        if (f->x[split] <= f->x[split - 1] || f->x[split - 1] <= f->x[0])
            continue;
        step.knee = f->x[split - 1];
        step.rss = line_of(&before, &step.a, &step.b) + line_of(&after, &step.a2, &step.b2);
        keep_best(&fits->step, step);
        hinge.rss = hinge_of(f, split, hinge.knee, &hinge);
        keep_best(&fits->hinge, hinge);
    }
}

/* Back to the units of the caller. */
static void unscale(const struct fitting *f, struct patterns_fit *fit)
{
    fit->b = fit->b * f->y_scale / f->x_span;
    fit->b2 = fit->b2 * f->y_scale / f->x_span;
    fit->a = fit->a * f->y_scale - fit->b * f->x_low;
    fit->a2 = fit->a2 * f->y_scale - fit->b2 * f->x_low;
    fit->knee = f->x_low + fit->knee * f->x_span;
}

static void rate(struct patterns_fit *fit, size_t n, double n_effective, double n_parameters)
{
    double spare = n_effective - n_parameters - 2;

    fit->is_there = fit->is_there && spare > 0;
    fit->bic = !fit->is_there ? INFINITY
                              : n_effective * log(fit->rss / (double)n + NOISE_FLOOR) +
                                    n_parameters * log(n_effective) * n_effective / spare;
}

static bool begin(struct fitting *f, const double *x, const double *y)
{
    f->x_low = x[0];
    f->x_span = x[f->n - 1] - x[0];
    f->n_segment = f->n / 20 > SEGMENT_MIN ? f->n / 20 : SEGMENT_MIN;
    f->sums = calloc(f->n + 1, sizeof(*f->sums));
    f->x = malloc(f->n * sizeof(*f->x));
    f->median = malloc(f->n * sizeof(*f->median));
    if (f->sums == NULL || f->x == NULL || f->median == NULL)
        return false;
    patterns_running_median(y, f->n, 5, f->median);
    f->y_scale = patterns_quantile(y, f->n, 0.5);
    for (size_t i = 0; i < f->n; i++) {
        struct sums s = f->sums[i];
        double m = f->median[i] / f->y_scale;
        double w = 1 / (m * m);
        double v = y[i] / f->y_scale;
        double u = (x[i] - f->x_low) / f->x_span;

        f->x[i] = u;
        f->sums[i + 1] = (struct sums){ .w = s.w + w,
                                        .x = s.x + w * u,
                                        .y = s.y + w * v,
                                        .xx = s.xx + w * u * u,
                                        .xy = s.xy + w * u * v,
                                        .yy = s.yy + w * v * v };
    }
    return isfinite(f->y_scale) && f->y_scale > 0;
}

static void compare(struct fitting *f, struct patterns_fits *fits, const double *x, const double *y)
{
    const struct patterns_fit *best = fits->step.is_there ? &fits->step : &fits->line;

    for (size_t i = 0; i < f->n; i++)
        f->median[i] = (y[i] - patterns_fit_at(best, x[i])) / f->median[i];
    fits->n_effective = patterns_n_effective(f->median, f->n);
    rate(&fits->flat, f->n, fits->n_effective, 1);
    rate(&fits->line, f->n, fits->n_effective, 2);
    rate(&fits->hinge, f->n, fits->n_effective, 4);
    rate(&fits->step, f->n, fits->n_effective, 5);
}

bool patterns_fits_make(struct patterns_fits *fits, const double *x, const double *y, size_t n)
{
    struct fitting f = { .n = n };
    bool is_made;

    *fits = (struct patterns_fits){ .n_effective = 0 };
    if (n < 2 * SEGMENT_MIN || !(x[n - 1] > x[0]))
        return false;
    is_made = begin(&f, x, y);
    if (is_made) {
        const struct sums *all = &f.sums[n];

        fits->flat = (struct patterns_fit){ .is_there = true, .a = all->y / all->w };
        fits->flat.rss = fmax(all->yy - all->y * all->y / all->w, 0);
        fits->line.is_there = true;
        fits->line.rss = line_of(all, &fits->line.a, &fits->line.b);
        search(&f, fits);
        unscale(&f, &fits->flat);
        unscale(&f, &fits->line);
        unscale(&f, &fits->hinge);
        unscale(&f, &fits->step);
        compare(&f, fits, x, y);
    }
    free(f.sums);
    free(f.x);
    free(f.median);
    return is_made;
}

double patterns_fit_at(const struct patterns_fit *fit, double x)
{
    return fit->split > 0 && x > fit->knee ? fit->a2 + fit->b2 * x : fit->a + fit->b * x;
}

double patterns_fit_goodness(const struct patterns_fits *fits, const struct patterns_fit *fit)
{
    return fits->flat.rss > 0 ? fmin(fmax(1 - fit->rss / fits->flat.rss, 0), 1) : 0;
}

bool patterns_fit_beats(const struct patterns_fit *rich, const struct patterns_fit *plain,
                        double strictness)
{
    return rich->is_there && plain->bic - rich->bic >= PATTERNS_FIT_STRONG + strictness;
}
