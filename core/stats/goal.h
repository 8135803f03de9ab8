/* SPDX-License-Identifier: MIT */
/*
 * One goal during a run: what was measured, and whether it meets the limit.
 *
 * A load of `at 100 rps` is held while the requests of each stretch of L seconds (a fifth of the
 * time it is to be held, at least 2 and at most 10 s) are as many as they should be within 10 % and
 * three standard deviations of chance (a Poisson process). It counts as held from the beginning of
 * the first such stretch; measured is what happens from its end on.
 *
 * Thread: control loop.
 */
#ifndef ACRIDA_STATS_GOAL_H
#define ACRIDA_STATS_GOAL_H

#include "stats/goal_window.h"

#define ACRI_GOAL_MARKS 16u

/* A load that must be held. */
struct acri_goal_hold {
    uint64_t at_ns[ACRI_GOAL_MARKS]; /* a ring: when how many requests had been made */
    uint64_t load[ACRI_GOAL_MARKS];
    size_t first;
    size_t n;
    uint64_t since_ns; /* 0 = it is not held */
    uint64_t longest_ns;
    bool is_reached; /* for as long as is asked for */
    double value;    /* of this stretch; NaN = none */
};

/* The opaque type of <acrida/report.h>. */
struct acr_goal {
    struct acri_goal_spec spec;
    char wanted[96];
    char measured[128];
    uint32_t state;    /* enum acr_goal_state */
    uint64_t start_ns; /* of the statistics that it has seen; UINT64_MAX = none */
    struct acri_histogram scratch;
    struct acri_goal_window window;
    struct acri_goal_hold hold;
    uint64_t arrivals; /* at the last step; statistics that begin anew do not reset the load's */
    uint64_t dropped;
    uint64_t old_arrivals; /* before the statistics began */
    uint64_t old_dropped;
    double level;      /* added up */
    uint64_t n_levels; /* readings of it */
    double most_users;
    double value;        /* of parts: the worst so far; NaN = none */
    double now;          /* what is shown as measured; NaN = none */
    bool did_window;     /* a window was as long as it should be */
    unsigned n_unsteady; /* steps until what workers report comes evenly */
};

/* Takes the specification over. */
void acri_goal_init(struct acr_goal *g, struct acri_goal_spec *spec);
void acri_goal_done(struct acr_goal *g);

/* Look at the statistics, about once a second and at the end. */
void acri_goal_step(struct acr_goal *g, const struct acr_snapshot *s, bool is_over);

/* Missed, and nothing that is still to come is likely to make up for it. */
bool acri_goal_is_lost(const struct acr_goal *g);

#endif
