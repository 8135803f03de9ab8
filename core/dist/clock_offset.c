/* SPDX-License-Identifier: MIT */
#include "dist/clock_offset.h"

bool acri_clock_offset_add(struct acri_clock_offset *c, uint64_t asked_ns, uint64_t heard_ns,
                           uint64_t answered_ns, uint64_t told_ns)
{
    uint32_t at = c->n_samples % ACRI_CLOCK_OFFSET_SAMPLES;
    int64_t there, back;

    if (told_ns < asked_ns || answered_ns < heard_ns || answered_ns > INT64_MAX ||
        told_ns > INT64_MAX || answered_ns - heard_ns > told_ns - asked_ns)
        return false;
    there = (int64_t)heard_ns - (int64_t)asked_ns;
    back = (int64_t)answered_ns - (int64_t)told_ns;
    c->samples[at].offset_ns = there / 2 + back / 2;
    c->samples[at].round_trip_ns = (told_ns - asked_ns) - (answered_ns - heard_ns);
    c->n_samples++;
    return true;
}

bool acri_clock_offset_best(const struct acri_clock_offset *c, int64_t *ret_offset_ns,
                            uint64_t *ret_round_trip_ns)
{
    uint32_t n =
        c->n_samples < ACRI_CLOCK_OFFSET_SAMPLES ? c->n_samples : ACRI_CLOCK_OFFSET_SAMPLES;
    uint32_t best = 0;

    if (n == 0)
        return false;
    for (uint32_t i = 1; i < n; i++)
        if (c->samples[i].round_trip_ns < c->samples[best].round_trip_ns)
            best = i;
    *ret_offset_ns = c->samples[best].offset_ns;
    *ret_round_trip_ns = c->samples[best].round_trip_ns;
    return true;
}
