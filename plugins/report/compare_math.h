/* SPDX-License-Identifier: MIT */
/* Confidence intervals of a mean whose samples follow one another in time. */
#ifndef ACRIDA_REPORT_COMPARE_MATH_H
#define ACRIDA_REPORT_COMPARE_MATH_H

#include <stddef.h>

struct compare_interval {
    double mean;
    double low;
    double high;
    double n_effective; /* samples that independent ones would be worth */
};

/* The quantile (0.5 to 1) of Student's t distribution. */
double compare_t_quantile(double quantile, double degrees);

/*
 * The interval that holds the mean of n samples, taken one after another, with a probability of
 * 1 - alpha. Neighbours that are alike are worth less than independent samples: their number is
 * taken as n (1 - r) / (1 + r) where r is the correlation of neighbours, on the safe side. NaN
 * where it cannot be said (n < 2).
 */
struct compare_interval compare_series(const double *x, size_t n, double alpha);

/* That of the difference of the means of two independent groups, which may vary differently
 * (Welch).
 */
struct compare_interval compare_groups(const double *a, size_t n_a, const double *b, size_t n_b,
                                       double alpha);

#endif
