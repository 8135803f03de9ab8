/* SPDX-License-Identifier: MIT */
#include "engine/runner.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/crash.h"
#include "engine/hooks.h"
#include "engine/traceback.h"
#include "engine/signals.h"
#include "engine/spawner.h"
#include "engine/user.h"
#include "stats/snapshot.h"
#include "stats/stats.h"

#include <acrida/report.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_NS ACRI_NS_PER_S
/* How long cancelled users may take to notice, before their loop is given up. */
#define GRACE_NS (2 * ACRI_NS_PER_S)
/* How long the reports may take after a crash. */
#define CRASH_REPORT_S 5

enum stop_level { STOP_NONE = 0, STOP_REQUESTED, STOP_AT_ONCE };

struct runner {
    struct acri_run_common common;
    const struct acri_run_options *o;
    const struct acri_run_listener *listener;
    struct acri_users control;
    struct acri_users *loops; /* n_loops elements */
    size_t n_loops;
    struct acri_spawner spawner;
    struct acri_stats *stats;
    struct acr_user *service;
    struct acr_coroutine *conductor;
    struct acr_watch *crash_watch;
    struct acri_signals signals;
    int crash_fd;
    const char *state;
    uint64_t start_real_ns;
    uint64_t tick_due_ns;
    uint64_t warmup_due_ns; /* 0 = over, or none */
    uint64_t open_ns;       /* integral of open requests since the last reset */
    uint64_t over_ns;       /* summed over loops, so the mean is open_ns / over_ns * n_loops */
    struct acri_exceptions exceptions; /* handed over, not told yet */
    struct acri_hook_results hook_results;
    enum stop_level stop;
    size_t n_empty;
    bool is_waiting; /* the conductor is in its own wait, not in a hook's */
    bool is_spawned;
    bool did_tell_spawned;
    bool has_crashed;
    bool is_stuck;
    int exit_code; /* acr_set_exit_code, or -1 */
};

/* One run per process at a time: hooks and signals have no other way to name it. */
static struct runner *the_runner;

static void request_stop(enum stop_level level);

static void wake_conductor(struct runner *r)
{
    if (r->is_waiting)
        acri_loop_wake(r->conductor, 0);
}

/* Until something is reported, or this time. */
static void wait_until(struct runner *r, uint64_t at_ns)
{
    r->is_waiting = true;
    acri_loop_suspend(&r->control.loop, at_ns);
    r->is_waiting = false;
}

/* --- what loops report
 * ---------------------------------------------------------------------------- */

static void on_handover(struct acri_users *from)
{
    struct runner *r = the_runner;
    struct acri_handover *h = &from->handover;

    from->n_live_seen = h->n_live;
    acri_stats_merge(r->stats, h->block);
    acri_exceptions_move(&r->exceptions, &h->exceptions);
    r->open_ns += h->open_ns;
    r->over_ns += h->over_ns;
    wake_conductor(r);
}

static void on_empty(struct acri_users *from)
{
    (void)from;
    the_runner->n_empty++;
    wake_conductor(the_runner);
}

static void on_failed(struct acri_users *from)
{
    (void)from;
    the_runner->hook_results.did_start_fail = true;
    request_stop(STOP_REQUESTED);
}

static void on_spawned(void)
{
    the_runner->is_spawned = true;
    wake_conductor(the_runner);
}

static void request_stop(enum stop_level level)
{
    struct runner *r = the_runner;

    if (r == NULL || r->stop >= level)
        return;
    r->stop = level;
    if (!r->is_waiting)
        acri_user_stop(r->service, ACRI_STOP_CANCEL);
    wake_conductor(r);
}

static void on_stop_test(void)
{
    if (the_runner->stop == STOP_NONE)
        acri_log_info("a task has stopped the test");
    request_stop(STOP_REQUESTED);
}

void acr_stop_run(void)
{
    request_stop(STOP_REQUESTED);
}

void acr_set_exit_code(int exit_code)
{
    if (the_runner != NULL)
        the_runner->exit_code = exit_code;
}

