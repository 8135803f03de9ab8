/* SPDX-License-Identifier: MIT */
#include "app/fleet.h"

#include "app/fleet_account.h"
#include "app/fleet_budget.h"
#include "app/fleet_deal.h"
#include "app/fleet_journal.h"
#include "app/fleet_messages.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "dist/log_relay.h"
#include "engine/cluster_report.h"
#include "engine/runner.h"
#include "engine/users.h"

#include <acrida/report.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Workers begin together, so long after the word. */
#define START_AHEAD_NS (200 * ACRI_NS_PER_MS)
/* A worker that does not get ready keeps the others waiting no longer. */
#define PREPARE_NS (30 * ACRI_NS_PER_S)
/* So long without any worker ends a run. */
#define DESERTED_NS (90 * ACRI_NS_PER_S)
/* Workers tell of their users about once a second. */
#define EMPTY_NS (3 * ACRI_NS_PER_S)
/* What a run needs is sent again after so long. */
#define CONFIG_AGAIN_NS (3 * ACRI_NS_PER_S)

/* --- what comes from them -----------------------------------------------------------------------
 */

static const char *name_of(const struct acri_fleet *f, uint32_t index)
{
    return f->workers[index].info.name;
}

static void add_up(struct acri_fleet *f)
{
    struct acri_crew *c = &f->crew;

    c->n_here = 0;
    c->n_users = 0;
    c->open_requests = 0;
    memset(c->type_users, 0, sizeof(c->type_users));
    memset(c->load, 0, sizeof(c->load));
    c->generator = (struct acri_generator){ 0 };
    for (size_t i = 0; i < f->n_workers; i++) {
        const struct acri_fleet_worker *w = &f->workers[i];

        c->n_here += w->is_here;
        if (!acri_fleet_is_in_run(f, w))
            continue;
        c->n_users += w->observed.n_users;
        c->open_requests += w->observed.open_requests;
        for (size_t k = 0; k < w->observed.n_types; k++)
            c->type_users[k] += w->observed.users[k];
        for (size_t k = 0; k < ACRI_CLUSTER_LOADS; k++)
            c->load[k] += w->observed.load[k];
        acri_fleet_show_fared(w, &c->generator);
    }
}

/* Returns: whether it has been so for longer than that. */
static bool is_lasting(uint64_t *since_ns, bool is_so, uint64_t now_ns, uint64_t most_ns)
{
    if (!is_so)
        *since_ns = 0;
    else if (*since_ns == 0)
        *since_ns = now_ns;
    return is_so && now_ns - *since_ns > most_ns;
}

/* The end of the run has come before its beginning. */
static bool is_too_late(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    return f->phase >= ACRI_PHASE_STOP && w->observed.run_id != f->run_id &&
           w->reported.started == 0;
}

/* What the conductor waits for. */
static void judge(struct acri_fleet *f)
{
    struct acri_crew *c = &f->crew;
    uint64_t now_ns = acri_clock_now_ns();
    size_t n_ready = 0;
    size_t n_failed = 0;
    size_t n_here = 0;
    size_t n_stopped = 0;
    size_t n_running = 0;
    const char *why = "";

    for (size_t i = 0; i < f->n_workers; i++) {
        const struct acri_fleet_worker *w = &f->workers[i];

        if (!w->is_here || !w->has_config || is_too_late(f, w))
            continue;
        n_here++;
        if (w->observed.run_id != f->run_id)
            continue;
        n_ready +=
            w->observed.state >= ACRI_WORKER_PREPARED && w->observed.state < ACRI_WORKER_FAILED;
        n_running += w->observed.state == ACRI_WORKER_RUNNING;
        n_stopped += w->observed.state == ACRI_WORKER_STOPPED && acri_fleet_account_is_balanced(w);
        if (w->observed.state == ACRI_WORKER_FAILED) {
            n_failed++;
            why = w->observed.error;
        }
    }
    c->is_prepared =
        n_ready > 0 && (n_ready + n_failed == n_here || now_ns - f->begun_ns > PREPARE_NS);
    c->is_finished = acri_fleet_budget_is_done(f);
    c->is_stopped = n_stopped + n_failed >= n_here;
    if (n_failed > 0 && n_failed == n_here)
        snprintf(c->failed, sizeof(c->failed), "no worker could prepare the run: %.200s", why);
    c->is_deserted = is_lasting(&f->deserted_ns, n_here == 0 && f->run_id != 0, now_ns,
                                f->is_forsaken ? 0 : DESERTED_NS);
    if (c->is_deserted && f->phase == ACRI_PHASE_PREPARE)
        snprintf(c->failed, sizeof(c->failed), "no worker is left");
    c->is_empty = is_lasting(&f->empty_ns, n_here > 0 && n_running == n_here && c->n_users == 0,
                             now_ns, EMPTY_NS);
}

