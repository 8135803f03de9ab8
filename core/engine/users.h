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
#include "engine/wait.h"
#include "sched/allow.h"
#include "sched/loop.h"
#include "sched/source.h"
#include "sched/thread.h"
#include "stats/block.h"

#include <acrida/report.h>

#include <stdbool.h>

struct acr_measure;
struct acr_sample;
struct acri_arrivals;
struct acri_budget_report;
struct acri_lead;
struct acri_names;
struct acri_objects;
struct acri_offload;
struct acri_shared;
struct acri_tls_contexts;
struct acri_users;

/* How the arrivals of a user type come, under open load. */
struct acri_open_type {
    bool is_open; /* false: users run on their own, and nothing else here counts */
    enum acr_arrivals arrivals;
    enum acr_on_full on_full;
    uint64_t max_users; /* over all loops */
};

/* What all loops know of the run; constant while they run. */
struct acri_run_common {
    const struct acri_plan *plan;
    const char *host; /* "" = none */
    uint64_t seed;
    uint64_t started_ns; /* when the run started; users read it for acr_run_time */
    struct acr_loop *control;
    size_t n_loops;
    const struct acri_open_type *open_types; /* one for each of the plan's types */
    uint64_t first_open_number; /* of users that arrivals make: first + index + i * n_loops */
    uint64_t first_number;      /* a worker's: its users are first, first + step and so on of all */
    uint64_t number_step;       /* 0 or 1 = all numbers are this process's */
    uint64_t n_iterations;      /* all users together; 0 = no limit */
    double stop_timeout_s;      /* of users that are ended during the run */
    bool ignore_waits;
    struct acri_lead *lead;     /* a worker's; NULL = none */
    struct acri_shared *shared; /* by acr_share, before users run */
    bool is_share_closed;
    bool is_quiet;                /* no listener of requests has anything to do */
    struct acri_objects *objects; /* control loop's: what scenarios made for all loops */
    struct acri_offload *offload; /* control loop's: threads for calls that block */
    struct acri_names *names;     /* control loop's: addresses of hosts */
    enum acri_address_order address_order;
    const struct acri_sources *sources; /* where connections leave from */
    const struct acri_allow *allow;     /* where they may go */
    const char *const *folders;         /* n_folders elements: where the scenarios lie */
    size_t n_folders;
    /* Called on the control loop. */
    void (*on_handover)(struct acri_users *from);
    void (*on_empty)(struct acri_users *from);
    void (*on_deserted)(struct acri_users *from); /* its last user has ended by itself */
    void (*on_failed)(struct acri_users *from);   /* its clients could not start */
    void (*on_stop_test)(void);
    void (*on_spawned)(void); /* the number of users is as wanted */
    /* A loop has done iterations, wants some, or gives some back. */
    void (*on_iterations)(struct acri_users *from, const struct acri_budget_report *report);
    /* All iterations are done, and no looping user is left here; once per loop. */
    void (*on_finished)(struct acri_users *from);
};

/* One user to start. */
struct acri_spawn {
    uint32_t type;   /* index into the plan's types */
    uint64_t number; /* over the whole run */
    uint64_t due_ns; /* when the schedule wanted it */
    bool is_arrival; /* open load: its first iteration is due then, too */
};

/* How users are ended. */
enum acri_stop {
    ACRI_STOP_GRACEFUL = 1, /* running tasks finish */
    ACRI_STOP_CANCEL = 2,   /* running tasks are cancelled; on_stop runs */
    ACRI_STOP_NOW = 3,      /* on_stop is cancelled too */
};

/* How a loop's thread fared since its start. */
struct acri_fared {
    uint64_t cpu_ns;
    uint64_t wait_ns;   /* ready to run, but others had the CPU; 0 where that is not told */
    uint64_t n_runs;    /* times that it was given the CPU; the same */
    uint64_t n_stalls;  /* more than 100 ms at a time in which nobody of the loop was served */
    uint64_t n_stalled; /* requests that were in flight then */
    uint64_t longest_stall_ns;
};

/* Handed to the control loop once a tick. */
struct acri_handover {
    struct acri_message message;
    struct acri_users *users;
    struct acri_block *block; /* to the loop: empty; back: filled */
    struct acri_exceptions exceptions;
    void **states;                  /* of plan->loop_states: as the block */
    uint64_t n_live;                /* users not ended */
    uint64_t *type_live;            /* of these by type, those that are ending left out */
    uint64_t *type_quit;            /* by type: ended by themselves, since the start */
    uint64_t load[ACR_LOAD_COUNTS]; /* since the start, or now */
    bool did_listener_fail;
    struct acri_fared fared;
    uint64_t open_ns; /* integral of the number of open requests over time, since the last one */
    uint64_t over_ns; /* the time it covers */
    bool is_out;      /* control loop's: asked for, not yet back */
};

/* Filled in by the fault handler of the loop's thread. */
struct acri_crash {
    int signal;
    const void *address;
    bool is_overflow;
    int n_frames;
    void *frames[64];
};

struct acri_user_list {
    struct acr_user *first; /* by idle_next */
    struct acr_user *last;
};

