/* SPDX-License-Identifier: MIT */
/*
 * Where a user is in its tasks: a stack of frames, the innermost task set on top, and which task
 * comes next in each. Pure, but for memory.
 */
#ifndef ACRIDA_ENGINE_FRAME_H
#define ACRIDA_ENGINE_FRAME_H

#include "base/rng.h"
#include "engine/task_plan.h"

struct acri_scheduled; /* by acr_schedule */

struct acri_frame {
    struct acri_frame *outer; /* NULL: the user type's own tasks */
    const struct acri_set_plan *set;
    struct acri_scheduled *scheduled; /* run first, in this order */
    uint64_t slot_ns;  /* of a paced wait: when the last task was due; 0 = none yet */
    uint32_t position; /* sequential: the next; Markov: the last */
    uint32_t n_done;   /* sequential: how often it has run in a row */
    bool has_begun;    /* Markov: there was a first task */
    bool is_entered;   /* on_start is over: on_stop is owed */
    void *state;       /* acr_set_state's, or NULL */
};

/* The frame of a user type; its memory is the caller's. */
void acri_frame_init(struct acri_frame *f, const struct acri_set_plan *set);
/* Frees what was scheduled. */
void acri_frame_done(struct acri_frame *f);

/* Enter a set: a frame on top of `outer`. acri_frame_pop leaves it again, and returns `outer`. */
struct acri_frame *acri_frame_push(struct acri_frame *outer, const struct acri_set_plan *set);
struct acri_frame *acri_frame_pop(struct acri_frame *f);

/* The next task: what was scheduled, or by the set's order. */
const struct acri_task_plan *acri_frame_next(struct acri_frame *f, struct acri_rng *rng);

/* Returns: 0, or -ENOENT. */
int acri_frame_schedule(struct acri_frame *f, const char *task, bool is_first);

/* Whether an iteration has just ended: a task; of sequential tasks a whole round. */
bool acri_frame_is_between(const struct acri_frame *f);

/* The frame whose set says how long to wait after a task of this one. */
struct acri_frame *acri_frame_of_wait(struct acri_frame *f);

#endif
