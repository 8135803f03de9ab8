/* SPDX-License-Identifier: MIT */
/* Two runs, stretch by stretch: see compare.h. */
#ifndef ACRIDA_REPORT_COMPARE_PAIR_H
#define ACRIDA_REPORT_COMPARE_PAIR_H

#include "compare.h"

/* What two histories have in common, in points of the longer interval. */
struct compare_pair {
    const struct saved_run *a;
    const struct saved_run *b;
    size_t every_a; /* points of it that make one */
    size_t every_b;
    size_t first; /* the first that both have measured */
    size_t n;     /* points from there on */
    double interval_s;
};

/* Returns: NULL; or why there is nothing to compare. */
const char *compare_pair_align(struct compare_pair *p, const struct saved_run *a,
                               const struct saved_run *b);

/*
 * The differences of the stretches; at most n_max.
 *
 * ret_gaps: stretches without a difference, because one of them had no requests. Returns: how many.
 */
size_t compare_pair_differences(const struct compare_pair *p, const struct saved_entry *a,
                                const struct saved_entry *b, enum compare_metric metric,
                                double *differences, size_t n_max, size_t *ret_gaps);

/* The mean of a column of the run itself over what both have: users or arrivals. which: 0 = of a, 1
 * = of b. */
double compare_pair_mean(const struct compare_pair *p, unsigned which, const double *column);

#endif