static void on_stop_signal(const char *name)
{
    if (the_runner->stop == STOP_NONE) {
        acri_log_info("got %s: stopping; once more to stop at once", name);
        request_stop(STOP_REQUESTED);
    } else if (the_runner->stop == STOP_AT_ONCE) {
        acri_log_error("stopped a third time: ending without the last results");
        _exit(4);
    } else {
        acri_log_info("stopping at once");
        request_stop(STOP_AT_ONCE);
    }
}

/* A loop that will not answer any more: what its open requests become is not known. */
static void give_up(struct runner *r, struct acri_users *us)
{
    us->is_given_up = true;
    acri_stats_lost(r->stats, us->n_unsettled);
    r->stats->ledger.attempts += us->n_unsettled_attempts;
}

static void on_crash(int fd, uint32_t ready, void *arg)
{
    struct runner *r = arg;
    struct acri_users *us;

    (void)ready;
    if (read(fd, &us, sizeof(us)) != (ssize_t)sizeof(us))
        return;
    acri_crash_watchdog(CRASH_REPORT_S, 5);
    acri_traceback_report_crash(us);
    if (!us->is_recording)
        acri_stats_merge(r->stats, us->block);
    acri_exceptions_move(&r->exceptions, &us->exceptions);
    give_up(r, us);
    r->has_crashed = true;
    if (!us->did_report_empty)
        r->n_empty++;
    request_stop(STOP_AT_ONCE);
    wake_conductor(r);
}

/* --- ticks
 * ---------------------------------------------------------------------------------------- */

static uint64_t count_live(const struct runner *r)
{
    uint64_t n = 0;

    for (size_t i = 0; i < r->n_loops; i++)
        n += r->loops[i].n_live_seen;
    return n;
}

static void make_snapshot(struct runner *r, struct acr_snapshot *ret_snapshot)
{
    uint64_t now_ns = acri_clock_now_ns();
    struct acri_run_info info = {
        .state = r->state,
        .n_users = count_live(r),
        .start_real_ns = r->start_real_ns,
        .elapsed_s = (double)(now_ns - r->common.started_ns) / 1e9,
        .open_requests =
            r->over_ns > 0 ? (double)r->open_ns / (double)r->over_ns * (double)r->n_loops : 0,
    };

    acri_stats_tick(r->stats, now_ns);
    acri_snapshot_init(ret_snapshot, r->stats, &info);
}

static bool is_out(const struct runner *r)
{
    for (size_t i = 0; i < r->n_loops; i++)
        if (r->loops[i].handover.is_out && !r->loops[i].is_given_up)
            return true;
    return false;
}

/* Take in what the loops have, waiting for the slow ones up to a deadline. */
static void collect(struct runner *r, uint64_t deadline_ns)
{
    for (size_t i = 0; i < r->n_loops; i++)
        if (!r->loops[i].is_given_up)
            acri_users_post_handover(&r->loops[i]);
    while (is_out(r) && acri_clock_now_ns() < deadline_ns)
        wait_until(r, deadline_ns);
    acri_hooks_tell_exceptions(&r->hook_results, r->service, r->stats, &r->exceptions);
}

static void reset(struct runner *r)
{
    acri_stats_reset(r->stats, acri_clock_now_ns(), acri_clock_real_ns());
    r->open_ns = r->over_ns = 0;
}

static void end_warmup(struct runner *r)
{
    struct acr_snapshot s;

    collect(r, acri_clock_now_ns() + GRACE_NS);
    make_snapshot(r, &s);
    acri_log_info("warm-up over: its %llu requests are left out of the statistics",
                  (unsigned long long)acr_entry_count(acr_snapshot_total(&s), ACR_REQUESTS));
    r->warmup_due_ns = 0;
    reset(r);
}

static void fill_test_event(const struct runner *r, struct acr_test_event *e)
{
    *e = (struct acr_test_event){ .host = r->common.host,
                                  .n_users = count_live(r),
                                  .target_users = r->o->n_users,
                                  .spawn_rate = r->o->spawn_rate,
                                  .run_time_s = r->o->run_time_s };
}

