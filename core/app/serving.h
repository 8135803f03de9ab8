/* SPDX-License-Identifier: MIT */
/*
 * What a worker's main thread knows (serve_worker.c), and what it tells its master: the lead of the
 * engine's runs, over dist. Thread: main, but for what the lead says is any.
 */
#ifndef ACRIDA_APP_SERVING_H
#define ACRIDA_APP_SERVING_H

#include "app/fetch.h"
#include "app/options.h"
#include "app/run_config.h"
#include "app/scenario.h"
#include "dist/log_relay.h"
#include "dist/worker.h"
#include "engine/lead.h"

struct acri_serving {
    struct acri_options *own;
    struct acri_scenario *scenario;
    struct acri_worker *worker;
    struct acri_log_relay log;
    int signal_fd;
    struct acri_lead lead;
    struct acri_desired desired;
    struct acri_run_config config;
    bool has_config;
    struct acri_observed observed; /* as last told */
    struct acri_tally carried;     /* of parts of this run that came before this one */
    uint64_t n_again;              /* so often this run was begun here before */
    uint64_t done_run_id;          /* it was run, and ended by itself or as the master wanted */
    bool must_end;
    bool must_save; /* what the master has not got */
    int exit_code;

    /* With -f -: */
    int argc;
    char *const *argv;
    struct acri_fetch *fetch; /* NULL without it */
    bool has_scenario;
    bool must_restart;
    struct acri_error fetch_error; /* "" = none */
};

/* Once the worker is started. drain: takes in what the master says. */
void acri_serving_init_lead(struct acri_serving *s, void (*drain)(void *arg));
/* Tell the master what is. */
void acri_serving_observe(struct acri_serving *s, const struct acri_observed *o);
/* The run cannot be prepared: log why, and tell the master. */
void acri_serving_observe_failure(struct acri_serving *s, const struct acri_error *error);
/* The same without the log. */
void acri_serving_tell_failure(struct acri_serving *s, const struct acri_error *error);

/* Give warnings and errors to the master from here on; send what has come together; no more. */
void acri_serving_start_log(struct acri_serving *s);
void acri_serving_send_log(struct acri_serving *s, bool is_last);
void acri_serving_stop_log(struct acri_serving *s, bool is_thread_stuck);

#endif
