/* SPDX-License-Identifier: MIT */
/*
 * Who runs the users of a master: its workers, as the engine sees them. Filled in by the
 * application over dist. Thread: control.
 */
#ifndef ACRIDA_ENGINE_CREW_H
#define ACRIDA_ENGINE_CREW_H

#include "base/cluster.h"
#include "engine/plan.h"
#include "stats/generator.h"
#include "stats/stats.h"

#include <stddef.h>

struct acri_nodes;
struct acri_run_common;
struct acri_run_info;

struct acri_crew {
    void *arg;
    int fd; /* readable (level) while drain has something to do */
    /* Take in what has come: numbers below, reports into the statistics (NULL before the first
     * run), messages to listeners. */
    void (*drain)(void *arg, struct acri_stats *stats);
    /* Before the first run: look who has come. Returns: 1: wait on; 0: all are here; a negative
     * errno: they do not come. NULL = nobody is waited for. */
    int (*gather)(void *arg);
    /* About once a second; stats: NULL before the first run. */
    void (*step)(void *arg, struct acri_stats *stats);
    /* A run begins: what workers need to prepare it is sent. */
    void (*begin)(void *arg, uint64_t seed);
    /* With resumed_ns: put what was measured before into the statistics. */
    void (*restore)(void *arg, struct acri_stats *stats);
    void (*want_phase)(void *arg, enum acri_phase phase);
    /* n_of_type: as many as the plan has types; to be reached in so long. */
    void (*want_users)(void *arg, const uint64_t *n_of_type, uint64_t reach_in_ns);
    void (*want_arrivals)(void *arg, double rate, double ramp_per_s);
    /* The statistics begin again: what was measured before belongs to the old epoch. */
    void (*want_epoch)(void *arg);
    void (*want_spawned)(void *arg, bool is_spawned);
    /* A message of the scenario's; to: a worker, or all. Thread: any. */
    int (*send)(void *arg, uint32_t to, const char *type, const void *bytes, size_t n_bytes);
    /* The run is over: workers that did not account for their requests have lost them. */
    void (*settle)(void *arg, struct acri_stats *stats);
    uint64_t resumed_ns; /* the run began so long ago, under a master that is gone; 0 = it begins */
    /* Who they are, and what each has measured, for a snapshot of this run; borrowed until the next
     * call. */
    const struct acri_nodes *(*show)(void *arg, const struct acri_run_info *run, uint64_t now_ns);
    /* Set by the runner before the first call. */
    const struct acri_run_common *run; /* the plan, and what test_start has shared */
    void **states;                     /* of the plan's loop states: where reports are merged */
    /* Kept by drain: sums over all workers that are there. */
    size_t n_here;
    uint64_t n_users;
    double open_requests;
    uint64_t type_users[ACRI_CLUSTER_TYPES];
    uint64_t load[ACRI_CLUSTER_LOADS];
    struct acri_generator generator;
    bool is_prepared; /* all are ready to begin */
    bool is_finished; /* all have done their iterations */
    bool is_stopped;  /* all have stopped, and every request of theirs is accounted for */
    bool is_deserted; /* there were workers, and all are gone */
    bool is_empty;    /* workers are there and run, and have had no users for a while */
    char failed[ACRI_CLUSTER_TEXT]; /* why a worker could not prepare the run; "" = none */
};

struct acri_conductor;

/* Wait for those that are expected. Returns: false: they do not come, or a signal has. Yields. */
bool acri_crew_gather(struct acri_conductor *c);
/* Of a run in which others take part: wait until all of them are ready. Returns: false: it cannot
 * begin. Yields. */
bool acri_crew_muster(struct acri_conductor *c);
/* Wait a little until workers have told that so many users are there, and tell them. Yields. */
void acri_crew_await(struct acri_conductor *c, uint64_t n);
/* Workers end their users and account for all their requests; what they need for it is theirs.
 * Yields. */
void acri_crew_stop(struct acri_conductor *c);

#endif
