/* SPDX-License-Identifier: MIT */
/*
 * Brings the number of users to what is wanted, at a rate: one more, or one fewer, every 1/rate
 * seconds, in proportion, spread over the loops. Thread: control.
 */
#ifndef ACRIDA_ENGINE_SPAWNER_H
#define ACRIDA_ENGINE_SPAWNER_H

#include "engine/dispatch.h"
#include "engine/users.h"

struct acri_crew;

struct acri_spawner {
    struct acri_dispatch dispatch;
    const struct acri_plan *plan;
    struct acri_timer timer;
    struct acr_loop *control;
    struct acri_users *loops; /* n_loops elements */
    size_t n_loops;
    struct acri_crew *crew; /* a master's: users are run by workers, and there are no loops */
    uint64_t
        *wanted_of_type; /* the plan's n_types elements: what acri_spawner_aim_types was told */
    uint64_t *over_all;  /* the same: users on this process's loops and others' */
    bool is_by_type;     /* the last aim was such a one */
    struct acri_spawn **batches; /* n_loops elements, each with room for a batch */
    size_t *batch_lengths;
    uint64_t *stops;       /* n_loops times n_types elements: users to end, by loop and type */
    uint64_t *quit;        /* the same: ended by themselves, not replaced */
    uint64_t *quit_seen;   /* the same: as the loops have told */
    uint64_t n_quit;       /* sum of quit */
    uint64_t n_to_replace; /* of these, since the last target */
    uint64_t target;
    uint64_t n_started; /* ever: numbers the users */
    uint64_t n_moved;   /* since started_ns */
    double rate;
    uint64_t started_ns;
    bool is_moving;
    void (*on_complete)(void); /* the target is reached; on the control loop */
};

/* types: one for each of the plan's, as acri_dispatch_init takes them. Nothing is started yet. With
 * a crew, which is told how many of each type there should be now, loops is NULL and n_loops 0. */
void acri_spawner_init(struct acri_spawner *s, const struct acri_plan *plan,
                       const struct acri_dispatch_type *types, struct acr_loop *control,
                       struct acri_users *loops, size_t n_loops, struct acri_crew *crew,
                       void (*on_complete)(void));
/* From now on towards so many users; takes effect at once, the first step too. Users that have
 * ended by themselves are replaced. allowed: one for each of the plan's types, or NULL = all. */
void acri_spawner_aim(struct acri_spawner *s, uint64_t target, double rate, const bool *allowed);
/* The same by numbers of each type, to be there after so long. */
void acri_spawner_aim_types(struct acri_spawner *s, const uint64_t *n_of_type,
                            uint64_t reach_in_ns);
/* What was aimed at last is to be as if it had been at that time. */
void acri_spawner_since(struct acri_spawner *s, uint64_t since_ns);
/* A worker has another part of all users: its loops share rates anew. */
void acri_spawner_post_counts(struct acri_spawner *s);
void acri_spawner_stop(struct acri_spawner *s);
void acri_spawner_done(struct acri_spawner *s);

/* How many users of each type have ended by themselves on a loop, since the start. */
void acri_spawner_note_quit(struct acri_spawner *s, size_t loop, const uint64_t *n_of_type);

/* How many steps the schedule has due after so long, of so many: pure. */
uint64_t acri_spawner_due(uint64_t elapsed_ns, double rate, uint64_t n_steps);

#endif