static void tell_spawned(struct runner *r)
{
    struct acr_test_event e;

    r->did_tell_spawned = true;
    r->state = "running";
    collect(r, acri_clock_now_ns() + (r->o->reset_stats ? GRACE_NS : TICK_NS / 4));
    acri_log_info("all %llu users are spawned", (unsigned long long)r->o->n_users);
    if (r->o->reset_stats) {
        reset(r);
        acri_log_info("statistics reset: spawning is complete");
        ACRI_FIRE(&r->hook_results, r->service, reset_stats, );
    }
    fill_test_event(r, &e);
    ACRI_FIRE(&r->hook_results, r->service, spawning_complete, , &e);
}

static void tick(struct runner *r)
{
    struct acr_snapshot s;
    uint64_t now_ns;

    collect(r, acri_clock_now_ns() + TICK_NS / 4);
    make_snapshot(r, &s);
    if (r->listener->tick != NULL)
        r->listener->tick(r->listener->arg, &s);
    ACRI_FIRE(&r->hook_results, r->service, tick, , &s);
    now_ns = acri_clock_now_ns();
    while (r->tick_due_ns <= now_ns)
        r->tick_due_ns += TICK_NS;
}

/* --- the course of a run
 * --------------------------------------------------------------------------- */

static uint64_t after_s(uint64_t from_ns, double seconds)
{
    return from_ns + acri_clock_ns_of(seconds);
}

static void keep_running(struct runner *r)
{
    uint64_t end_ns =
        r->o->run_time_s > 0 ? after_s(r->common.started_ns, r->o->run_time_s) : UINT64_MAX;

    while (r->stop == STOP_NONE) {
        uint64_t now_ns = acri_clock_now_ns();
        uint64_t next_ns = r->tick_due_ns < end_ns ? r->tick_due_ns : end_ns;

        if (r->warmup_due_ns != 0 && r->warmup_due_ns <= now_ns)
            end_warmup(r);
        else if (r->is_spawned && !r->did_tell_spawned)
            tell_spawned(r);
        else if (now_ns >= end_ns) {
            acri_log_info("the run time is over: stopping");
            break;
        } else if (now_ns >= r->tick_due_ns) {
            tick(r);
            if (r->did_tell_spawned && count_live(r) == 0 && !is_out(r)) {
                acri_log_warning("no user is left: stopping");
                break;
            }
        } else {
            if (r->warmup_due_ns != 0 && r->warmup_due_ns < next_ns)
                next_ns = r->warmup_due_ns;
            wait_until(r, next_ns);
        }
    }
}

static void post_stop(struct runner *r, enum acri_stop how)
{
    for (size_t i = 0; i < r->n_loops; i++)
        acri_users_post_stop(&r->loops[i], how);
}

/* Wait for all users to end, ticking; until a deadline or, when is_patient, a second stop request.
 */
static bool wait_for_users(struct runner *r, uint64_t deadline_ns, bool is_patient)
{
    while (r->n_empty < r->n_loops) {
        uint64_t now_ns = acri_clock_now_ns();

        if (now_ns >= deadline_ns || (is_patient && r->stop == STOP_AT_ONCE))
            return false;
        if (now_ns >= r->tick_due_ns)
            tick(r);
        else
            wait_until(r, r->tick_due_ns < deadline_ns ? r->tick_due_ns : deadline_ns);
    }
    return true;
}

