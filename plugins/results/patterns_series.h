/* SPDX-License-Identifier: MIT */
/*
 * The points of a history that say something, and what makes them robust: medians for means,
 * outliers by the Hampel identifier (Hampel 1974), and the effective number of points.
 */
#ifndef ACRIDA_RESULTS_PATTERNS_SERIES_H
#define ACRIDA_RESULTS_PATTERNS_SERIES_H

#include "results/patterns.h"

/* Points with requests, a response time and load: all others are left out. */
struct patterns_points {
    size_t n;
    double *t;      /* seconds */
    double *load;   /* users, or arrivals per second */
    double *y;      /* mean response time, ms */
    double *rate;   /* requests per second */
    double *failed; /* share of the requests, 0 to 1 */
    double *cpu;    /* of the load generator, percent; NaN: not known */
    bool is_open;   /* the load is arrivals */
};

/** Returns: 0, -ENOMEM. Owner: the caller frees with patterns_points_free. */
int patterns_points_read(struct patterns_points *p, const struct patterns_input *in,
                         const struct patterns_series *s);
/** The whole without the endpoints that are marked: is_left_out[in->n_entries]. */
int patterns_points_rest(struct patterns_points *p, const struct patterns_input *in,
                         const bool *is_left_out);
/** Copies of points [from, to). */
int patterns_points_slice(struct patterns_points *p, const struct patterns_points *of, size_t from,
                          size_t to);
/** Copies of those at which the load was the highest so far (within 2 %), because a load that has
 * fallen leaves queues behind. The plateau at the end is cut to the length of the rise: what
 * changes on it is time, not load. Sorted by load. */
int patterns_points_rising(struct patterns_points *p, const struct patterns_points *of);
void patterns_points_free(struct patterns_points *p);

/** The longest section of constant load (within 5 %, or one user), without its first tenth, in
 * which queues and caches settle. Returns: false when there is none of at least n_min points. */
bool patterns_points_steady(const struct patterns_points *p, size_t n_min, size_t *ret_from,
                            size_t *ret_to);
/** Neighbours become one, their mean, until at most n_max are left. */
void patterns_points_thin(struct patterns_points *p, size_t n_max);
/** Lone outliers of y become the median of their 7 neighbours: beyond 4 scaled MAD and 10 %. */
void patterns_points_clean(struct patterns_points *p);

/** Sorts what it is given. Returns: NaN of nothing. */
double patterns_median(double *values, size_t n);
/** A quantile, 0 to 1, of values that stay as they are. Returns: NaN of nothing, or of no memory.
 */
double patterns_quantile(const double *values, size_t n, double quantile);
/** ret[i] = the median of the `width` (odd, at most 15) values around i. */
void patterns_running_median(const double *values, size_t n, size_t width, double *ret);
/**
 * How many independent points are worth as much as these residuals in the order of time:
 * n (1 - r) / (1 + r) with their autocorrelation r at lag 1 (Bayley and Hammersley 1946), r being
 * corrected for its bias in short series (Kendall 1954). Returns: 3 to n.
 */
double patterns_n_effective(const double *residuals, size_t n);

#endif
