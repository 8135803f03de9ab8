/* SPDX-License-Identifier: MIT */
/*
 * Four models of how y depends on x, by weighted least squares, and which of them the points speak
 * for.
 *
 * Errors of response times grow with the times, so residuals are relative: each point has the
 * weight 1/m^2, where m is the running median around it. The knee is searched over all splits: its
 * position is one parameter more (Hinkley 1971; Bai and Perron 1998). Models are compared by the
 * Bayesian information criterion, n ln(RSS/n) + p ln n, with the effective n of
 * patterns_n_effective; a difference of 10 is "very strong" (Kass and Raftery 1995). An F-test
 * would not do: with the knee searched for, its statistic has no F distribution (Andrews 1993). To
 * RSS/n is added (1 %)^2, below which a curve is exact enough for anybody.
 */
#ifndef ACRIDA_RESULTS_PATTERNS_FIT_H
#define ACRIDA_RESULTS_PATTERNS_FIT_H

#include <stdbool.h>
#include <stddef.h>

/* By so much must the BIC of a richer model be lower. */
#define PATTERNS_FIT_STRONG 10.0

struct patterns_fit {
    bool is_there;
    size_t split; /* the first point after the knee; 0 = no knee */
    double knee;
    double a, b;   /* before: a + b x */
    double a2, b2; /* after */
    double rss;    /* of relative residuals */
    double bic;
};

struct patterns_fits {
    struct patterns_fit flat;  /* 1 parameter */
    struct patterns_fit line;  /* 2 */
    struct patterns_fit hinge; /* 4: two lines that meet at the knee */
    struct patterns_fit step;  /* 5: two lines that need not meet */
    double n_effective;
};

/**
 * Fit all four.
 *
 * x: rising. y: more than 0. Segments have at least 4 points and a twentieth of all.
 * Returns: false without memory, or when there are fewer than 8 points or x is the same for all.
 */
bool patterns_fits_make(struct patterns_fits *fits, const double *x, const double *y, size_t n);

double patterns_fit_at(const struct patterns_fit *fit, double x);
/** Share of what `flat` leaves that `fit` explains: 0 to 1. */
double patterns_fit_goodness(const struct patterns_fits *fits, const struct patterns_fit *fit);
/** Whether `rich` is better than `plain` beyond doubt. */
bool patterns_fit_beats(const struct patterns_fit *rich, const struct patterns_fit *plain,
                        double strictness);

#endif
