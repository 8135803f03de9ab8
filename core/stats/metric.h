/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the scenario's own, by kind and name: what a loop counts in one tick (in its block)
 * and the totals of the run, in the same structure. Merging is exact.
 *
 * Values of trends are kept in histograms of times, as if they were milliseconds: a value from
 * 0.001 up falls into a band of 31 octaves, and each band is a histogram of its own that begins at
 * its first microsecond. So a quantile is at most 0.4 % off, whatever the unit, up to 10^34; what
 * is greater counts as that. Values below zero have bands of their own, mirrored. What is nearer to
 * zero than 0.001 counts as zero. The lowest and the highest value are exact.
 *
 * Sums are kept with twice the digits of a double: in which order loops are merged does not show.
 *
 * Owner: one thread at a time.
 */
#ifndef ACRIDA_STATS_METRIC_H
#define ACRIDA_STATS_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <acrida/report.h>

#include "stats/histogram.h"
#include "stats/key.h"
#include "stats/table.h"

#define ACRI_METRIC_LIMIT 1000u
#define ACRI_METRIC_OTHERS "(other metrics)"
#define ACRI_METRIC_KINDS 5u /* enum acr_metric_kind */
#define ACRI_METRIC_BANDS 4u
#define ACRI_METRIC_HITS 64u /* a power of two */

struct acri_metrics;

/* The opaque type of <acrida/report.h>. */
struct acr_metric {
    struct acri_key key; /* kind as a word, name */
    const struct acri_metrics *home;
    uint32_t kind;
    uint64_t count;    /* how often it was told a value */
    uint64_t failures; /* of these: of a check or tag */
    uint64_t n_values; /* of these: with a value */
    double sum_high;   /* their sum in two parts */
    double sum_low;
    double min; /* 0 without a value; a gauge keeps what it stands at over a reset */
    double max;
    double last;
    uint64_t last_ns; /* when it was set; 0 = never */
    uint64_t n_near_zero;
    struct acri_histogram *above[ACRI_METRIC_BANDS]; /* of a trend or tag; NULL until needed */
    struct acri_histogram *below[ACRI_METRIC_BANDS];
    uint64_t last_tick; /* n_ticks of its home when it was last touched */
    struct acr_metric *next_active;
};

struct acri_metrics {
    struct acr_metric **rows; /* n elements, sorted by (kind, name) */
    size_t n;
    size_t n_capacity;
    size_t n_named; /* those that are not rows of others */
    size_t limit;
    uint64_t start_ns; /* rates are from here to now_ns */
    uint64_t now_ns;
    uint64_t n_ticks;
    struct acr_metric *active;                 /* touched since it was cleared */
    struct acr_metric *hits[ACRI_METRIC_HITS]; /* by addresses of names: guesses, or NULL */
    struct acri_table table;
};

/* At most so many names; more are counted in a row of others for each kind. */
void acri_metrics_init(struct acri_metrics *m, size_t limit);
void acri_metrics_done(struct acri_metrics *m);

/* A value, which must be finite, of a counter, gauge or trend. now_ns: monotonic; of a gauge, the
 * last value by this clock is its last. */
void acri_metrics_add(struct acri_metrics *m, uint32_t kind, const char *name, double value,
                      uint64_t now_ns);
void acri_metrics_check(struct acri_metrics *m, const char *name, bool is_passed);
/* A request that carries the tag of so many bytes. */
void acri_metrics_tag(struct acri_metrics *m, const char *tag, size_t bytes, bool is_failed,
                      bool has_time, uint64_t time_ns);

/* Add all that was touched in another one since it was cleared, exactly. */
void acri_metrics_merge(struct acri_metrics *into, const struct acri_metrics *from);

/* The row of a name, touched; and one row's numbers added to another: parts of merging, for what
 * comes from elsewhere. */
struct acr_metric *acri_metrics_row(struct acri_metrics *m, uint32_t kind, const char *name,
                                    size_t bytes);
void acri_metric_merge(struct acr_metric *into, const struct acr_metric *from);
/* The histogram of a band; made when there is none. */
struct acri_histogram *acri_metric_band(struct acr_metric *x, bool is_below, size_t band);

/* Begin a tick: what was touched goes to zero, names stay. Costs as much as was touched. */
void acri_metrics_clear(struct acri_metrics *m);

/* Begin again at a time: all goes to zero, names stay; a gauge stays where it stands. */
void acri_metrics_reset(struct acri_metrics *m, uint64_t now_ns);

/* All goes to zero, and gauges stand nowhere. */
void acri_metrics_forget(struct acri_metrics *m, uint64_t now_ns);

double acri_metric_sum(const struct acr_metric *x);
/* What a time in the histogram of a band stands for. */
double acri_metric_value(uint64_t ns, size_t band);
/* Returns: false without a value. */
bool acri_metric_quantile(const struct acr_metric *x, double q, double *ret_value);

/* All its memory in bytes, without the structure itself. */
size_t acri_metrics_bytes(const struct acri_metrics *m);

#endif
