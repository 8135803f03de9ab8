/* SPDX-License-Identifier: MIT */
/*
 * How the generator itself fared: what its loop threads needed of their CPUs, and what they were
 * kept waiting for. From it the verdict tells whether numbers are those of what was tested.
 *
 * Thread: control loop.
 */
#ifndef ACRIDA_STATS_GENERATOR_H
#define ACRIDA_STATS_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One loop thread since the start or the last reset. */
struct acri_generator_loop {
    uint64_t over_ns;
    uint64_t busy_ns; /* of these: in ticks in which it needed most of its CPU */
    uint64_t wait_ns; /* ready to run, but others had the CPU */
    uint64_t n_runs;  /* times that it was given the CPU */
};

/* All of a process's, or of a master's workers: of shares the worst one's. */
struct acri_generator {
    double seconds;     /* that shares are about; 0 = not known */
    double busy_share;  /* 0 to 1 */
    double wait_share;  /* 0 to 1 */
    double wait_ms;     /* mean, each time that it had something to do */
    uint64_t n_stalls;  /* a loop stood still, since the start */
    uint64_t n_stalled; /* requests that were in flight then */
    double longest_stall_ms;
};

/* What one loop did in a tick (its busy_ns is not read), which took cpu_ns of its CPU. busy_limit:
 * from this share of a CPU on it counts as busy. */
void acri_generator_note(struct acri_generator_loop *loop, const struct acri_generator_loop *tick,
                         uint64_t cpu_ns, double busy_limit);

/* Take one loop, or the sum of one process, into the whole. */
void acri_generator_add_loop(struct acri_generator *g, const struct acri_generator_loop *loop);
void acri_generator_add(struct acri_generator *g, const struct acri_generator *other);

#endif
