/* SPDX-License-Identifier: MIT */
/*
 * Whether one run was slower than another, or some than some others.
 *
 * Requests of one run are no independent samples: a slow second makes many of them slow, so that
 * intervals from their number alone are far too narrow. What is compared are stretches of time.
 *
 * One run each: the method of batch means (Law and Kelton, "Simulation Modeling and Analysis"), on
 * pairs. Both histories are cut into the same stretches since the start, at most 30 (for quantiles
 * of 10 s, because that is what their window holds); each pair of stretches gives a difference
 * (relative for rates, of logarithms for times), which takes out of it what both have at the same
 * time, such as a ramp or a shape. The interval is Student's of these, with as many degrees of
 * freedom as their correlation leaves (Zwiers and von Storch, "Taking serial correlation into
 * account in tests of the mean", J. Climate 8, 1995). It says nothing of what varies from run to
 * run; for that several runs are needed.
 *
 * Two or more each: a run is one sample, and the interval is Welch's.
 *
 * Many numbers are compared, and one in twenty would differ by chance: the intervals are so wide
 * (Bonferroni) that the confidence is that of the whole table. Nothing is drawn at random.
 */
#ifndef ACRIDA_REPORT_COMPARE_H
#define ACRIDA_REPORT_COMPARE_H

#include "results/saved.h"

enum compare_metric {
    COMPARE_RATE = 0,
    COMPARE_FAIL_RATIO = 1,
    COMPARE_MEAN = 2,
    COMPARE_P50 = 3,
    COMPARE_P95 = 4,
    COMPARE_P99 = 5,
    COMPARE_METRICS = 6,
};

enum compare_result {
    COMPARE_UNSURE = 0,
    COMPARE_SAME = 1, /* the whole interval is below the threshold */
    COMPARE_WORSE = 2,
    COMPARE_BETTER = 3,
    COMPARE_MIXED = 4, /* of all: some numbers are better, others worse */
};

struct compare_options {
    double threshold;  /* the smallest difference that matters: 0.05 */
    double confidence; /* 0.95 */
};

struct compare_row {
    const char *type; /* the first run's */
    const char *name;
    enum compare_metric metric;
    double a;
    double b;
    double difference; /* b to a: a part of a; of the ratio of failures a difference of ratios */
    double low;        /* the interval; NaN where there is none */
    double high;
    enum compare_result result;
    const char *why;  /* it is unsure; NULL = the interval is too wide */
    bool is_left_out; /* there is too little of it to be asked */
};

#define COMPARE_NOTES 16

struct compare {
    struct compare_row *rows; /* n_rows elements */
    size_t n_rows;
    enum compare_result result;
    bool is_refused; /* these runs must not be compared: notes say why, results are unsure */
    char notes[COMPARE_NOTES][400];
    size_t n_notes;
};

/* Returns: 0, or -ENOMEM. Texts stay those of the runs. */
int compare_runs(struct compare *c, const struct saved_run *a, size_t n_a,
                 const struct saved_run *b, size_t n_b, const struct compare_options *o);
void compare_free(struct compare *c);

/* "requests/s", "p99" */
const char *compare_metric_name(enum compare_metric metric);
/* "worse", "cannot tell" */
const char *compare_result_name(enum compare_result result);

#endif
