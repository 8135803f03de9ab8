/* SPDX-License-Identifier: MIT */
#include "app/serve_worker.h"

#include "app/cluster.h"
#include "app/fetch.h"
#include "app/fleet.h"
#include "app/options_parse.h"
#include "app/preflight.h"
#include "app/run_config.h"
#include "app/serving.h"
#include "app/setup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "dist/log_relay.h"
#include "dist/worker.h"
#include "engine/lead.h"
#include "engine/runner.h"

#include <acrida/cluster.h>
#include <acrida/run.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EXIT_START 1
#define EXIT_CRASH 5
/* How often a worker without a run says that it is there. */
#define IDLE_MS 1000
/* At the end: for what the master has not acknowledged yet. */
#define LEAVE_S 10

/* --- the master's scenario ----------------------------------------------------------------------
 */

static void ask_for_file(const struct acri_serving *s)
{
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_fetch_want(s->fetch, &b);
    if (acri_worker_ask(s->worker, ACRI_HAND_OUT_WANT, b.data, b.length) < 0)
        acri_log_error("the master could not be asked for its scenario");
    acri_buf_done(&b);
}

static int load_fetched(struct acri_serving *s, struct acri_error *reterr)
{
    uint64_t n_bytes;
    size_t n = acri_fetch_count(s->fetch, &n_bytes);
    int r;

    acri_log_info("%zu files of the master have come: %llu bytes", n, (unsigned long long)n_bytes);
    acri_options_publish(NULL);
    r = acri_fetch_load(s->fetch, s->scenario, reterr);
    if (r == 0)
        r = acri_scenario_add_options(s->scenario, s->own, reterr);
    if (r == 0)
        r = acri_options_parse(s->own, s->argc, s->argv, reterr);
    acri_options_publish(s->own);
    s->has_scenario = r == 0;
    return r;
}

static void take_file(struct acri_serving *s, const struct acri_worker_event *e)
{
    int r;

    if (s->fetch == NULL || s->has_scenario || s->fetch_error.text[0] != '\0')
        return;
    r = acri_fetch_take(s->fetch, e->bytes, e->n_bytes, &s->fetch_error);
    if (r == 0)
        ask_for_file(s);
    else if (r > 0)
        r = load_fetched(s, &s->fetch_error);
    if (r < 0)
        acri_log_error("%s", s->fetch_error.text);
}

static void restart(struct acri_serving *s)
{
    s->lead.must_stop = s->must_end = s->must_restart = true;
}

/* Nothing that is loaded can be unloaded. */
static void on_join(struct acri_serving *s)
{
    if (s->fetch == NULL || s->has_scenario)
        return;
    if (s->fetch_error.text[0] != '\0')
        restart(s);
    else
        ask_for_file(s);
}

/* --- what comes from the master -----------------------------------------------------------------
 */

static void take_config(struct acri_serving *s, const struct acri_worker_event *e)
{
    struct acri_run_config config;

    if (acri_run_config_read(&config, e->bytes, e->n_bytes) < 0) {
        acri_log_error("what the master says about the run cannot be read");
        acri_run_config_done(&config);
        return;
    }
    acri_run_config_done(&s->config);
    s->config = config;
    s->has_config = true;
}

static void take_grant(const struct acri_serving *s, const struct acri_worker_event *e)
{
    struct acri_unpack u;
    uint64_t run_id;
    uint64_t feeder;
    uint64_t from;
    uint64_t to;

    acri_unpack_init(&u, e->bytes, e->n_bytes);
    run_id = acri_unpack_u64(&u);
    feeder = acri_unpack_u64(&u);
    from = acri_unpack_u64(&u);
    to = acri_unpack_u64(&u);
    if (acri_unpack_is_done(&u) && run_id == s->lead.run_id)
        acri_runner_grant(feeder, from, to);
}

