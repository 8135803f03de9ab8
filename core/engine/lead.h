/* SPDX-License-Identifier: MIT */
/*
 * Who leads the run of a worker: its master, as the engine sees it. Filled in by the application
 * over dist. Thread: control.
 */
#ifndef ACRIDA_ENGINE_LEAD_H
#define ACRIDA_ENGINE_LEAD_H

#include "base/cluster.h"

#include <stddef.h>

/* Feeders are among the first so many things that a scenario makes: the master deals to no others.
 */
#define ACRI_LEAD_OBJECTS 1024u

struct acri_shared;

/* Iterations of a limited number, in all parts of a run. */
struct acri_lead_iterations {
    uint64_t taken;    /* of those that the master has dealt */
    uint64_t returned; /* to it */
    uint64_t begun;    /* by parts of the run that have ended */
};

struct acri_lead {
    void *arg;
    int fd; /* readable (level) while drain has something to do */
    /* Take in what has come: `desired`, and messages to listeners. */
    void (*drain)(void *arg);
    void (*observe)(void *arg, const struct acri_observed *o);
    /* What was measured since the last one; at most part_max bytes. */
    /* A message of the scenario's. Thread: any. */
    int (*send)(void *arg, const char *type, const void *bytes, size_t n_bytes);
    /* Positions of the feeder with this number are wanted, below `end`, so many or more;
     * acri_runner_grant follows. is_exact: no more than these. */
    void (*claim)(void *arg, uint64_t feeder, uint64_t n_wanted, uint64_t end, bool is_exact);
    /* The run should end: the master decides. */
    void (*ask_stop)(void *arg);
    void (*report)(void *arg, uint64_t epoch, const void *bytes, size_t n_bytes);
    size_t part_max;
    uint64_t run_id;
    uint32_t worker_index;
    double report_interval_s;
    struct acri_desired desired; /* the latest of this run */
    struct acri_lead_iterations iterations;
    bool must_stop; /* without a master for too long */
    /* What the master's test_start has shared: n_shared keys and texts in turn. */
    const char *const *shared;
    size_t n_shared;
    /* Requests as they are counted, by loop; NULL = nowhere. Kept over the process's death. */
    struct acri_tally *(*live_tally)(void *arg, uint32_t loop);
};

#endif
