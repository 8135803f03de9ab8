/* SPDX-License-Identifier: MIT */
/*
 * Which load is wanted now, and bringing it about: numbers of users by the spawner, arrival rates
 * by messages to the loops; by the options, by a shape, or by acr_set_load. Thread: control.
 */
#ifndef ACRIDA_ENGINE_LOAD_H
#define ACRIDA_ENGINE_LOAD_H

#include "base/cluster.h"
#include "engine/hooks.h"
#include "engine/runner.h"
#include "engine/spawner.h"

struct acri_load {
    const struct acri_plan *plan;
    const struct acri_run_options *o;
    const struct acr_shape *shape;     /* NULL = none */
    struct acri_open_type *open_types; /* one for each of the plan's types */
    double *shares;                    /* the same: of the arrival rate */
    bool *allowed;                     /* the same: may be added */
    struct acri_spawner spawner;
    struct acri_users *loops;
    size_t n_loops;
    struct acri_crew *crew; /* a master's; NULL = users run on the loops */
    struct acr_load wanted;
    double base_rate;   /* arrivals per second without a shape */
    char *wanted_types; /* what wanted.user_types points to */
    size_t stage;       /* the current one */
    uint64_t next_ns;   /* the end of the stage, or the next tick */
    bool is_open;       /* some type is under open load */
    bool is_closed;     /* some type is not */
};

/*
 * Decide which types are under open load, and check the shape.
 *
 * Returns: 0 or -EINVAL with its line.
 */
int acri_load_init(struct acri_load *l, const struct acri_plan *plan,
                   const struct acri_run_options *o, struct acri_error *reterr);
void acri_load_done(struct acri_load *l);

/* Begin, on loops or, without any, by a crew. since_ns: when the run began: now, or before, and
 * then what should be there by now comes at once. on_complete is called whenever the number of
 * users is as wanted. */
void acri_load_start(struct acri_load *l, struct acr_loop *control, struct acri_users *loops,
                     size_t n_loops, struct acri_crew *crew, uint64_t since_ns,
                     void (*on_complete)(void));
/* The same for a worker: nothing yet, then as acri_load_follow says. */
void acri_load_start_led(struct acri_load *l, struct acr_loop *control, struct acri_users *loops,
                         size_t n_loops, void (*on_complete)(void));
/* What a master wants of a worker from now on. */
void acri_load_follow(struct acri_load *l, const struct acri_desired *d);
/* No more changes, no more users. */
void acri_load_stop(struct acri_load *l);

/* When acri_load_step has something to do; UINT64_MAX = never. */
uint64_t acri_load_next_ns(const struct acri_load *l);
/* The next stage, or the shape's tick, which may yield. Returns: false when the shape is over. */
bool acri_load_step(struct acri_load *l, struct acri_hook_results *results,
                    struct acr_user *service, uint64_t n_users);

/* Which stage it is in, or was in last, from 0. Returns: how many there are; 0 = none. */
size_t acri_load_stage(const struct acri_load *l, size_t *ret_stage);

/* Another load from now on. user_types must be names of the plan's. Returns: 0, -EINVAL. */
int acri_load_apply(struct acri_load *l, const struct acr_load *load);

#endif
