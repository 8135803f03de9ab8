/* SPDX-License-Identifier: MIT */
/*
 * The users of one loop: its thread, clients, statistics block and pools. The runner talks to it in
 * messages only (the acri_users_post_* calls); it answers through the on_* functions of
 * acri_run_common.
 */
#ifndef ACRIDA_ENGINE_USERS_H
#define ACRIDA_ENGINE_USERS_H

#include "base/arena.h"
#include "base/log.h"
#include "engine/exception.h"
#include "engine/plan.h"
#include "sched/loop.h"
#include "sched/thread.h"
#include "stats/block.h"

#include <stdbool.h>

struct acr_sample;
struct acri_users;

/* What all loops know of the run; constant while they run. */
struct acri_run_common {
    const struct acri_plan *plan;
    const char *host; /* "" = none */
    uint64_t seed;
    uint64_t started_ns; /* when the run started; users read it for acr_run_time */
    struct acr_loop *control;
    /* Called on the control loop. */
    void (*on_handover)(struct acri_users *from);
    void (*on_empty)(struct acri_users *from);
    void (*on_failed)(struct acri_users *from); /* its clients could not start */
    void (*on_stop_test)(void);
};

/* One user to start. */
struct acri_spawn {
    uint32_t type;   /* index into the plan's types */
    uint64_t number; /* over the whole run */
    uint64_t due_ns; /* when the schedule wanted it */
};

/* How users are ended. */
enum acri_stop {
    ACRI_STOP_GRACEFUL = 1, /* running tasks finish */
    ACRI_STOP_CANCEL = 2,   /* running tasks are cancelled; on_stop runs */
    ACRI_STOP_NOW = 3,      /* on_stop is cancelled too */
};

/* Handed to the control loop once a tick. */
struct acri_handover {
    struct acri_message message;
    struct acri_users *users;
    struct acri_block *block; /* to the loop: empty; back: filled */
    struct acri_exceptions exceptions;
    uint64_t n_live;   /* users not ended */
    uint64_t n_parked; /* never returned after being cancelled */
    uint64_t open_ns;  /* integral of the number of open requests over time, since the last one */
    uint64_t over_ns;  /* the time it covers */
    bool is_out;       /* control loop's: asked for, not yet back */
};

/* Filled in by the fault handler of the loop's thread. */
struct acri_crash {
    int signal;
    const void *address;
    bool is_overflow;
    int n_frames;
    void *frames[64];
};

struct acri_users {
    struct acr_loop loop;
    struct acri_thread thread;
    const struct acri_run_common *run;
    struct acr_user *first;   /* doubly linked */
    struct acr_user *parked;  /* singly linked */
    struct acr_user *running; /* whose code runs now, or NULL */
    size_t n_live;
    uint64_t n_parked;
    bool is_stopping; /* no new users; emptied is reported once */
    bool did_report_empty;
    void **client_states; /* plan->n_clients elements */
    struct acri_block *block;
    struct acri_exceptions exceptions;
    struct acr_sample *free_samples;
    struct acri_arena **free_arenas; /* n_free_arenas elements */
    size_t n_free_arenas;
    size_t arenas_capacity;
    uint64_t n_open;               /* samples begun and not answered */
    uint64_t n_unsettled;          /* samples begun and not settled */
    uint64_t n_unsettled_attempts; /* theirs */
    uint64_t open_since_ns;        /* up to where the integral goes */
    uint64_t open_ns;
    uint64_t handed_over_ns;
    struct acri_log_limit stall_limit;
    struct acri_log_limit warn_limit;
    struct acri_handover handover;
    uint64_t n_live_seen; /* control loop's: n_live of the last handover */
    struct acri_crash crash;
    bool is_recording; /* inside the statistics: a fault there leaves them half written */
    bool is_control;   /* the control loop's: hooks only, on the main thread */
    bool is_given_up;  /* control loop's: it crashed or is stuck, and will not answer any more */
};

/*
 * Set up the loop and its clients; call from the thread that will run it when it is the control
 * loop.
 *
 * Returns: 0 or a negative errno, with its line.
 */
int acri_users_init(struct acri_users *us, unsigned index, bool is_control,
                    const struct acri_run_common *run, struct acri_error *reterr);
void acri_users_done(struct acri_users *us);

/* Start the thread. */
int acri_users_start(struct acri_users *us, struct acri_error *reterr);
/* Ask the thread to end, and wait for it. All users must have ended. Thread: control. */
void acri_users_join(struct acri_users *us);

/* Start n users. The array is copied. Thread: control. */
void acri_users_post_spawn(struct acri_users *us, const struct acri_spawn *spawns, size_t n);
/* End all users; on_empty follows. Thread: control. */
void acri_users_post_stop(struct acri_users *us, enum acri_stop how);
/* Ask for the block; on_handover follows. Nothing happens while one is out. Thread: control. */
void acri_users_post_handover(struct acri_users *us);

/* The users whose code runs on this thread; NULL on others. Async-signal-safe. */
struct acri_users *acri_users_here(void);

/* A task's arena, from the pool. */
struct acri_arena *acri_users_take_arena(struct acri_users *us);
void acri_users_give_arena(struct acri_users *us, struct acri_arena *arena);

/* A user has ended: counts, and on_empty when it was the last of a stopping loop. */
void acri_users_note_end(struct acri_users *us, bool is_parked);

/* Integrate the number of open requests up to now, then change it by +1 or -1. Times only go
 * forward. */
void acri_users_note_open(struct acri_users *us, uint64_t now_ns, int change);

#endif
