/* SPDX-License-Identifier: MIT */
/*
 * A master's workers: who is there, what each should do and does, what each has reported. The crew
 * of the engine's conductor, over dist. Thread: main.
 */
#ifndef ACRIDA_APP_FLEET_H
#define ACRIDA_APP_FLEET_H

#include "app/fleet_budget.h"
#include "app/fleet_show.h"
#include "app/hand_out.h"
#include "app/options.h"
#include "app/processes.h"
#include "app/scenario.h"
#include "dist/master.h"
#include "engine/crew.h"
#include "engine/lead.h"

/* Messages: a worker wants positions of a feeder, and is given some. */
#define ACRI_FLEET_CLAIM ".claim"
#define ACRI_FLEET_GRANT ".grant"
#define ACRI_FLEET_FEEDERS ACRI_LEAD_OBJECTS

struct acri_fleet_past;

/* One worker, from its first contact to the end of this process. */
struct acri_fleet_worker {
    struct acri_worker_info info;
    struct acri_observed observed;
    struct acri_desired desired; /* as last told */
    struct acri_tally reported;  /* of this run: what its reports add up to */
    uint64_t n_reports;
    double last_report_unix_s;
    struct acri_stats *sum; /* of what it reported: the total alone; NULL until it has joined */
    uint64_t most_users;    /* at once, in this run */
    uint64_t labels;        /* bits: of fleet_show */
    bool has_left;          /* it said so */
    bool is_known;          /* it has joined */
    bool is_here;           /* it is in contact, and has not left */
    bool has_config;        /* of this run */
    bool is_settled;        /* its requests of this run are accounted for */
    struct acri_fleet_iterations iterations;
    uint64_t config_sent_ns;
    bool has_crashed;
    bool wants_file; /* of the master: this one */
    uint64_t wanted_file;
};

struct acri_fleet {
    struct acri_crew crew;
    struct acri_master *master;
    const struct acri_options *options;
    const struct acri_scenario *scenario;
    struct acri_hand_out *hand_out;    /* NULL until a worker asks for it */
    struct acri_processes *processes;  /* workers that are children of this process; may be none */
    struct acri_fleet_worker *workers; /* n_workers elements, by index */
    size_t n_workers;
    uint64_t run_id; /* 0 = no run */
    uint64_t epoch;
    uint64_t seed;
    uint64_t started_ns; /* of the run, by this process's clock */
    uint64_t start_real_ns;
    struct acri_fleet_past *past;   /* a run to go on with; NULL = none */
    struct acri_master_event *held; /* until it goes on: what has come for it, the last one first */
    char *journal;                  /* its path; NULL = none */
    bool is_over;                   /* the run has ended, and its results are told */
    bool is_holding; /* workers go on with what they do until this master knows better */
    enum acri_phase phase;
    bool is_spawned;
    uint64_t start_at_ns;
    uint64_t gather_ns; /* since when workers are waited for; 0 = not yet */
    bool did_tell_gather;
    uint64_t n_runs;
    uint64_t begun_ns;    /* when workers were told to prepare */
    uint64_t deserted_ns; /* since when no worker is there; 0 = some are */
    uint64_t empty_ns;    /* since when workers run without any user; 0 = they have some */
    bool is_forsaken;     /* its processes have ended: no worker of theirs comes back */
    uint64_t n_at_start;  /* workers that were there when the run began */
    uint64_t n_numbered;  /* workers whose users have numbers */
    uint64_t wanted_users[ACRI_CLUSTER_TYPES];
    double arrival_rate;
    double ramp_per_s;
    bool must_respread; /* once, when all that has come is taken in: of a thousand that join, too */
    uint64_t respread_until_ns; /* users of a lost worker are to be back by then */
    double spawn_rate;
    bool is_short; /* workers wait for iterations, and none are left but what others have */
    uint64_t feeders[ACRI_FLEET_FEEDERS]; /* the next position of each that is not dealt */
    uint32_t *slots;                      /* n_workers elements: scratch */
    uint64_t *parts;                      /* the same */
    struct acri_fleet_shown shown;
    bool must_stop; /* a worker asks for it */
    bool has_crashed;
};

/* m is borrowed. */
void acri_fleet_init(struct acri_fleet *f, struct acri_master *m, const struct acri_options *o,
                     const struct acri_scenario *scenario);
void acri_fleet_done(struct acri_fleet *f);

/* A worker, known or not. */
struct acri_fleet_worker *acri_fleet_worker(struct acri_fleet *f, uint32_t index);

/* Before a run: take in who has come. Returns: how many are there. */
size_t acri_fleet_gather(struct acri_fleet *f);
/* After the last run: all workers are told to end. Returns: how many are still there. */
size_t acri_fleet_dismiss(struct acri_fleet *f);

#endif