static void take_message(struct acri_serving *s, const struct acri_worker_event *e)
{
    if (strcmp(e->type, ACRI_RUN_CONFIG_MESSAGE) == 0)
        take_config(s, e);
    else if (strcmp(e->type, ACRI_FLEET_GRANT) == 0)
        take_grant(s, e);
    else if (strcmp(e->type, ACRI_HAND_OUT_FILES) == 0)
        take_file(s, e);
    else if (e->type[0] != '.')
        acri_runner_deliver(ACR_FROM_MASTER, e->type, e->bytes, e->n_bytes);
}

/* Whoever has no master for long keeps what it measured: all of it, so the run has ended. */
static void save(struct acri_serving *s)
{
    char path[128];
    int64_t n;

    snprintf(path, sizeof(path), "acrida-reports-%s-%d.bin",
             acri_options_string(s->own, "master-port"), (int)getpid());
    n = acri_worker_save(s->worker, path);
    if (n < 0)
        acri_log_error("the reports that the master has not got cannot be written to %s: %s", path,
                       strerror((int)-n));
    else if (n > 0)
        acri_log_warning(
            "%lld reports that the master has not got are in %s: `acrida merge` reads it",
            (long long)n, path);
}

static void take_event(struct acri_serving *s, const struct acri_worker_event *e)
{
    switch (e->kind) {
    case ACRI_WORKER_JOINED:
        s->lead.worker_index = e->index;
        s->lead.must_stop = false;
        acri_log_info("joined the master as worker %u", e->index);
        acri_runner_claim_again();
        on_join(s);
        break;
    case ACRI_WORKER_DESIRED:
        s->desired = e->desired;
        if (s->lead.run_id == e->desired.run_id)
            s->lead.desired = e->desired;
        else
            s->lead.desired.phase = ACRI_PHASE_STOP;
        break;
    case ACRI_WORKER_MESSAGE:
        take_message(s, e);
        break;
    case ACRI_WORKER_ORPHANED:
        s->lead.must_stop = true;
        break;
    case ACRI_WORKER_GONE:
        acri_log_error("the master has been gone for too long: ending");
        s->lead.must_stop = s->must_end = s->must_save = true;
        s->exit_code = EXIT_START;
        break;
    default:
        acri_log_error("this worker cannot work for the master: %s",
                       e->type != NULL ? e->type : "");
        s->lead.must_stop = s->must_end = true;
        s->exit_code = EXIT_START;
        break;
    }
}

static void drain(void *arg)
{
    struct acri_serving *s = arg;
    struct acri_worker_event *e;

    while ((e = acri_worker_next(s->worker)) != NULL) {
        take_event(s, e);
        acri_worker_event_free(e);
    }
}

/* --- one run ------------------------------------------------------------------------------------
 */

/* What a run is made from. */
struct run {
    struct acri_options *options;
    struct acri_words words;
    struct acri_setup setup;
    struct acri_plan plan;
};

static int prepare(struct acri_serving *s, struct run *r, struct acri_error *reterr)
{
    int code = acri_run_config_check(&s->config, s->scenario, reterr);

    acri_run_config_words(&s->config, s->own, &r->words);
    if (code == 0)
        code = acri_scenario_add_options(s->scenario, r->options, reterr);
    if (code == 0)
        code = acri_options_parse_arguments(r->options, (int)r->words.n, r->words.words, false,
                                            reterr);
    if (code == 0)
        code = acri_setup_read(&r->setup, r->options, s->scenario->plugins, s->scenario->n_plugins,
                               reterr);
    if (code == 0)
        code = acri_plan_init(&r->plan, s->scenario->plugins, s->scenario->n_plugins,
                              &r->setup.plan, reterr);
    if (code < 0)
        return code;
    r->setup.run.lead = &s->lead;
    r->setup.run.own_signals = true;
    r->setup.run.folders = (const char *const *)s->scenario->folders;
    r->setup.run.n_folders = s->scenario->n_folders;
    code = acri_options_check_required(r->options, false, reterr);
    if (code == 0)
        code = acri_preflight_run(&r->plan, &r->setup.run,
                                  acri_options_flag(s->own, "ignore-preflight"), reterr);
    return code;
}

