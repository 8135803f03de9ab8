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

struct acr_start;
struct acri_conductor;
struct acri_crew;
struct acri_lead;
struct acri_verdict_options;

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
    bool no_shape;                 /* not that of a plugin */
    bool has_users;                /* --users was given: a shape with its own numbers warns */
    bool ignore_waits;             /* --once: think times are told and left out */
    const char *const *folders;    /* n_folders elements: where the scenarios lie */
    size_t n_folders;
    enum acri_address_order address_order; /* of names with several addresses */
    const struct acri_sources *sources;    /* where connections leave from; NULL = anywhere */
    const struct acri_allow *allow;        /* where they may go; NULL = anywhere */
    struct acri_crew *crew; /* a master's workers: no users here, and no threads; NULL = none */
    struct acri_lead *lead; /* a worker's master, which decides the load; NULL = the options do */
    struct acri_verdict_options *verdict; /* goals, and when a run is invalid; NULL = it is not
                                             judged; its goals are taken over */
    /* There is no run: init and quitting only, which report these. NULL = there is. */
    const struct acr_snapshot *results;
    bool own_signals; /* SIGINT and SIGTERM stop the run; false in a program that embeds us */
};

/* Who knows what a run is made of, when there may be several. Called on the control loop. */
struct acri_run_keeper {
    void *arg;
    /* What the next run consists of, as somebody wants it; now is what the last one consists of.
     * Returns: 0, or a negative errno with its line. settle follows in any case that returns 0:
     * did_take: it is the next run's. */
    int (*prepare)(void *arg, const struct acr_start *start, const struct acri_run_options *now,
                   const struct acri_plan **ret_plan, const struct acri_run_options **ret_options,
                   struct acri_error *reterr);
    void (*settle)(void *arg, bool did_take);
    /* Whether this machine does for so many users more, of a run that is going on. Returns: 0, or a
     * negative errno with its line. */
    int (*grow)(void *arg, const struct acri_run_options *now, uint64_t n_more,
                struct acri_error *reterr);
};

/* The front end. Called on the control loop. */
struct acri_run_listener {
    void *arg;
    const struct acri_run_keeper *keeper; /* NULL = the process cannot be kept: one run */
    /* Before the first hook, and after the last one. */
    void (*open)(void *arg, struct acr_loop *control);
    void (*close)(void *arg);
    /* About once a second between two runs. */
    void (*idle)(void *arg);
    /* `init` has been called: is a run of the options to be refused? Of a process that is kept the
     * keeper decides that. Returns: 0, or an exit code with its line. NULL = it is not. */
    int (*check)(void *arg, struct acri_error *reterr);
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

/* The course of what runs now; NULL = nothing does. */
struct acri_conductor *acri_runner_conductor(void);
/* End the run as Ctrl-C does; of a worker its master decides. */
void acri_runner_ask_stop(void);
/* So many users more, or fewer, from now on. Returns: 0; -ESRCH without a run, -EBUSY when a shape
 * decides, -EINVAL when arrivals do. */
int acri_runner_add_users(int64_t n, uint64_t *ret_n_wanted);

/* --- from the application, in a run, on the control loop ---------------------------------------
 */

/* A message of the scenario's has come from another process. */
void acri_runner_deliver(uint32_t from, const char *type, const void *bytes, size_t n_bytes);
/* The answer to a claim: positions of a feeder; from = to: there are none any more. */
void acri_runner_grant(uint64_t feeder, uint64_t from, uint64_t to);

/* Claims without an answer are to be made again: the master may be another one. */
void acri_runner_claim_again(void);

#endif
