/* SPDX-License-Identifier: MIT */
/*
 * The course of a run, as one coroutine on the control loop: hooks, load, ticks, stopping, results.
 * What loops and signals report only changes flags and wakes it.
 */
#ifndef ACRIDA_ENGINE_CONDUCTOR_H
#define ACRIDA_ENGINE_CONDUCTOR_H

#include "engine/budget.h"
#include "engine/cluster_report.h"
#include "engine/crew.h"
#include "engine/health.h"
#include "engine/lead.h"
#include "engine/load.h"
#include "engine/messages.h"
#include "engine/timeline.h"
#include "engine/usage.h"
#include "stats/snapshot.h"
#include "stats/stats.h"
#include "stats/verdict.h"

enum acri_stop_level { ACRI_RUN_ON = 0, ACRI_STOP_REQUESTED, ACRI_STOP_AT_ONCE };

struct acri_conductor {
    struct acri_run_common common;
    const struct acri_run_options *o;
    const struct acri_run_listener *listener;
    struct acri_users control;
    struct acri_users *loops; /* n_loops elements */
    size_t n_loops;
    struct acri_crew *crew;            /* a master's; NULL = none, and users run on the loops */
    struct acri_lead *lead;            /* a worker's; NULL = none, and the options decide */
    struct acri_cluster_report report; /* a worker's */
    struct acri_inbox inbox;
    struct acri_load load;
    struct acri_usage usage;
    struct acri_timeline timeline;
    struct acri_health health;
    struct acri_verdict *verdict; /* NULL = nothing is judged: a worker's */
    struct acri_stats *stats;
    struct acr_user *service;
    struct acr_coroutine *coroutine;
    const char *state;
    const char **type_names; /* one for each of the plan's types */
    uint64_t *type_users;    /* the same */
    uint64_t *loop_cpu_ns;   /* n_loops elements */
    uint64_t epoch;          /* a worker's: of the statistics that are measured now */
    uint64_t followed;       /* a worker's: the generation of what it does */
    bool did_ask_stop;       /* a worker's: the master */
    bool did_want;           /* a worker's: iterations of the master, as last told */
    uint64_t n_returned;     /* a worker's: of these, as last told */
    bool did_end;            /* a worker's: the run is over, and all of it reported */
    uint64_t start_real_ns;
    uint64_t tick_due_ns;
    uint64_t report_due_ns; /* a worker's */
    uint64_t warmup_due_ns; /* 0 = over, or none */
    uint64_t open_ns;       /* integral of open requests since the last reset */
    uint64_t over_ns;       /* summed over loops, so the mean is open_ns / over_ns * n_loops */
    struct acri_exceptions exceptions; /* handed over, not told yet */
    struct acri_hook_results hook_results;
    enum acri_stop_level stop;
    struct acri_budget budget;  /* of iterations */
    uint64_t iterations_end_ns; /* until when users may end after the last one; 0 = not set */
    uint64_t n_told;            /* users, when their number was last as wanted */
    size_t n_empty;             /* loops without users, while stopping */
    size_t n_finished;          /* loops that have done their iterations */
    bool is_waiting;            /* in its own wait, not in a hook's */
    bool is_spawned;            /* the number of users is as wanted: to be told */
    bool did_spawn;             /* it has been so once */
    bool may_be_deserted;       /* a loop has no user left */
    bool was_settled; /* there should have been users, and none was on its way, when loops were last
                         asked how many there are */
    bool has_crashed;
    bool is_stuck;
    int exit_code; /* acr_set_exit_code, or -1 */

    /* Of a process that is kept (<acrida/control.h>). */
    bool is_in_init;
    bool is_held;
    bool is_in_run;   /* from before test_start to after test_stop */
    bool is_mustered; /* a master's: a run has begun */
    bool is_edited;   /* by acr_edit_run */
    bool must_reset;  /* the statistics, soon */
    bool must_quit;
    uint64_t run_number;               /* 0 = no run yet */
    size_t n_kept;                     /* objects that `init` has made */
    const struct acri_plan *next_plan; /* of the next run; NULL = none is to start */
    const struct acri_run_options *next_o;
    struct acri_load next_load;
    struct acr_snapshot last;  /* of the last run; before the first it is empty */
    struct acr_snapshot shown; /* as acr_snapshot_now has answered last */
};

/* Something has been reported. */
void acri_conductor_wake(struct acri_conductor *c);

/* A loop that will not answer any more: what its open requests become is not known. */
void acri_conductor_give_up(struct acri_conductor *c, struct acri_users *us);

/* Take in what a loop has handed over. */
void acri_conductor_take_in(struct acri_conductor *c, struct acri_users *from);

/* One run, from test_start to test_stop. Returns: whether users were started. Yields. */
bool acri_conductor_run(struct acri_conductor *c);
/* The end of the process: quitting, the last results, quit. Yields. */
void acri_conductor_quit(struct acri_conductor *c, bool did_run);
/* The statistics begin again. Yields. */
void acri_conductor_reset(struct acri_conductor *c);

/* --- for the parts of the course that follow.c has ----------------------------------------------
 */

/* Until something is reported, or this time. Yields. */
void acri_conductor_wait(struct acri_conductor *c, uint64_t at_ns);
/* Take in what the loops have, waiting for the slow ones up to a deadline. Yields. */
void acri_conductor_collect(struct acri_conductor *c, uint64_t deadline_ns);
/* Collect, show, tell. Yields. */
void acri_conductor_tick(struct acri_conductor *c);
void acri_conductor_fill_event(const struct acri_conductor *c, struct acr_test_event *e);
uint64_t acri_conductor_count_live(const struct acri_conductor *c);

#endif
