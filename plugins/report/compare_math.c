/* SPDX-License-Identifier: MIT */
#include "compare_math.h"

#include <math.h>

#define MOST_STEPS 300

/* --- Student's t
 * --------------------------------------------------------------------------------- */

/* The continued fraction of the incomplete beta function, by Lentz. */
static double beta_fraction(double x, double a, double b)
{
    double c = 1;
    double d = 1 / (1 - (a + b) * x / (a + 1));
    double f = d;

    for (int i = 1; i < MOST_STEPS; i++) {
        double even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
        double odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
        double step;

        d = 1 / (1 + even * d);
        c = 1 + even / c;
        f *= d * c;
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        step = d * c;
        f *= step;
        if (fabs(step - 1) < 1e-13)
            break;
    }
    return f;
}

static double incomplete_beta(double x, double a, double b)
{
    double front;

    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    if (x > (a + 1) / (a + b + 2))
        return 1 - incomplete_beta(1 - x, b, a);
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a;
    return front * beta_fraction(x, a, b);
}

/* How probable it is that it exceeds t, which is not negative. */
static double t_tail(double t, double degrees)
{
    return incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
}

double compare_t_quantile(double quantile, double degrees)
{
    double low = 0;
    double high = 1;

    if (!(quantile >= 0.5) || !(quantile < 1) || !(degrees > 0))
        return NAN;
    while (t_tail(high, degrees) > 1 - quantile && high < 1e12)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
        double middle = (low + high) / 2;

        if (t_tail(middle, degrees) > 1 - quantile)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* --- intervals
 * ----------------------------------------------------------------------------------- */

static double mean_of(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n > 0 ? sum / (double)n : NAN;
}

static double variance_of(const double *x, size_t n, double mean)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return n > 1 ? sum / (double)(n - 1) : NAN;
}

/* Of neighbours; in short series it comes out too small, by (1 + 4 r) / n (Kendall 1954), and what
 * is found is off by about 1 / sqrt(n): the worse end is taken. Negative ones would make the
 * interval narrower: they are not believed. */
static double correlation(const double *x, size_t n, double mean)
{
    double products = 0;
    double squares = 0;
    double r;

    if (n < 6)
        return 0.7; /* nothing can be said of it */
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        if (i > 0)
            products += (x[i] - mean) * (x[i - 1] - mean);
    }
    if (!(squares > 0))
        return 0;
    r = (products / squares + 1 / (double)n) / (1 - 4 / (double)n);
    /* More than what leaves two cannot be seen in so few. */
    return fmin(fmax(r, 0) + 1 / sqrt((double)n), (double)(n - 2) / (double)(n + 2));
}

struct compare_interval compare_series(const double *x, size_t n, double alpha)
{
    double mean = mean_of(x, n);
    double r = correlation(x, n, mean);
    double n_effective = (double)n * (1 - r) / (1 + r);
    /* What the variance is worth depends on the squares of correlations (Bayley and Hammersley
     * 1946); the mean follows what wanders slowly, so that it comes out too small. */
    double degrees = (double)n * (1 - r * r) / (1 + r * r) - 1;
    double variance;
    double half;

    if (n < 2 || n_effective <= 1 || degrees <= 0)
        return (struct compare_interval){ mean, NAN, NAN, n_effective };
    variance = variance_of(x, n, mean) * (1 - 1 / (double)n) / (1 - 1 / n_effective);
    half = compare_t_quantile(1 - alpha / 2, degrees) * sqrt(variance / n_effective);
    return (struct compare_interval){ mean, mean - half, mean + half, n_effective };
}

struct compare_interval compare_groups(const double *a, size_t n_a, const double *b, size_t n_b,
                                       double alpha)
{
    double mean_a = mean_of(a, n_a);
    double mean_b = mean_of(b, n_b);
    double u = variance_of(a, n_a, mean_a) / (double)n_a;
    double v = variance_of(b, n_b, mean_b) / (double)n_b;
    double n = (double)(n_a + n_b);
    double degrees;
    double half;

    if (n_a < 2 || n_b < 2)
        return (struct compare_interval){ mean_b - mean_a, NAN, NAN, n };
    if (!(u + v > 0))
        return (struct compare_interval){ mean_b - mean_a, mean_b - mean_a, mean_b - mean_a, n };
    degrees = (u + v) * (u + v) / (u * u / (double)(n_a - 1) + v * v / (double)(n_b - 1));
    half = compare_t_quantile(1 - alpha / 2, degrees) * sqrt(u + v);
    return (struct compare_interval){ mean_b - mean_a, mean_b - mean_a - half,
                                      mean_b - mean_a + half, n };
}