struct acri_fleet_worker *acri_fleet_worker(struct acri_fleet *f, uint32_t index)
{
    size_t n = index + 1u;

    if (n <= f->n_workers)
        return &f->workers[index];
    f->workers = acri_realloc(f->workers, n * sizeof(*f->workers));
    memset(&f->workers[f->n_workers], 0, (n - f->n_workers) * sizeof(*f->workers));
    f->slots = acri_realloc(f->slots, n * sizeof(*f->slots));
    f->parts = acri_realloc(f->parts, n * sizeof(*f->parts));
    f->n_workers = n;
    return &f->workers[index];
}

static size_t count_here(const struct acri_fleet *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n_workers; i++)
        n += f->workers[i].is_here;
    return n;
}

static void on_presence(struct acri_fleet *f, const struct acri_master_event *e)
{
    struct acri_fleet_worker *w = &f->workers[e->worker];
    bool is_here = e->kind == ACRI_MASTER_JOINED || e->kind == ACRI_MASTER_RETURNED;

    if (is_here && !w->is_known) {
        w->info = e->info;
        w->is_known = true;
        acri_fleet_show_joined(f, w);
    }
    w->is_here = is_here;
    w->has_left = e->kind == ACRI_MASTER_LEFT;
    if (!is_here)
        w->iterations.lost_ns = acri_clock_now_ns();
    /* Not of each that joins: their journal's records say it. */
    if (f->run_id != 0 && w->has_config && e->kind != ACRI_MASTER_JOINED)
        acri_fleet_journal_presence(f, e->worker);
    if (w->has_left && e->observed.run_id == f->run_id) {
        w->observed = e->observed;
        acri_fleet_budget_hear(f, e->worker);
        acri_fleet_budget_close(f, e->worker, w->observed.tally.iterations);
    }
    switch (e->kind) {
    case ACRI_MASTER_JOINED:
        acri_log_info("worker %s joined (%u threads%s%s): %zu are here", w->info.name,
                      w->info.n_threads, w->info.labels[0] != '\0' ? ", " : "", w->info.labels,
                      count_here(f));
        break;
    case ACRI_MASTER_RETURNED:
        acri_log_info("worker %s returned: %zu are here", w->info.name, count_here(f));
        break;
    case ACRI_MASTER_LOST:
        acri_log_warning("worker %s is lost: no word from it; %zu are here", w->info.name,
                         count_here(f));
        break;
    default:
        acri_log_info("worker %s left%s%s: %zu are here", w->info.name,
                      e->type != NULL && e->type[0] != '\0' ? ": " : "",
                      e->type != NULL ? e->type : "", count_here(f));
        break;
    }
    if (is_here && f->run_id != 0 && !f->is_holding && !w->has_config && f->phase < ACRI_PHASE_STOP)
        acri_fleet_send_config(f, e->worker);
    f->must_respread = true;
}

/* It was told of the run, and does not know it: the message was lost with a master or a worker. */
static bool lacks_config(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    return f->run_id != 0 && !f->is_holding && f->phase < ACRI_PHASE_STOP &&
           w->observed.run_id != f->run_id && w->observed.state == ACRI_WORKER_READY &&
           acri_clock_now_ns() - w->config_sent_ns > CONFIG_AGAIN_NS;
}

static void on_observed(struct acri_fleet *f, const struct acri_master_event *e)
{
    struct acri_fleet_worker *w = &f->workers[e->worker];
    bool took_users = acri_fleet_takes_users(f, w);
    bool was_failed = w->observed.state == ACRI_WORKER_FAILED;

    w->observed = e->observed;
    if (w->observed.n_types > ACRI_CLUSTER_TYPES)
        w->observed.n_types = ACRI_CLUSTER_TYPES;
    if (lacks_config(f, w))
        acri_fleet_send_config(f, e->worker);
    acri_fleet_budget_hear(f, e->worker);
    if (w->observed.run_id == f->run_id && w->observed.n_users > w->most_users)
        w->most_users = w->observed.n_users;
    if (w->observed.state == ACRI_WORKER_FAILED && !was_failed)
        acri_log_error("worker %s cannot run this: %s", w->info.name, w->observed.error);
    if (acri_fleet_takes_users(f, w) != took_users && f->phase <= ACRI_PHASE_RUN)
        f->must_respread = true;
}

static void on_report(struct acri_fleet *f, const struct acri_master_event *e,
                      struct acri_stats *stats)
{
    if (stats == NULL) {
        acri_log_warning("a report of worker %s is of a run that is over: it is left out",
                         name_of(f, e->worker));
        return;
    }
    acri_fleet_account_report(f,
                              &(struct acri_fleet_account_report){ .worker = e->worker,
                                                                   .run_id = e->run_id,
                                                                   .epoch = e->epoch,
                                                                   .bytes = e->bytes,
                                                                   .n_bytes = e->n_bytes },
                              stats);
}

