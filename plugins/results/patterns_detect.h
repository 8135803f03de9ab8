/* SPDX-License-Identifier: MIT */
/*
 * The detectors: each looks at the points of one endpoint or of the whole for its own patterns.
 *
 * strictness: how much more than usual is wanted because so many endpoints are looked at: 2 ln m
 * for m of them, which keeps the chance of a false alarm in any of them where it is for one.
 * Returns of all: whether one was found.
 */
#ifndef ACRIDA_RESULTS_PATTERNS_DETECT_H
#define ACRIDA_RESULTS_PATTERNS_DETECT_H

#include "results/patterns_series.h"

/* LINEAR, CLIFF or SATURATION, by the load's rise. */
bool patterns_detect_load(const struct patterns_points *p, double strictness, struct pattern *ret);
/* DRIFT, in the longest section of constant load. */
bool patterns_detect_drift(const struct patterns_points *p, double strictness, struct pattern *ret);
/* SPIKE of one endpoint, while the rest of the requests stayed as they were; with rest NULL: of all
 * at once, at constant load. */
bool patterns_detect_spike(const struct patterns_points *p, const struct patterns_points *rest,
                           double strictness, struct pattern *ret);
/* SAWTOOTH. */
bool patterns_detect_sawtooth(const struct patterns_points *p, double strictness,
                              struct pattern *ret);

/* How long after a fall of the load times are back to what they were at so little load before.
 * Returns: seconds; infinite: not within the run; NaN: the load did not fall from a peak, or there
 * is nothing to compare with. */
double patterns_recovery(const struct patterns_points *p);

/* An empty pattern: all numbers NaN. */
void patterns_begin(struct pattern *p, enum pattern_kind kind);
/* Shares of failures from which answers count as failing. */
bool patterns_is_failing(double share_before, double share_after);
/* "12 ms", "1.4 s": three digits. */
const char *patterns_ms(char ret[24], double ms);
/* Rounded to three digits, or to a whole number; printed by %.12g, which writes no exponents. */
double patterns_round(double number);
/* "40 s", "30 min". */
const char *patterns_span(char ret[24], double seconds);
/* Of points: the mean share of failures in [from, to). */
double patterns_failed(const struct patterns_points *p, size_t from, size_t to);
/* In [from, to) the load generator itself was short of CPU: 90 % or more in the median. */
bool patterns_is_generator_busy(const struct patterns_points *p, size_t from, size_t to);
/* The load's name: "users", "arrivals/s". */
const char *patterns_load_unit(const struct patterns_points *p);

#endif