static void stop_users(struct runner *r)
{
    uint64_t now_ns = acri_clock_now_ns();
    bool is_over = false;

    acri_spawner_stop(&r->spawner);
    if (r->stop != STOP_AT_ONCE && r->o->stop_timeout_s > 0) {
        post_stop(r, ACRI_STOP_GRACEFUL);
        is_over = wait_for_users(r, after_s(now_ns, r->o->stop_timeout_s), true);
        if (!is_over && r->stop != STOP_AT_ONCE)
            acri_log_info("the stop timeout is over: running tasks are cancelled");
    }
    if (!is_over && r->stop != STOP_AT_ONCE) {
        post_stop(r, ACRI_STOP_CANCEL);
        is_over = wait_for_users(r, after_s(acri_clock_now_ns(), r->o->on_stop_timeout_s), true);
    }
    if (!is_over) {
        post_stop(r, ACRI_STOP_CANCEL);
        post_stop(r, ACRI_STOP_NOW);
        is_over = wait_for_users(r, acri_clock_now_ns() + GRACE_NS, false);
    }
    if (!is_over) {
        r->is_stuck = true;
        acri_crash_watchdog(2 * CRASH_REPORT_S, 4);
        /* A slow loop is not a stuck one: it still hands over. */
        collect(r, acri_clock_now_ns() + GRACE_NS);
        for (size_t i = 0; i < r->n_loops; i++)
            if (r->loops[i].handover.is_out && !r->loops[i].is_given_up) {
                acri_traceback_report_stuck(&r->loops[i]);
                give_up(r, &r->loops[i]);
            }
    }
}

static void start_users(struct runner *r)
{
    r->common.started_ns = acri_clock_now_ns();
    r->start_real_ns = acri_clock_real_ns();
    r->tick_due_ns = r->common.started_ns + TICK_NS;
    r->warmup_due_ns = r->o->warmup_s > 0 ? after_s(r->common.started_ns, r->o->warmup_s) : 0;
    acri_stats_reset(r->stats, r->common.started_ns, r->start_real_ns);
    for (size_t i = 0; i < r->n_loops; i++)
        r->loops[i].handed_over_ns = r->loops[i].open_since_ns = r->common.started_ns;
    r->state = "spawning";
    acri_log_info(
        "spawning %llu users at %g per second on %zu threads (--seed %llu repeats this run)",
        (unsigned long long)r->o->n_users, r->o->spawn_rate, r->n_loops,
        (unsigned long long)r->o->seed);
    acri_spawner_start(&r->spawner, r->common.plan, &r->control.loop, r->loops, r->n_loops,
                       r->o->n_users, r->o->spawn_rate, on_spawned);
}

/* Failures and exceptions decide; then listeners' errors. */
static int decide_exit_code(const struct runner *r, const struct acr_snapshot *s)
{
    if (r->exit_code >= 0)
        return r->exit_code;
    if (r->has_crashed)
        return 5;
    if (r->is_stuck)
        return 4; /* invalid: results are missing */
    if (r->hook_results.did_start_fail)
        return 1;
    if (acr_snapshot_n_failures(s) > 0 || acr_snapshot_n_exceptions(s) > 0)
        return r->o->exit_code_on_error;
    return r->hook_results.did_fail ? 2 : 0;
}

/* Users whose tasks go on although they are cancelled: the scenario has a loop that never ends. */
static void tell_parked(const struct runner *r)
{
    uint64_t n = 0;

    for (size_t i = 0; i < r->n_loops; i++)
        if (!r->loops[i].is_given_up)
            n += r->loops[i].handover.n_parked;
    if (n > 0)
        acri_log_warning("%llu users never returned from their task and were left where they were",
                         (unsigned long long)n);
}

static void finish(struct runner *r, bool did_start)
{
    struct acr_quit_event quit;
    struct acr_snapshot s;

    acri_user_revive_service(r->service);
    if (did_start) {
        collect(r, acri_clock_now_ns() + GRACE_NS);
        tell_parked(r);
        if (r->warmup_due_ns != 0)
            acri_log_warning(
                "the run ended in its warm-up: the statistics are those of the warm-up");
        r->state = "stopped";
        make_snapshot(r, &s);
        ACRI_FIRE(&r->hook_results, r->service, test_stop, , &s);
    }
    r->state = "stopped";
    make_snapshot(r, &s);
    quit = (struct acr_quit_event){ .snapshot = &s, .exit_code = decide_exit_code(r, &s) };
    acri_hooks_fire_quitting(&r->hook_results, r->service, &quit);
    if (did_start && r->listener->final != NULL)
        r->listener->final(r->listener->arg, &s);
    r->exit_code = decide_exit_code(r, &s);
}

