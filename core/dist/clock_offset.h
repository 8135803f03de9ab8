/* SPDX-License-Identifier: MIT */
/*
 * How far another process's clock is ahead of ours, from the four times of a question and its
 * answer: the sample with the shortest round trip among the last 16 is taken; it is wrong by half
 * of that at most.
 */
#ifndef ACRIDA_DIST_CLOCK_OFFSET_H
#define ACRIDA_DIST_CLOCK_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

#define ACRI_CLOCK_OFFSET_SAMPLES 16u

struct acri_clock_offset {
    struct {
        int64_t offset_ns;
        uint64_t round_trip_ns;
    } samples[ACRI_CLOCK_OFFSET_SAMPLES];
    uint32_t n_samples; /* ever */
};

/* asked, told: by our clock; heard, answered: by the other one. Returns: false: these times cannot
 * be, the sample is left out. */
bool acri_clock_offset_add(struct acri_clock_offset *c, uint64_t asked_ns, uint64_t heard_ns,
                           uint64_t answered_ns, uint64_t told_ns);
/* Returns: false: there is no sample yet. */
bool acri_clock_offset_best(const struct acri_clock_offset *c, int64_t *ret_offset_ns,
                            uint64_t *ret_round_trip_ns);

#endif
