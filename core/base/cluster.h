/* SPDX-License-Identifier: MIT */
/*
 * What a master and a worker tell one another about a run, as plain data: the engine, which runs
 * it, and dist, which carries it, both know these and not each other.
 */
#ifndef ACRIDA_BASE_CLUSTER_H
#define ACRIDA_BASE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#define ACRI_CLUSTER_TYPES 256u                      /* user types in a run, at most */
#define ACRI_CLUSTER_LOADS 8u                        /* enum acr_load_count */
#define ACRI_CLUSTER_MESSAGE_MAX (32u * 1024 * 1024) /* bytes */
#define ACRI_CLUSTER_TEXT 256u                       /* bytes of a short text, with its NUL */

enum acri_phase {
    ACRI_PHASE_IDLE = 0, /* no run */
    ACRI_PHASE_PREPARE,  /* load the scenario, read the options, run test_start; no users yet */
    ACRI_PHASE_RUN,
    ACRI_PHASE_STOP, /* users end, then the last report */
    ACRI_PHASE_QUIT, /* as stop, then the process ends */
};

/* What a worker should be doing: absolute, so that only the latest counts. */
struct acri_desired {
    uint64_t generation; /* rises with every change; given by the master's session */
    uint64_t run_id;     /* 0 = none */
    uint64_t epoch;      /* of the statistics: rises with each reset */
    uint32_t phase;      /* enum acri_phase */
    bool is_spawned;     /* all users of the cluster are there */
    uint64_t
        start_at_ns; /* RUN: not before; the receiver's own clock (dist converts); 0 = at once */
    uint64_t reach_in_ns; /* how long reaching `users` should take */
    double arrival_rate;  /* this worker's part, per second */
    double ramp_per_s;
    uint64_t first_number; /* of users: first, first + step, and so on */
    uint64_t number_step;  /* at least 1 */
    uint64_t iterations;   /* of a limited number: so many may be begun here, of all ever dealt */
    bool is_short;         /* others wait for iterations: those that nobody here wants go back */
    uint32_t n_types;      /* of these so many are used: */
    uint64_t users[ACRI_CLUSTER_TYPES];     /* by user type, in the order of the scenario */
    uint64_t users_all[ACRI_CLUSTER_TYPES]; /* the same in the whole cluster */
};

enum acri_worker_state {
    ACRI_WORKER_READY = 0, /* no run */
    ACRI_WORKER_PREPARING,
    ACRI_WORKER_PREPARED, /* could begin now */
    ACRI_WORKER_SPAWNING,
    ACRI_WORKER_RUNNING,
    ACRI_WORKER_STOPPING,
    ACRI_WORKER_STOPPED, /* the last report of run_id has been given */
    ACRI_WORKER_FAILED,  /* the run could not be prepared: `error` says why */
};

/* The requests of a run so far: started = succeeded + failed + cancelled + in flight + lost. */
struct acri_tally {
    uint64_t started;
    uint64_t succeeded;
    uint64_t failed;
    uint64_t cancelled;
    uint64_t lost;
    uint64_t attempts;
    uint64_t iterations; /* begun, when their number is limited; in no report */
};

/* What a worker is doing: absolute, so that only the latest counts. */
struct acri_observed {
    uint64_t generation; /* of the desired state that this follows */
    uint64_t run_id;
    uint32_t state; /* enum acri_worker_state */
    uint32_t n_threads;
    /* Iterations of a limited number, in this run; all but the last only rise. */
    uint64_t iterations_taken;    /* of those that were dealt: has heard of them */
    uint64_t iterations_returned; /* of these: not begun, and not to be */
    uint64_t iterations_done;
    uint64_t iterations_wanted; /* so many are waited for, at least; 0 = none */
    double cpu_percent;         /* of all CPUs that the process may use */
    double loop_percent;        /* of the busiest loop thread */
    double lateness_ms;         /* p99 */
    double lateness_recent_ms;  /* of the last 10 s */
    double open_requests;
    uint64_t memory_bytes;
    uint64_t n_users;
    struct acri_tally tally; /* of run_id, as measured so far */
    uint64_t load[ACRI_CLUSTER_LOADS];
    /* How its loop threads fared since the statistics began, stalls since its start: struct
     * acri_generator. */
    double fared_s;
    double busy_share;
    double wait_share;
    double wait_ms;
    double longest_stall_ms;
    uint64_t n_stalls;
    uint64_t n_stalled;
    char error[ACRI_CLUSTER_TEXT];
    uint32_t n_types;
    uint64_t users[ACRI_CLUSTER_TYPES];
};

#endif