static void conduct(void *arg)
{
    struct runner *r = arg;
    struct acr_test_event e;
    bool can_start;

    r->conductor = acri_loop_current(&r->control.loop);
    r->service->coroutine = r->conductor;
    fill_test_event(r, &e);
    can_start = acri_hooks_fire_start(&r->hook_results, r->service, &e);
    if (can_start && r->stop == STOP_NONE) {
        start_users(r);
        keep_running(r);
        r->state = "stopping";
        acri_user_revive_service(r->service);
        fill_test_event(r, &e);
        if (!r->has_crashed)
            ACRI_FIRE(&r->hook_results, r->service, test_stopping, , &e);
        stop_users(r);
        finish(r, true);
    } else {
        finish(r, false);
    }
    acri_loop_end(&r->control.loop);
}

/* --- set-up
 * ---------------------------------------------------------------------------------------- */

static int watch(struct runner *r, struct acri_error *reterr)
{
    int code = acri_signals_watch(&r->signals, &r->control.loop, on_stop_signal);

    if (code == 0)
        code = acri_crash_init(&r->crash_fd);
    if (code == 0)
        r->crash_watch = acr_watch_new(&r->control.loop, r->crash_fd, ACR_READ, on_crash, r);
    if (r->crash_watch == NULL)
        return acri_fail(reterr, -EMFILE,
                         "signals could not be watched: raise the limit of open "
                         "files (ulimit -n)");
    return 0;
}

static int set_up(struct runner *r, struct acri_error *reterr)
{
    int code = acri_users_init(&r->control, (unsigned)r->o->n_threads, true, &r->common, reterr);

    if (code < 0)
        return code;
    r->service = acri_user_new_service(&r->control);
    code = watch(r, reterr);
    r->loops = acri_alloc(r->o->n_threads * sizeof(*r->loops));
    while (code == 0 && r->n_loops < r->o->n_threads) {
        code =
            acri_users_init(&r->loops[r->n_loops], (unsigned)r->n_loops, false, &r->common, reterr);
        if (code == 0) {
            code = acri_users_start(&r->loops[r->n_loops], reterr);
            if (code == 0)
                r->n_loops++;
            else
                acri_users_done(&r->loops[r->n_loops]);
        }
    }
    return code;
}

static void tear_down(struct runner *r)
{
    for (size_t i = 0; i < r->n_loops; i++) {
        acri_users_join(&r->loops[i]);
        acri_users_done(&r->loops[i]);
    }
    free(r->loops);
    acri_spawner_done(&r->spawner);
    acri_signals_done(&r->signals);
    acr_watch_free(r->crash_watch);
    close(r->crash_fd);
    if (r->service != NULL) {
        acri_user_free_service(r->service);
        acri_users_done(&r->control);
    }
    acri_stats_free(r->stats);
}

int acri_runner_run(const struct acri_plan *plan, const struct acri_run_options *options,
                    const struct acri_run_listener *listener, struct acri_run_result *ret_result,
                    struct acri_error *reterr)
{
    static struct runner r; /* kept when a stuck thread still uses it */
    int code;

    r = (struct runner){
        .common = { .plan = plan,
                    .host = options->host,
                    .seed = options->seed,
                    .started_ns = acri_clock_now_ns(),
                    .control = &r.control.loop,
                    .on_handover = on_handover,
                    .on_empty = on_empty,
                    .on_failed = on_failed,
                    .on_stop_test = on_stop_test },
        .o = options,
        .listener = listener,
        .signals = { .fd = -1 },
        .crash_fd = -1,
        .state = "ready",
        .exit_code = -1,
    };
    the_runner = &r;
    r.stats = acri_stats_new(r.common.started_ns, acri_clock_real_ns());
    code = set_up(&r, reterr);
    if (code == 0) {
        acri_loop_go(&r.control.loop, acri_stack_class_of(256), conduct, &r, NULL, r.service);
        acri_loop_run(&r.control.loop);
        *ret_result = (struct acri_run_result){ .exit_code = r.exit_code,
                                                .must_exit = r.is_stuck || r.has_crashed,
                                                .start_error = r.hook_results.start_error };
    }
    if (code < 0 || !ret_result->must_exit)
        tear_down(&r);
    the_runner = NULL;
    return code;
}
