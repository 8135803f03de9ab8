/* SPDX-License-Identifier: MIT */
/*
 * Starts users at a rate: one every 1/rate seconds, in proportion, spread over the loops.
 */
#ifndef ACRIDA_ENGINE_SPAWNER_H
#define ACRIDA_ENGINE_SPAWNER_H

#include "engine/dispatch.h"
#include "engine/users.h"

struct acri_spawner {
    struct acri_dispatch dispatch;
    struct acri_timer timer;
    struct acr_loop *control;
    struct acri_users *loops; /* n_loops elements */
    size_t n_loops;
    struct acri_spawn **batches; /* n_loops elements, each with room for batch_size */
    size_t *batch_lengths;
    uint64_t n_target;
    uint64_t n_spawned;
    double rate;
    uint64_t started_ns;
    void (*on_complete)(void);
};

/* Begin: the first user at once. on_complete is called on the control loop after the last. */
void acri_spawner_start(struct acri_spawner *s, const struct acri_plan *plan,
                        struct acr_loop *control, struct acri_users *loops, size_t n_loops,
                        uint64_t n_users, double rate, void (*on_complete)(void));
void acri_spawner_stop(struct acri_spawner *s);
void acri_spawner_done(struct acri_spawner *s);

/* How many users the schedule has due after so long: pure. */
uint64_t acri_spawner_due(uint64_t elapsed_ns, double rate, uint64_t n_target);

#endif
