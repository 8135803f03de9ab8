/* SPDX-License-Identifier: MIT */
/*
 * Where the value of a goal comes from: what a snapshot says of what its selector names, and the
 * value of its column, of the whole run or between two moments.
 *
 * Thread: control loop. A reading is valid until the statistics change.
 */
#ifndef ACRIDA_STATS_GOAL_SOURCE_H
#define ACRIDA_STATS_GOAL_SOURCE_H

#include "stats/goal_parse.h"
#include "stats/snapshot.h"

/* What only grows; so differences are what happened in between. */
struct acri_goal_counts {
    uint64_t requests; /* of a metric: how often it was told */
    uint64_t failures;
    uint64_t attempts;
    uint64_t cancelled;
    uint64_t untimed;
    uint64_t bytes;
    uint64_t n_values; /* with a time, or a value */
    uint64_t load;     /* requests that `at 100 rps` speaks of */
    uint64_t arrivals;
    uint64_t dropped;
    double sum;   /* of the values; times in ms */
    double level; /* of a gauge or users: added up by whoever reads, once for each reading */
    uint64_t n_levels;
};

struct acri_goal_reading {
    struct acri_goal_counts counts;
    const struct acri_histogram *times; /* of entries; NULL = none */
    const struct acr_metric *metric;    /* of all others; NULL = none */
    const struct acri_stats *stats;
    double level; /* now */
};

/* Read what is there. scratch: for several entries together; initialised, and borrowed by the
 * reading. */
void acri_goal_source_read(const struct acri_goal_spec *spec, const struct acr_snapshot *s,
                           struct acri_histogram *scratch, struct acri_goal_reading *ret_reading);

/* The value of all since the start or the last reset. Returns: NaN: there is none. */
double acri_goal_source_value(const struct acri_goal_spec *spec,
                              const struct acri_goal_reading *reading);

/* --- distributions
 * --------------------------------------------------------------------------------- */

/* A goal that needs one: quantiles, lowest and highest. */
bool acri_goal_source_has_keys(const struct acri_goal_spec *spec);
/* How many keys: values from the lowest up, each in its bucket. */
size_t acri_goal_source_n_keys(const struct acri_goal_spec *spec);
/* Call with each key that has counts so far, from the lowest up. */
void acri_goal_source_keys(const struct acri_goal_reading *reading,
                           void (*call)(void *arg, uint32_t key, uint64_t n), void *arg);

/* The value of a part: differences of counts, counts by key (NULL without keys) and its length.
 * Returns: NaN: there is none. */
double acri_goal_source_between(const struct acri_goal_spec *spec,
                                const struct acri_goal_counts *counts, const uint64_t *keys,
                                double seconds);

void acri_goal_counts_add(struct acri_goal_counts *into, const struct acri_goal_counts *from);
void acri_goal_counts_subtract(struct acri_goal_counts *from, const struct acri_goal_counts *what);

#endif
