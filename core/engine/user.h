/* SPDX-License-Identifier: MIT */
/*
 * A virtual user: on_start, then task and wait in turn, then on_stop; of the task sets that it is
 * in likewise, innermost first at the end.
 *
 * Each of these steps is a coroutine of its own; between steps a user owns no stack. A user stays
 * on one loop from start to end; everything here is for that loop's thread.
 */
#ifndef ACRIDA_ENGINE_USER_H
#define ACRIDA_ENGINE_USER_H

#include "engine/frame.h"
#include "engine/users.h"

enum acri_user_phase {
    ACRI_USER_STARTING = 1, /* in on_start */
    ACRI_USER_ENTERING,     /* in on_start of a task set */
    ACRI_USER_RUNNING,      /* in a task, or about to be */
    ACRI_USER_WAITING,
    ACRI_USER_IDLE,     /* of open load: for its next arrival; or for a share of the iterations */
    ACRI_USER_DRAINING, /* ending: for what it has spawned */
    ACRI_USER_LEAVING,  /* in on_stop of a task set */
    ACRI_USER_STOPPING, /* in on_stop */
    ACRI_USER_PARKED,   /* would not end */
    ACRI_USER_SPAWNED,  /* not a user: a coroutine of acr_spawn */
    ACRI_USER_SERVICE, /* not a virtual user: runs hooks on the control loop, and what they spawn */
};

/* What a user has of the iterations that are dealt (engine/budget.h). */
enum acri_iteration { ACRI_ITERATION_NONE = 0, ACRI_ITERATION_DEALT, ACRI_ITERATION_BEGUN };

/* What acr_defer leaves for the end of a step. */
struct acri_deferred {
    struct acri_deferred *next;
    void (*function)(void *arg);
    void *arg;
};

struct acr_socket;
struct acri_held;
struct acri_feed_own;

struct acr_user {
    struct acri_users *home;
    struct acr_user
        *root;     /* the user itself; of what acr_spawn gave: the user that it belongs to */
    char *context; /* root's: acr_set_context, or NULL */
    const struct acri_user_plan *plan;
    struct acr_user *next; /* of its type, or of those that are ending */
    struct acr_user *previous;
    struct acr_user *idle_next; /* of those that wait for an iteration */
    struct acr_user *idle_previous;
    struct acri_user_list *idle_in; /* NULL = in no list */
    struct acri_job job;
    struct acri_timer timer;
    const struct acri_task_plan *task; /* the current one */
    struct acri_frame *frame;          /* the innermost task set */
    struct acri_frame base;            /* the user type's own tasks */
    struct acr_coroutine *coroutine;   /* while a step runs */
    struct acri_arena *arena;          /* while a step runs */
    struct acri_deferred *deferred;
    struct acr_measure *measures; /* begun and not ended, the innermost first */
    struct acri_raised *raised;   /* by acr_raise */
    struct acri_arena *kept;      /* acr_keep's, made at its first use */
    struct acr_spawned *children; /* root's: those that have not ended */
    struct acr_spawned *handles;  /* what the running step has spawned */
    struct acr_socket *sockets;   /* root's: open, or not closed yet */
    struct acri_held *held;       /* root's: of semaphores (engine/sync.h) */
    struct acri_feed_own *rows;   /* root's: a worker's, its own for good */
    struct acri_rng rng;
    uint64_t number;
    uint64_t started_ns;
    uint64_t intended_ns; /* of this iteration's first sample; 0 once taken */
    uint64_t arrival_ns;  /* open load: of an arrival that made this user; 0 once begun */
    uint64_t owed_ns;     /* what the generator has delayed this user since its last sample began */
    uint64_t cancel_ns;   /* ending gracefully: when it is cancelled; 0 = never by itself */
    uint32_t n_open;      /* samples begun and not answered */
    uint32_t n_cancelled_calls;
    uint32_t n_children; /* not ended */
    uint32_t n_spawned;  /* ever: seeds their random values */
    int result;          /* of the step that has just ended */
    int asked;           /* the strongest outcome that listeners want instead; 0 = none */
    uint8_t phase;
    uint8_t iteration;      /* of those that are dealt: enum acri_iteration */
    uint8_t left_with;      /* how the innermost set is being left: an outcome */
    bool is_ending;         /* no further task */
    bool is_cancelled;      /* yielding calls answer at once */
    bool has_no_on_stop;    /* it is over, or on_start has failed */
    bool was_told_to_end;   /* by the control loop, not by itself */
    bool needs_iteration;   /* the next task begins one that must be dealt first */
    bool has_parked_child;  /* its memory is still used */
    bool is_telling;        /* request listeners are being told of its sample */
    bool will_end_measures; /* when the step ends: it is deferred */
    void *client_states[];  /* n_clients elements, then the state block */
};

/* Where the state block begins: after the clients' states, aligned for any type. */
#define ACRI_USER_STATE_AT(n_clients) \
    ((offsetof(struct acr_user, client_states) + (n_clients) * sizeof(void *) + 15) & ~(size_t)15)

/* Start a user; its on_start runs at once. */
void acri_user_start(struct acri_users *us, const struct acri_spawn *spawn);

/* End it, now or when its task ends; cancel_ns: with ACRI_STOP_GRACEFUL, when patience ends. */
void acri_user_stop(struct acr_user *u, enum acri_stop how, uint64_t cancel_ns);

/* An idle user begins an iteration that was due then. */
void acri_user_begin_iteration(struct acr_user *u, uint64_t due_ns);
/* An idle user ends: there is nothing more for it to do. */
void acri_user_finish(struct acr_user *u);

/* The structure of a user of this loop, with so much state, not linked anywhere; and back. */
struct acr_user *acri_user_new(struct acri_users *us, size_t state_size);
void acri_user_free(struct acr_user *u);

/* Its yielding calls answer at once from here on. */
void acri_user_cancel(struct acr_user *u);

/* The last of what a draining user has spawned has ended. */
void acri_user_drained(struct acr_user *u);

#endif