/* Why it ended decides whether this process goes on. */
static void after_run(struct acri_serving *s, const struct acri_run_result *result)
{
    bool is_wanted = s->desired.run_id == s->lead.run_id && s->desired.phase == ACRI_PHASE_RUN;

    s->carried = s->observed.tally;
    if (result->must_exit) {
        s->must_end = true;
        s->exit_code = result->exit_code;
        if (result->exit_code == EXIT_CRASH)
            acri_worker_ask(s->worker, ".crash", "", 0);
    } else if (result->was_stopped) {
        s->must_end = true;
    } else if (s->lead.must_stop) {
        acri_log_info("waiting for the master");
    } else if (is_wanted) {
        s->must_end = true; /* a signal */
    } else {
        s->done_run_id = s->lead.run_id;
    }
}

static void run_it(struct acri_serving *s, struct run *r)
{
    static const struct acri_run_listener listener = { 0 };
    struct acri_run_result result = { 0 };
    struct acri_error error;

    acri_options_publish(r->options);
    if (acri_runner_run(&r->plan, &r->setup.run, &listener, &result, &error) < 0) {
        acri_serving_observe_failure(s, &error);
        s->done_run_id = s->lead.run_id;
    } else if (result.start_error.text[0] != '\0') {
        acri_serving_observe_failure(s, &result.start_error);
        s->done_run_id = s->lead.run_id;
    } else {
        after_run(s, &result);
    }
    acri_options_publish(s->own);
}

static void begin_run(struct acri_serving *s)
{
    struct acri_observed o = { .run_id = s->desired.run_id,
                               .generation = s->desired.generation,
                               .state = ACRI_WORKER_PREPARING };

    bool is_again = s->lead.run_id == s->desired.run_id;

    if (!is_again) {
        s->carried = (struct acri_tally){ 0 };
        s->lead.iterations = (struct acri_lead_iterations){ 0 };
    }
    s->n_again = is_again ? s->n_again + 1 : 0;
    s->lead.run_id = s->desired.run_id;
    s->lead.desired = s->desired;
    /* Numbers of users that were there before do not come again. */
    s->lead.desired.first_number += (s->n_again * s->desired.number_step) << 32;
    s->lead.shared = (const char *const *)s->config.shared.words;
    s->lead.n_shared = s->config.shared.n / 2;
    acri_serving_observe(s, &o);
}

static void run_one(struct acri_serving *s)
{
    struct run r = { .options = acri_options_new() };
    struct acri_error error;

    begin_run(s);
    if (s->fetch_error.text[0] != '\0') {
        acri_serving_tell_failure(s, &s->fetch_error);
        s->done_run_id = s->lead.run_id;
    } else if (prepare(s, &r, &error) < 0) {
        acri_serving_observe_failure(s, &error);
        s->done_run_id = s->lead.run_id;
    } else {
        s->lead.report_interval_s = acri_options_duration(r.options, "report-interval");
        run_it(s, &r);
    }
    if (s->must_end && s->exit_code == EXIT_CRASH)
        return; /* a stuck thread uses it */
    acri_plan_done(&r.plan);
    acri_setup_done(&r.setup);
    acri_options_free(r.options);
    acri_words_done(&r.words);
}

/* --- between runs -------------------------------------------------------------------------------
 */

static bool has_work(const struct acri_serving *s)
{
    const struct acri_desired *d = &s->desired;

    return (d->phase == ACRI_PHASE_PREPARE || d->phase == ACRI_PHASE_RUN) && d->run_id != 0 &&
           d->run_id != s->done_run_id && s->has_config && s->config.run_id == d->run_id &&
           !s->lead.must_stop && (s->has_scenario || s->fetch_error.text[0] != '\0');
}

/* It was fetched, and is not what the master runs now. */
static bool is_outdated(const struct acri_serving *s)
{
    struct acri_error error;

    return s->fetch != NULL && s->has_scenario &&
           acri_run_config_check(&s->config, s->scenario, &error) < 0;
}

