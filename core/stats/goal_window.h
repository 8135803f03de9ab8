/* SPDX-License-Identifier: MIT */
/*
 * What happened in the last seconds, for one goal: a window that slides from reading to reading, or
 * one that only grows. Its memory is bounded: a long window slides in sixtieths of its length.
 *
 * Thread: control loop. Times are monotonic nanoseconds, passed in.
 */
#ifndef ACRIDA_STATS_GOAL_WINDOW_H
#define ACRIDA_STATS_GOAL_WINDOW_H

#include "stats/goal_source.h"

#define ACRI_GOAL_SLICES 64u

struct acri_goal_slice {
    uint64_t start_ns;
    struct acri_goal_counts counts;
    uint32_t *keys; /* n_keys elements, with as many counts */
    uint32_t *n_of_key;
    size_t n_keys;
    size_t capacity;
};

struct acri_goal_window {
    uint64_t length_ns;             /* 0 = it grows */
    uint64_t slice_ns;              /* at least */
    size_t n_keys;                  /* 0 = without a distribution */
    struct acri_goal_counts counts; /* of the window */
    uint64_t *keys;                 /* n_keys elements: of the window */
    uint64_t start_ns;
    uint64_t end_ns;
    struct acri_goal_counts last; /* as they were read at the last slice's end */
    uint64_t *last_keys;
    struct acri_goal_slice slices[ACRI_GOAL_SLICES];
    size_t first;
    size_t n;
};

void acri_goal_window_init(struct acri_goal_window *w, const struct acri_goal_spec *spec,
                           uint64_t length_ns);
void acri_goal_window_done(struct acri_goal_window *w);

/* Empty; what happens from this reading on counts. */
void acri_goal_window_begin(struct acri_goal_window *w, const struct acri_goal_reading *reading,
                            uint64_t now_ns);

/* Returns: whether there is a window of the whole length that ends now: `counts` and `keys`, from
 * start_ns to end_ns. */
bool acri_goal_window_step(struct acri_goal_window *w, const struct acri_goal_reading *reading,
                           uint64_t now_ns);

#endif