/* What a loop knows about one of the plan's user types. */
struct acri_loop_type {
    struct acr_user *first;         /* doubly linked: those that are not ending, the newest first */
    uint64_t n_live;                /* of these */
    uint64_t n_quit;                /* ended by themselves */
    uint64_t n_over_all;            /* over all loops, as the control loop last said; for rates */
    struct acri_arrivals *arrivals; /* of open load; NULL = none */
};

/* A total rate's slots on a loop. */
struct acri_loop_rate {
    struct acri_rate_slots slots;
    struct acri_log_limit warn_limit;
};

struct acri_users {
    struct acr_loop loop;
    struct acri_thread thread;
    const struct acri_run_common *run;
    struct acri_loop_type *types; /* one for each of the plan's */
    struct acri_loop_rate *rates; /* plan->n_rates elements */
    struct acr_user *ending; /* doubly linked, in order of their cancel_ns but for those without */
    struct acr_user *last_ending;
    struct acri_timer ending_timer;
    struct acri_user_list waiting; /* for a share of the iterations */
    uint64_t n_granted;            /* iterations that may begin: the stock (engine/budget.h) */
    uint64_t n_dealt;              /* to users and queued arrivals, and not done */
    uint64_t n_done;               /* and not told yet */
    bool is_asking;
    bool is_last_grant; /* no more were left then */
    bool is_over;       /* all iterations are done */
    bool did_report_finished;
    uint64_t n_looping; /* users that are not under open load, not ended */
    uint64_t n_opened;  /* users made by arrivals */
    uint64_t load[ACR_LOAD_COUNTS];
    uint64_t n_spawned; /* coroutines of acr_spawn, live */
    void **states;      /* of plan->loop_states: since the last handover; control loop's: of all */
    bool did_listener_fail;
    struct acr_user *parked;  /* singly linked */
    struct acr_user *running; /* whose code runs now, or NULL */
    size_t n_live;
    bool is_stopping; /* no new users; emptied is reported once */
    bool did_report_empty;
    bool did_report_deserted;      /* since the last handover */
    void **client_states;          /* plan->n_clients elements */
    struct acri_tls_contexts *tls; /* of sockets */
    struct acri_names *names;      /* copies of the control loop's */
    struct acri_source_turn from;  /* whose turn it is of run->sources */
    struct acri_block *block;
    struct acri_exceptions exceptions;
    struct acr_sample *free_samples;
    struct acr_measure *free_measures;
    struct acri_arena **free_arenas; /* n_free_arenas elements */
    size_t n_free_arenas;
    size_t arenas_capacity;
    uint64_t n_open;               /* samples begun and not answered */
    uint64_t n_unsettled;          /* samples begun and not settled */
    uint64_t n_unsettled_attempts; /* theirs */
    uint64_t open_since_ns;        /* up to where the integral goes */
    uint64_t open_ns;
    uint64_t handed_over_ns;
    struct acri_fared fared;
    int wait_fd; /* where the system tells wait_ns and n_runs: 0 = not opened yet, -1 = nowhere */
    struct acri_log_limit stall_limit;
    struct acri_log_limit warn_limit;
    struct acri_log_limit listener_limit;
    struct acri_handover handover;
    uint64_t n_live_seen; /* control loop's: of the last handover that has come, as the next two */
    uint64_t load_seen[ACR_LOAD_COUNTS];
    uint64_t *type_live_seen;
    struct acri_crash crash;
    bool is_recording;     /* inside the statistics: a fault there leaves them half written */
    uint64_t real_from_ns; /* monotonic: when the difference to real time was taken; 0 = never */
    uint64_t real_ahead_ns;
    bool is_control;  /* the control loop's: hooks only, on the main thread */
    bool is_hungry;   /* control loop's: has asked for iterations and not been given any */
    bool is_recalled; /* control loop's: its stock has been asked for */
    bool is_given_up; /* control loop's: it crashed or is stuck, and will not answer any more */
};

/* The number of a process's n-th user among those of all processes. */
static inline uint64_t acri_users_number(const struct acri_run_common *run, uint64_t n)
{
    return run->number_step > 1 ? run->first_number + n * run->number_step : run->first_number + n;
}

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
/* End some users of each type, the newest first. n_of_type: one for each of the plan's; copied.
 * Thread: control. */
void acri_users_post_stop_some(struct acri_users *us, const uint64_t *n_of_type);
/* How many users of each type there are over all loops; copied. Thread: control. */
void acri_users_post_type_counts(struct acri_users *us, const uint64_t *n_of_type);

/* The users whose code runs on this thread; NULL on others. Async-signal-safe. */
struct acri_users *acri_users_here(void);

/* A task's arena, from the pool. */
struct acri_arena *acri_users_take_arena(struct acri_users *us);
void acri_users_give_arena(struct acri_users *us, struct acri_arena *arena);

/* Tell the control loop that the test should end. */
void acri_users_ask_stop_test(struct acri_users *us);
/* Say, now and then, that there is no address space for another coroutine. */
void acri_users_warn_stacks(struct acri_users *us, uint64_t user_number);
/* All iterations are done: no arrivals any more, and looping users end. */
void acri_users_end_iterations(struct acri_users *us);

/* A user has ended: counts, and on_empty when it was the last of a stopping loop. */
void acri_users_note_end(struct acri_users *us);

/* Integrate the number of open requests up to now, then change it by +1 or -1. Times only go
 * forward. */
void acri_users_note_open(struct acri_users *us, uint64_t now_ns, int change);

#endif
