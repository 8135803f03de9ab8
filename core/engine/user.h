/* SPDX-License-Identifier: MIT */
/*
 * A virtual user: on_start, then task and wait in turn, then on_stop.
 *
 * Each of these steps is a coroutine of its own; between steps a user owns no stack. A user stays
 * on one loop from start to end; everything here is for that loop's thread.
 */
#ifndef ACRIDA_ENGINE_USER_H
#define ACRIDA_ENGINE_USER_H

#include "engine/users.h"

enum acri_user_phase {
    ACRI_USER_STARTING = 1, /* in on_start */
    ACRI_USER_RUNNING,      /* in a task, or about to be */
    ACRI_USER_WAITING,
    ACRI_USER_STOPPING, /* in on_stop */
    ACRI_USER_PARKED,   /* would not end */
    ACRI_USER_SERVICE,  /* not a virtual user: runs hooks on the control loop */
};

/* What acr_defer leaves for the end of a step. */
struct acri_deferred {
    struct acri_deferred *next;
    void (*function)(void *arg);
    void *arg;
};

struct acr_user {
    struct acri_users *home;
    const struct acri_user_plan *plan;
    struct acr_user *next;
    struct acr_user *previous;
    struct acri_job job;
    struct acri_timer timer;
    const struct acr_task *task;     /* the current one */
    struct acr_coroutine *coroutine; /* while a step runs */
    struct acri_arena *arena;        /* while a step runs */
    struct acri_deferred *deferred;
    struct acri_raised *raised; /* by acr_raise */
    struct acri_arena *kept;    /* acr_keep's, made at its first use */
    struct acri_rng rng;
    uint64_t number;
    uint64_t started_ns;
    uint64_t intended_ns; /* of this iteration's first sample; 0 once taken */
    uint64_t owed_ns;     /* what the generator has delayed this user since its last sample began */
    uint32_t n_cancelled_calls;
    int result; /* of the step that has just ended */
    uint8_t phase;
    bool is_ending;        /* no further task */
    bool is_cancelled;     /* yielding calls answer at once */
    void *client_states[]; /* n_clients elements, then the state block */
};

/* Where the state block begins: after the clients' states, aligned for any type. */
#define ACRI_USER_STATE_AT(n_clients) \
    ((offsetof(struct acr_user, client_states) + (n_clients) * sizeof(void *) + 15) & ~(size_t)15)

/* Start a user; its on_start runs at once. */
void acri_user_start(struct acri_users *us, const struct acri_spawn *spawn);

/* End it, now or when its task ends. */
void acri_user_stop(struct acr_user *u, enum acri_stop how);

/* At the end of a loop: the memory of users whose coroutines never end. */
void acri_user_free_parked(struct acri_users *us);

/* A user that runs hooks; freed by acri_user_free_service. */
struct acr_user *acri_user_new_service(struct acri_users *us);
void acri_user_free_service(struct acr_user *u);
/* It was stopped, to cut a hook short; the next hook may yield again. */
void acri_user_revive_service(struct acr_user *u);

/* Forget what acr_raise noted. */
void acri_user_drop_raised(struct acr_user *u);

/* What a user is doing, for messages: its task, "on_start" or "on_stop". */
const char *acri_user_step_name(const struct acr_user *u);

/* After each hook of a service user: as after a task. */
void acri_user_clean_up(struct acr_user *u);

/* Suspend the current coroutine: acr_suspend's body. */
int acri_user_suspend(struct acr_user *u, uint64_t deadline_ns);

/* End the current coroutine for good, without returning to the scenario: it is parked. */
_Noreturn void acri_user_park(struct acr_user *u, const char *why);

#endif