static void observe_idle(struct acri_serving *s)
{
    struct acri_observed o = { .generation = s->desired.generation };

    if (s->desired.run_id != 0 && s->desired.run_id == s->observed.run_id) {
        s->observed.generation = o.generation;
        acri_worker_observe(s->worker, &s->observed);
    } else {
        acri_worker_observe(s->worker, &o);
    }
}

static void wait_for_word(struct acri_serving *s)
{
    struct pollfd fds[] = { { .fd = acri_worker_fd(s->worker), .events = POLLIN },
                            { .fd = s->signal_fd, .events = POLLIN } };
    struct signalfd_siginfo info;

    observe_idle(s);
    acri_serving_send_log(s, false);
    if (poll(fds, 2, IDLE_MS) <= 0)
        return;
    if (fds[1].revents != 0 && read(s->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        acri_log_info("got %s: leaving", info.ssi_signo == SIGINT ? "Ctrl-C" : "SIGTERM");
        s->must_end = true;
    }
}

static void serve(struct acri_serving *s)
{
    while (!s->must_end) {
        drain(s);
        if (s->desired.phase == ACRI_PHASE_QUIT) {
            acri_log_info("the master has ended the work");
            break;
        }
        if (!has_work(s)) {
            wait_for_word(s);
        } else if (is_outdated(s)) {
            acri_log_info("the master has another scenario than before: starting again with it");
            restart(s);
        } else {
            run_one(s);
        }
    }
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int start(struct acri_serving *s, struct acri_error *reterr)
{
    unsigned char key[32];
    size_t n;
    const char *const *labels = acri_options_list(s->own, "label", &n);
    char joined[ACRI_CLUSTER_TEXT] = "";
    struct acri_worker_options o = {
        .master_host = acri_options_string(s->own, "master-host"),
        .master_port = (uint16_t)acri_options_int(s->own, "master-port"),
        .name = acri_options_string(s->own, "worker-name"),
        .labels = joined,
        .version = acr_version(),
        .n_threads = acri_setup_threads(s->own),
        .master_gone_s = acri_options_duration(s->own, "master-gone-timeout"),
    };
    int r = acri_cluster_read_key(s->own, key, reterr);

    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(joined);

        snprintf(joined + used, sizeof(joined) - used, "%s%s", i > 0 ? " " : "", labels[i]);
    }
    o.key = r > 0 ? key : NULL;
    acri_log_info("worker for the master at %s:%u", o.master_host, o.master_port);
    r = acri_worker_start(&o, &s->worker, reterr);
    explicit_bzero(key, sizeof(key));
    return r;
}

/* Returns: the exit code. */
static int leave(struct acri_serving *s)
{
    uint64_t n;

    acri_serving_send_log(s, true);
    if (s->must_save)
        save(s);
    n = acri_worker_stop(s->worker, s->must_save ? 0 : LEAVE_S);
    if (n > 0 && !s->must_save)
        acri_log_error("%llu reports were not delivered: the next worker of this host does it",
                       (unsigned long long)n);
    if (s->must_restart)
        return ACRI_SERVE_WORKER_AGAIN;
    return s->fetch_error.text[0] != '\0' && s->exit_code == 0 ? EXIT_START : s->exit_code;
}

int acri_serve_worker(struct acri_options *o, struct acri_scenario *scenario, int argc,
                      char *const *argv)
{
    struct acri_serving s = { .own = o,
                              .scenario = scenario,
                              .signal_fd = acri_cluster_watch_signals(),
                              .argc = argc,
                              .argv = argv,
                              .fetch = acri_cluster_is_fetched(o) ? acri_fetch_new() : NULL };
    struct acri_error error;
    int exit_code = EXIT_START;

    s.has_scenario = s.fetch == NULL;
    acri_serving_start_log(&s);
    if (start(&s, &error) < 0) {
        fprintf(stderr, "acrida: %s\n", error.text);
    } else {
        acri_serving_init_lead(&s, drain);
        serve(&s);
        exit_code = leave(&s);
    }
    acri_fetch_free(s.fetch);
    acri_run_config_done(&s.config);
    acri_serving_stop_log(&s, s.exit_code == EXIT_CRASH);
    close(s.signal_fd);
    return exit_code;
}