/* Its ledger file is gone now: the journal has to say the same to a master that comes after us. */
static void on_deceased(struct acri_fleet *f, const struct acri_master_event *e,
                        struct acri_stats *stats)
{
    const struct acri_tally *all = &e->observed.tally;

    if (stats == NULL || e->observed.run_id != f->run_id || !f->workers[e->worker].has_config)
        return;
    acri_fleet_budget_close(f, e->worker, all->iterations);
    if (acri_fleet_account_settle(f, e->worker, all, stats))
        acri_fleet_journal_deceased(f, e->worker, all);
}

static void on_event(struct acri_fleet *f, const struct acri_master_event *e,
                     struct acri_stats *stats)
{
    acri_fleet_worker(f, e->worker);
    switch (e->kind) {
    case ACRI_MASTER_OBSERVED:
        on_observed(f, e);
        break;
    case ACRI_MASTER_REPORT:
        on_report(f, e, stats);
        break;
    case ACRI_MASTER_MESSAGE:
        acri_fleet_on_message(f, e);
        break;
    case ACRI_MASTER_DECEASED:
        on_deceased(f, e, stats);
        acri_master_bury(f->master, e->worker);
        break;
    default:
        on_presence(f, e);
        break;
    }
}

/* It belongs to a run that has yet to go on. */
static bool must_hold(const struct acri_fleet *f, const struct acri_master_event *e)
{
    return f->past != NULL && (e->kind == ACRI_MASTER_REPORT || e->kind == ACRI_MASTER_MESSAGE ||
                               e->kind == ACRI_MASTER_DECEASED);
}

/* What was held, in its order. */
static void release(struct acri_fleet *f, struct acri_stats *stats)
{
    struct acri_master_event *first = NULL;

    while (f->held != NULL) {
        struct acri_master_event *e = f->held;

        f->held = e->next;
        e->next = first;
        first = e;
    }
    while (first != NULL) {
        struct acri_master_event *e = first;

        first = e->next;
        on_event(f, e, stats);
        acri_master_event_free(e);
    }
}

static void drain(void *arg, struct acri_stats *stats)
{
    struct acri_fleet *f = arg;
    struct acri_master_event *e;

    if (stats != NULL)
        release(f, stats);
    while ((e = acri_master_next(f->master)) != NULL) {
        if (stats == NULL && must_hold(f, e)) {
            e->next = f->held;
            f->held = e;
            continue;
        }
        on_event(f, e, stats);
        acri_master_event_free(e);
    }
    if (f->must_respread) {
        f->must_respread = false;
        acri_fleet_respread(f);
    }
    acri_fleet_hand_out(f);
    acri_fleet_budget_step(f);
    add_up(f);
    judge(f);
}

/* --- the crew -----------------------------------------------------------------------------------
 */

/* What was so of the last run. */
static void forget_last(struct acri_fleet *f)
{
    struct acri_crew *c = &f->crew;

    c->is_prepared = c->is_finished = c->is_stopped = c->is_deserted = c->is_empty = false;
    c->failed[0] = '\0';
    f->deserted_ns = f->empty_ns = f->respread_until_ns = f->start_at_ns = 0;
    f->arrival_rate = f->ramp_per_s = 0;
    f->has_crashed = false;
}

static void begin(void *arg, uint64_t seed)
{
    struct acri_fleet *f = arg;

    forget_last(f);
    f->n_runs++;
    f->spawn_rate = acri_options_number(f->options, "spawn-rate");
    f->begun_ns = acri_clock_now_ns();
    if (f->past != NULL)
        return;
    f->run_id = acri_clock_real_ns();
    f->epoch = 1;
    f->seed = seed;
    f->phase = ACRI_PHASE_PREPARE;
    f->is_spawned = false;
    f->started_ns = f->begun_ns;
    memset(f->wanted_users, 0, sizeof(f->wanted_users));
    memset(f->feeders, 0, sizeof(f->feeders));
    f->n_numbered = 0;
    acri_fleet_show_begin(f);
    f->n_at_start = count_here(f);
    for (uint32_t i = 0; i < f->n_workers; i++)
        f->workers[i].has_config = false;
    acri_fleet_budget_begin(f);
    for (uint32_t i = 0; i < f->n_workers; i++)
        if (f->workers[i].is_here)
            acri_fleet_send_config(f, i);
    acri_fleet_deal(f);
    acri_fleet_tell_all(f);
}

