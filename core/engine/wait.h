/* SPDX-License-Identifier: MIT */
/*
 * When the next task is due: the wait times of user types and task sets. Pure: time is passed in.
 *
 * Paced waits keep an absolute schedule, so that neither the length of a task nor a late wake-up
 * moves what comes after it.
 */
#ifndef ACRIDA_ENGINE_WAIT_H
#define ACRIDA_ENGINE_WAIT_H

#include "engine/frame.h"

/* What a total rate needs on each loop: its own share of the slots. */
struct acri_rate_slots {
    uint64_t next_ns;  /* the next free slot; 0 = none was given yet */
    double per_second; /* of the whole rate, this loop's */
};

struct acri_wait_input {
    const struct acri_set_plan *set; /* whose wait it is */
    uint64_t now_ns;                 /* the end of the task, without what the generator delayed */
    double function_s;               /* what the wait's function has returned */
    struct acri_rate_slots *slots;   /* of a total rate */
};

/*
 * The time that the next task is intended for; it may be in the past, when slots are made up for.
 *
 * slot_ns:       of the frame whose set it is: the slot of the task that has just ended.
 * ret_n_missed:  slots left out, when they are not made up for.
 */
uint64_t acri_wait_due_ns(const struct acri_wait_input *in, uint64_t *slot_ns, struct acri_rng *rng,
                          uint64_t *ret_n_missed);

#endif
