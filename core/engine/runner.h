/* SPDX-License-Identifier: MIT */
/*
 * A local run, from the first hook to the last: spawning, ticks, stopping, results. One per process
 * at a time; the thread that calls acri_runner_run is the control loop.
 */
#ifndef ACRIDA_ENGINE_RUNNER_H
#define ACRIDA_ENGINE_RUNNER_H

#include "engine/plan.h"
#include "sched/allow.h"
#include "sched/source.h"

struct acri_crew;
struct acri_lead;

struct acri_run_options {
    const char *host;      /* "" = the user types' own */
    uint64_t n_users;      /* at least 1 */
    double spawn_rate;     /* users per second, more than 0 */
    double run_time_s;     /* 0 = until stopped */
    double stop_timeout_s; /* 0 = running tasks are cancelled */
    double on_stop_timeout_s;
    double warmup_s;  /* 0 = none */
    bool reset_stats; /* when spawning is complete */
    uint64_t seed;
    unsigned n_threads;     /* at least 1 */
    int exit_code_on_error; /* with failures or exceptions */
    /* Open load; 0 = as the user types say, and none when they do not. */
    double arrival_rate;           /* per second, over the user types by weight */
    enum acr_arrivals arrivals;    /* how they are spread, with arrival_rate */
    enum acr_on_full on_full;      /* unset = drop */
    uint64_t max_users;            /* of each user type under open load */
    uint64_t n_iterations;         /* all users together; 0 = no limit */
    const struct acr_shape *shape; /* of --stages; NULL = that of a plugin, if there is one */
    bool has_users;                /* --users was given: a shape with its own numbers warns */
    bool ignore_waits;             /* --once: think times are told and left out */
    const char *const *folders;    /* n_folders elements: where the scenarios lie */
    size_t n_folders;
    enum acri_address_order address_order; /* of names with several addresses */
    const struct acri_sources *sources;    /* where connections leave from; NULL = anywhere */
    const struct acri_allow *allow;        /* where they may go; NULL = anywhere */
    struct acri_crew *crew; /* a master's workers: no users here, and no threads; NULL = none */
    struct acri_lead *lead; /* a worker's master, which decides the load; NULL = the options do */
    bool own_signals;       /* SIGINT and SIGTERM stop the run; false in a program that embeds us */
};

/* The front end. Called on the control loop. */
struct acri_run_listener {
    void *arg;
    /* About once a second. */
    void (*tick)(void *arg, const struct acr_snapshot *s);
    /* Once, after the last statistics, before `quitting`. */
    void (*final)(void *arg, const struct acr_snapshot *s);
};

struct acri_run_result {
    int exit_code;
    bool was_stopped;              /* by a signal; of a run on its own by whatever else, too */
    bool must_exit;                /* a thread is stuck or crashed: leave by _exit */
    struct acri_error start_error; /* why a hook kept the run from starting; "" = it did not */
};

/*
 * Run. Ends by time, by SIGINT or SIGTERM (a second one at once), by ACR_STOP_TEST or acr_stop_run,
 * or when no user is left.
 *
 * Returns: 0 with *ret_result, or a negative errno with its line: nothing was run.
 */
int acri_runner_run(const struct acri_plan *plan, const struct acri_run_options *options,
                    const struct acri_run_listener *listener, struct acri_run_result *ret_result,
                    struct acri_error *reterr);

/* --- from the application, in a run, on the control loop ---------------------------------------
 */

/* A message of the scenario's has come from another process. */
void acri_runner_deliver(uint32_t from, const char *type, const void *bytes, size_t n_bytes);
/* The answer to a claim: positions of a feeder; from = to: there are none any more. */
void acri_runner_grant(uint64_t feeder, uint64_t from, uint64_t to);

/* Claims without an answer are to be made again: the master may be another one. */
void acri_runner_claim_again(void);

#endif