static void want_phase(void *arg, enum acri_phase phase)
{
    struct acri_fleet *f = arg;

    f->phase = phase;
    f->is_holding = f->is_holding && phase == ACRI_PHASE_RUN;
    if (phase == ACRI_PHASE_RUN && f->past == NULL) {
        f->started_ns = acri_clock_now_ns() + START_AHEAD_NS;
        f->start_real_ns = acri_clock_real_ns() + START_AHEAD_NS;
        f->start_at_ns = f->started_ns;
        if (f->n_runs > 1)
            acri_fleet_journal_renew(f);
        acri_fleet_journal_run(f);
        acri_fleet_show_reset(f);
    }
    acri_fleet_tell_all(f);
}

/* What the run had come to when its master ended. */
static void restore(void *arg, struct acri_stats *stats)
{
    struct acri_fleet *f = arg;

    f->started_ns = acri_clock_now_ns() - f->crew.resumed_ns;
    f->start_at_ns = f->started_ns;
    acri_fleet_past_restore(f->past, f, stats);
    acri_log_info("going on with the run that began %.0f s ago: %llu requests were in the journal",
                  (double)f->crew.resumed_ns / 1e9, (unsigned long long)stats->ledger.started);
    drain(f, stats);
}

static void want_users(void *arg, const uint64_t *n_of_type, uint64_t reach_in_ns)
{
    struct acri_fleet *f = arg;

    (void)reach_in_ns;
    f->is_holding = false;
    memcpy(f->wanted_users, n_of_type, f->crew.run->plan->n_types * sizeof(*n_of_type));
    acri_fleet_deal(f);
    acri_fleet_tell_all(f);
}

static void want_arrivals(void *arg, double rate, double ramp_per_s)
{
    struct acri_fleet *f = arg;

    f->arrival_rate = rate;
    f->ramp_per_s = ramp_per_s;
    acri_fleet_tell_all(f);
}

static void want_epoch(void *arg)
{
    struct acri_fleet *f = arg;

    f->epoch++;
    acri_fleet_journal_run(f);
    acri_fleet_show_reset(f);
    acri_fleet_tell_all(f);
}

static void want_spawned(void *arg, bool is_spawned)
{
    struct acri_fleet *f = arg;

    if (f->is_spawned == is_spawned)
        return;
    f->is_spawned = is_spawned;
    acri_fleet_tell_all(f);
}

static int send_message(void *arg, uint32_t to, const char *type, const void *bytes, size_t n_bytes)
{
    return acri_master_send(((struct acri_fleet *)arg)->master, to, type, bytes, n_bytes);
}

static void step(void *arg, struct acri_stats *stats)
{
    struct acri_fleet *f = arg;

    if (f->processes != NULL && f->processes->n > 0)
        f->is_forsaken = acri_processes_step(f->processes) == 0;
    drain(f, stats);
    if (stats != NULL)
        acri_fleet_journal_shorten(f, stats);
}

static void settle(void *arg, struct acri_stats *stats)
{
    struct acri_fleet *f = arg;

    drain(f, stats);
    acri_fleet_account_close(f, stats);
    acri_fleet_journal_end(f);
    if (f->past != NULL)
        acri_fleet_past_done(f->past);
    free(f->past);
    f->past = NULL;
    f->crew.resumed_ns = 0;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

void acri_fleet_init(struct acri_fleet *f, struct acri_master *m, const struct acri_options *o,
                     const struct acri_scenario *scenario)
{
    *f = (struct acri_fleet){ .master = m,
                              .options = o,
                              .scenario = scenario,
                              .crew = { .arg = f,
                                        .fd = acri_master_fd(m),
                                        .drain = drain,
                                        .step = step,
                                        .send = send_message,
                                        .begin = begin,
                                        .restore = restore,
                                        .want_phase = want_phase,
                                        .want_users = want_users,
                                        .want_arrivals = want_arrivals,
                                        .want_epoch = want_epoch,
                                        .want_spawned = want_spawned,
                                        .settle = settle,
                                        .show = acri_fleet_show } };
}

void acri_fleet_done(struct acri_fleet *f)
{
    acri_hand_out_free(f->hand_out);
    acri_fleet_show_done(f);
    free(f->workers);
    free(f->slots);
    free(f->parts);
    free(f->journal);
    if (f->past != NULL)
        acri_fleet_past_done(f->past);
    free(f->past);
    *f = (struct acri_fleet){ 0 };
}

size_t acri_fleet_gather(struct acri_fleet *f)
{
    drain(f, NULL);
    return f->crew.n_here;
}

size_t acri_fleet_dismiss(struct acri_fleet *f)
{
    if (f->phase != ACRI_PHASE_QUIT) {
        f->phase = ACRI_PHASE_QUIT;
        f->is_holding = false;
        acri_fleet_tell_all(f);
    }
    drain(f, NULL);
    return f->crew.n_here;
}
