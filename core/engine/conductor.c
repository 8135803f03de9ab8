/* SPDX-License-Identifier: MIT */
#include "engine/conductor.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/course.h"
#include "engine/crash.h"
#include "engine/follow.h"
#include "engine/handover.h"
#include "engine/loops.h"
#include "engine/service.h"
#include "engine/share.h"
#include "engine/spawned.h"
#include "engine/traceback.h"
#include "engine/view.h"
#include "stats/history.h"
#include "stats/snapshot.h"

#include <errno.h>
#include <string.h>

#define TICK_NS ACRI_NS_PER_S
/* How long cancelled users may take to notice, before their loop is given up. */
#define GRACE_NS (2 * ACRI_NS_PER_S)
/* How long the reports may take after a crash. */
#define CRASH_REPORT_S 5

void acri_conductor_wake(struct acri_conductor *c)
{
    if (c->is_waiting)
        acri_loop_wake(c->coroutine, 0);
}

/* Until something is reported, or this time. */
void acri_conductor_wait(struct acri_conductor *c, uint64_t at_ns)
{
    c->is_waiting = true;
    acri_loop_suspend(&c->control.loop, at_ns);
    c->is_waiting = false;
}

/* Where what loops measure goes first. */
static struct acri_stats *measured(struct acri_conductor *c)
{
    return c->lead != NULL ? c->report.stats : c->stats;
}

void acri_conductor_give_up(struct acri_conductor *c, struct acri_users *us)
{
    us->is_given_up = true;
    acri_stats_lost(measured(c), us->n_unsettled);
    measured(c)->ledger.attempts += us->n_unsettled_attempts;
}

void acri_conductor_take_in(struct acri_conductor *c, struct acri_users *from)
{
    struct acri_handover *h = &from->handover;
    size_t loop = from->loop.index;

    /* The loop may write into the next one while a snapshot is made. */
    from->n_live_seen = h->n_live;
    memcpy(from->load_seen, h->load, sizeof(from->load_seen));
    memcpy(from->type_live_seen, h->type_live, c->common.plan->n_types * sizeof(uint64_t));
    c->loop_cpu_ns[loop] = h->fared.cpu_ns;
    acri_health_take(&c->health, loop, h);
    acri_stats_merge(measured(c), h->block);
    acri_exceptions_move(&c->exceptions, &h->exceptions);
    acri_handover_merge_states(c->common.plan,
                               c->lead != NULL ? c->report.states : c->control.states, h->states);
    if (c->load.spawner.control != NULL)
        acri_spawner_note_quit(&c->load.spawner, loop, h->type_quit);
    c->open_ns += h->open_ns;
    c->over_ns += h->over_ns;
    if (h->did_listener_fail)
        c->hook_results.did_fail = true;
}

/* --- ticks --------------------------------------------------------------------------------------
 */

uint64_t acri_conductor_count_live(const struct acri_conductor *c)
{
    uint64_t n = c->crew != NULL ? c->crew->n_users : 0;

    for (size_t i = 0; i < c->n_loops; i++)
        n += c->loops[i].n_live_seen;
    return n;
}

static bool is_out(const struct acri_conductor *c)
{
    for (size_t i = 0; i < c->n_loops; i++)
        if (c->loops[i].handover.is_out && !c->loops[i].is_given_up)
            return true;
    return false;
}

/* Take in what the loops have, waiting for the slow ones up to a deadline. */
void acri_conductor_collect(struct acri_conductor *c, uint64_t deadline_ns)
{
    if (c->crew != NULL)
        c->crew->drain(c->crew->arg, c->stats);
    if (!is_out(c))
        c->was_settled = c->load.wanted.users > 0 && !c->load.spawner.is_moving;
    for (size_t i = 0; i < c->n_loops; i++)
        if (!c->loops[i].is_given_up)
            acri_handover_post(&c->loops[i]);
    while (is_out(c) && acri_clock_now_ns() < deadline_ns)
        acri_conductor_wait(c, deadline_ns);
    /* What hooks have counted. */
    acri_stats_merge(measured(c), c->control.block);
    acri_hooks_tell_exceptions(&c->hook_results, c->service, measured(c), &c->exceptions);
    if (c->lead != NULL && (c->tick_due_ns == 0 || acri_clock_now_ns() >= c->report_due_ns ||
                            c->stop != ACRI_RUN_ON || c->lead->desired.phase != ACRI_PHASE_RUN)) {
        acri_cluster_report_send(&c->report, c->lead, c->epoch, c->stats, c->control.states);
        c->report_due_ns = acri_clock_now_ns() + acri_follow_report_in(c);
    }
}

static void reset(struct acri_conductor *c)
{
    acri_stats_reset(c->stats, acri_clock_now_ns(), acri_clock_real_ns());
    c->open_ns = c->over_ns = 0;
    acri_health_reset(&c->health);
    if (c->crew != NULL && c->is_in_run)
        c->crew->want_epoch(c->crew->arg);
}

static void end_warmup(struct acri_conductor *c)
{
    struct acr_snapshot s;

    acri_conductor_collect(c, acri_clock_now_ns() + GRACE_NS);
    acri_view_take(c, &s);
    acri_log_info("warm-up over: its %llu requests are left out of the statistics",
                  (unsigned long long)acr_entry_count(acr_snapshot_total(&s), ACR_REQUESTS));
    c->warmup_due_ns = 0;
    reset(c);
    ACRI_FIRE(&c->hook_results, c->service, reset_stats, );
}

void acri_conductor_reset(struct acri_conductor *c)
{
    c->must_reset = false;
    if (c->is_in_run)
        acri_conductor_collect(c, acri_clock_now_ns() + GRACE_NS);
    reset(c);
    acri_log_info("statistics reset");
    ACRI_FIRE(&c->hook_results, c->service, reset_stats, );
}

void acri_conductor_fill_event(const struct acri_conductor *c, struct acr_test_event *e)
{
    const struct acri_ledger *ledger = &c->stats->ledger;
    bool is_as_wanted = c->load.shape != NULL || c->is_edited;

    *e = (struct acr_test_event){ .host = c->common.host,
                                  .n_users = acri_conductor_count_live(c),
                                  .target_users = c->lead != NULL ? acri_follow_users_wanted(c)
                                                  : is_as_wanted  ? c->load.wanted.users
                                                                  : c->o->n_users,
                                  .spawn_rate =
                                      c->is_edited ? c->load.wanted.spawn_rate : c->o->spawn_rate,
                                  .run_time_s = c->o->run_time_s,
                                  .role = c->crew != NULL   ? "master"
                                          : c->lead != NULL ? "worker"
                                                            : "local",
                                  .n_requests = ledger->succeeded + ledger->failed,
                                  .n_failures = ledger->failed,
                                  .arrival_rate =
                                      c->load.is_open ? c->load.wanted.arrival_rate : 0 };
}

/* Each time that the number of users is as wanted; the statistics begin again the first time. */
static void tell_spawned(struct acri_conductor *c)
{
    struct acr_test_event e;
    bool must_reset = c->o->reset_stats && !c->did_spawn;
    uint64_t n = c->load.spawner.dispatch.n; /* collecting may take a while */

    c->is_spawned = false;
    c->did_spawn = true;
    c->state = "running";
    if (c->crew != NULL)
        acri_crew_await(c, n);
    acri_conductor_collect(c, acri_clock_now_ns() + (must_reset ? GRACE_NS : TICK_NS / 4));
    if (n < c->n_told)
        acri_log_info("%llu users are left", (unsigned long long)n);
    else if (n > 0)
        acri_log_info("all %llu users are spawned", (unsigned long long)n);
    c->n_told = n;
    if (must_reset) {
        reset(c);
        acri_log_info("statistics reset: spawning is complete");
        ACRI_FIRE(&c->hook_results, c->service, reset_stats, );
    }
    acri_conductor_fill_event(c, &e);
    ACRI_FIRE(&c->hook_results, c->service, spawning_complete, , &e);
}

void acri_conductor_tick(struct acri_conductor *c)
{
    struct acr_snapshot s;
    uint64_t now_ns;

    acri_conductor_collect(c, acri_clock_now_ns() + TICK_NS / 4);
    acri_view_judge(c, &s, false);
    acri_view_keep(c, &s);
    if (c->crew != NULL)
        c->crew->step(c->crew->arg, c->stats);
    if (c->listener->tick != NULL)
        c->listener->tick(c->listener->arg, &s);
    if (c->lead != NULL)
        acri_follow_observe(c);
    else
        ACRI_FIRE(&c->hook_results, c->service, tick, , &s);
    acri_usage_step(&c->usage, acri_clock_now_ns(), c->loop_cpu_ns, &c->hook_results, c->service);
    now_ns = acri_clock_now_ns();
    while (c->tick_due_ns <= now_ns)
        c->tick_due_ns += TICK_NS;
}

/* --- the course of a run
 * --------------------------------------------------------------------------- */

static uint64_t after_s(uint64_t from_ns, double seconds)
{
    return from_ns + acri_clock_ns_of(seconds);
}

/* All are done and their users have ended, or have had the time that a stop would give them; --once
 * lets what is looked at come to its end. */
static bool are_iterations_over(struct acri_conductor *c)
{
    if (c->crew != NULL)
        return c->o->n_iterations > 0 && c->crew->is_finished;
    if (!c->budget.is_over)
        return false;
    if (c->iterations_end_ns == 0)
        c->iterations_end_ns =
            c->o->ignore_waits
                ? UINT64_MAX
                : after_s(acri_clock_now_ns(), c->o->stop_timeout_s + c->o->on_stop_timeout_s);
    return c->n_finished == c->n_loops || acri_clock_now_ns() >= c->iterations_end_ns;
}

/* Why the run is over by itself, or NULL. */
static const char *why_over(struct acri_conductor *c, uint64_t end_ns)
{
    if (are_iterations_over(c))
        return "all iterations are done: stopping";
    if (acri_clock_now_ns() >= end_ns)
        return "the run time is over: stopping";
    if (acri_load_next_ns(&c->load) <= acri_clock_now_ns() &&
        !acri_load_step(&c->load, &c->hook_results, c->service, acri_conductor_count_live(c)))
        return "the shape is over: stopping";
    return NULL;
}

static bool is_deserted(struct acri_conductor *c)
{
    if (c->crew != NULL && (c->crew->is_deserted || !c->crew->is_empty))
        return c->crew->is_deserted;
    return c->did_spawn && acri_conductor_count_live(c) == 0 && !is_out(c) && !c->load.is_open &&
           !c->budget.is_over && c->load.shape == NULL && c->load.wanted.users > 0 &&
           !c->load.spawner.is_moving && c->was_settled;
}

/* Says so, too. */
static bool did_all_leave(struct acri_conductor *c)
{
    if (!is_deserted(c))
        return false;
    acri_log_warning("no %s is left: stopping",
                     c->crew != NULL && c->crew->is_deserted ? "worker" : "user");
    return true;
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* A goal that ends the run when it is missed. */
static bool is_goal_lost(const struct acri_conductor *c)
{
    const struct acr_goal *g = c->verdict != NULL ? acri_verdict_lost_goal(c->verdict) : NULL;

    if (g == NULL)
        return false;
    acri_log_warning("goal \"%s\" is missed (measured %s): stopping", g->spec.text, g->measured);
    return true;
}

static void keep_running(struct acri_conductor *c)
{
    uint64_t end_ns =
        c->o->run_time_s > 0 ? after_s(c->common.started_ns, c->o->run_time_s) : UINT64_MAX;

    while (c->stop == ACRI_RUN_ON) {
        const char *why = why_over(c, end_ns);
        uint64_t now_ns = acri_clock_now_ns();

        acri_messages_tell(&c->inbox, &c->hook_results, c->service);

        if (why != NULL) {
            acri_log_info("%s", why);
            break;
        }
        if (c->load.spawner.is_moving) {
            c->state = "spawning";
            if (c->crew != NULL)
                c->crew->want_spawned(c->crew->arg, false);
        }
        if (c->must_reset) {
            acri_conductor_reset(c);
        } else if (c->warmup_due_ns != 0 && c->warmup_due_ns <= now_ns) {
            end_warmup(c);
        } else if (c->is_spawned) {
            tell_spawned(c);
            c->may_be_deserted = true; /* what was said before counted for nothing */
        } else if (now_ns >= c->tick_due_ns) {
            acri_conductor_tick(c);
            acri_budget_step(&c->budget, c->loops, c->n_loops);
            if (is_goal_lost(c) || did_all_leave(c))
                break;
        } else if (c->may_be_deserted) {
            c->may_be_deserted = false;
            acri_conductor_collect(c, acri_clock_now_ns() + TICK_NS / 4);
            if (did_all_leave(c))
                break;
        } else {
            uint64_t next_ns = earliest(c->tick_due_ns, end_ns);

            next_ns = earliest(next_ns, acri_load_next_ns(&c->load));
            acri_conductor_wait(c, c->warmup_due_ns != 0 ? earliest(next_ns, c->warmup_due_ns)
                                                         : next_ns);
        }
    }
}

/* What happened since the last tick: a window as long as the run ends here, and not before it. */
static void judge_end(struct acri_conductor *c)
{
    if (c->verdict == NULL || c->has_crashed)
        return;
    acri_conductor_collect(c, acri_clock_now_ns() + TICK_NS / 4);
    acri_view_judge(c, &c->last, false);
}

static void post_stop(struct acri_conductor *c, enum acri_stop how)
{
    for (size_t i = 0; i < c->n_loops; i++)
        acri_users_post_stop(&c->loops[i], how);
}

/* Wait for all users to end, ticking; until a deadline or, when is_patient, a second stop request.
 */
static bool wait_for_users(struct acri_conductor *c, uint64_t deadline_ns, bool is_patient)
{
    while (c->n_empty < c->n_loops) {
        uint64_t now_ns = acri_clock_now_ns();

        if (now_ns >= deadline_ns || (is_patient && c->stop == ACRI_STOP_AT_ONCE))
            return false;
        if (now_ns >= c->tick_due_ns)
            acri_conductor_tick(c);
        else
            acri_conductor_wait(c, c->tick_due_ns < deadline_ns ? c->tick_due_ns : deadline_ns);
    }
    return true;
}

static void stop_users(struct acri_conductor *c)
{
    uint64_t now_ns = acri_clock_now_ns();
    bool is_over = false;

    acri_load_stop(&c->load);
    if (c->crew != NULL)
        acri_crew_stop(c);
    acri_budget_close(&c->budget);
    if (c->stop != ACRI_STOP_AT_ONCE && c->o->stop_timeout_s > 0) {
        post_stop(c, ACRI_STOP_GRACEFUL);
        is_over = wait_for_users(c, after_s(now_ns, c->o->stop_timeout_s), true);
        if (!is_over && c->stop != ACRI_STOP_AT_ONCE)
            acri_log_info("the stop timeout is over: running tasks are cancelled");
    }
    if (!is_over && c->stop != ACRI_STOP_AT_ONCE) {
        post_stop(c, ACRI_STOP_CANCEL);
        is_over = wait_for_users(c, after_s(acri_clock_now_ns(), c->o->on_stop_timeout_s), true);
    }
    if (!is_over) {
        post_stop(c, ACRI_STOP_CANCEL);
        post_stop(c, ACRI_STOP_NOW);
        is_over = wait_for_users(c, acri_clock_now_ns() + GRACE_NS, false);
    }
    if (!is_over) {
        c->is_stuck = true;
        acri_crash_watchdog(2 * CRASH_REPORT_S, 4);
        /* A slow loop is not a stuck one: it still hands over. */
        acri_conductor_collect(c, acri_clock_now_ns() + GRACE_NS);
        for (size_t i = 0; i < c->n_loops; i++)
            if (c->loops[i].handover.is_out && !c->loops[i].is_given_up) {
                acri_traceback_report_stuck(&c->loops[i]);
                acri_conductor_give_up(c, &c->loops[i]);
            }
    }
}

static void tell_start(const struct acri_conductor *c)
{
    const char *where = c->crew != NULL ? "workers" : "threads";
    size_t n = c->crew != NULL ? c->crew->n_here : c->n_loops;

    if (c->load.shape != NULL)
        acri_log_info("running a shape on %zu %s (--seed %llu repeats this run)", n, where,
                      (unsigned long long)c->o->seed);
    else if (c->load.is_open)
        acri_log_info("%g arrivals/s on %zu %s (--seed %llu repeats this run)", c->load.base_rate,
                      n, where, (unsigned long long)c->o->seed);
    if (c->load.shape == NULL && c->load.is_closed)
        acri_log_info(
            "spawning %llu users at %g per second on %zu %s (--seed %llu repeats this run)",
            (unsigned long long)c->o->n_users, c->o->spawn_rate, n, where,
            (unsigned long long)c->o->seed);
}

static void start_users(struct acri_conductor *c)
{
    uint64_t ago_ns = c->crew != NULL ? c->crew->resumed_ns : 0;
    uint64_t now_ns = acri_clock_now_ns();

    c->common.started_ns = now_ns - ago_ns;
    c->start_real_ns = acri_clock_real_ns() - ago_ns;
    c->tick_due_ns = now_ns + TICK_NS;
    c->warmup_due_ns =
        c->o->warmup_s > 0 && c->lead == NULL ? after_s(c->common.started_ns, c->o->warmup_s) : 0;
    if (ago_ns > 0 && c->warmup_due_ns <= now_ns)
        c->warmup_due_ns = 0;
    acri_stats_reset(c->stats, c->common.started_ns, c->start_real_ns);
    if (ago_ns > 0)
        c->crew->restore(c->crew->arg, c->stats);
    acri_usage_begin(&c->usage, c->n_loops, now_ns);
    acri_timeline_begin(&c->timeline, c->n_loops, now_ns);
    if (c->lead == NULL)
        acri_history_begin(c->stats, c->common.started_ns, now_ns);
    acri_health_reset(&c->health);
    for (size_t i = 0; i < c->n_loops; i++)
        acri_handover_begin(&c->loops[i], now_ns);
    acri_share_close(&c->common);
    c->state = "spawning";
    if (c->lead != NULL) {
        c->epoch = c->lead->desired.epoch;
        /* Of one that joins late, too: times are told relative to the start of the run. */
        c->report.base_ns =
            c->lead->desired.start_at_ns > 0 ? c->lead->desired.start_at_ns : c->common.started_ns;
        acri_load_start_led(&c->load, &c->control.loop, c->loops, c->n_loops, c->common.on_spawned);
        return;
    }
    tell_start(c);
    acri_load_start(&c->load, &c->control.loop, c->loops, c->n_loops, c->crew, c->common.started_ns,
                    c->common.on_spawned);
}

/* What hooks have spawned ends with the run. */
static void end_background(struct acri_conductor *c)
{
    uint64_t deadline_ns = after_s(acri_clock_now_ns(), c->o->on_stop_timeout_s);

    acri_spawned_cancel_all(c->service);
    while (c->service->n_children > 0 && acri_clock_now_ns() < deadline_ns)
        acri_conductor_wait(c, acri_clock_now_ns() + 10 * ACRI_NS_PER_MS);
    if (c->service->n_children > 0)
        acri_log_warning("%u coroutines that hooks have spawned did not end",
                         (unsigned)c->service->n_children);
}

/* A spoilt measurement says nothing of goals, goals were asked for by name, and any failure counts
 * without being asked for; then listeners' errors. */
static int decide_exit_code(const struct acri_conductor *c, const struct acr_snapshot *s)
{
    if (c->exit_code >= 0)
        return c->exit_code;
    if (c->has_crashed)
        return 5;
    if (c->is_stuck)
        return 4; /* invalid: results are missing */
    if (c->hook_results.did_start_fail)
        return 1;
    if (acr_snapshot_verdict(s) == ACR_VERDICT_INVALID && !c->o->verdict->allow_invalid)
        return 4;
    if (acri_verdict_is_goal_missed(c->verdict))
        return 3;
    if (c->o->exit_code_on_error != 0 &&
        (acr_snapshot_n_failures(s) > 0 || acr_snapshot_n_exceptions(s) > 0))
        return c->o->exit_code_on_error;
    return c->hook_results.did_fail ? 2 : 0;
}

/* Users whose tasks go on although they are cancelled: the scenario has a loop that never ends. */
static void tell_parked(const struct acri_conductor *c)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->n_loops; i++)
        if (!c->loops[i].is_given_up)
            n += c->loops[i].load_seen[ACR_LOAD_PARKED];
    if (n > 0)
        acri_log_warning("%llu users never returned from their task and were left where they were",
                         (unsigned long long)n);
}

static void finish(struct acri_conductor *c, bool did_start)
{
    acri_service_revive(c->service);
    end_background(c);
    if (did_start) {
        acri_conductor_collect(c, acri_clock_now_ns() + GRACE_NS);
        tell_parked(c);
        if (c->warmup_due_ns != 0)
            acri_log_warning(
                "the run ended in its warm-up: the statistics are those of the warm-up");
        c->state = "stopped";
        acri_view_judge(c, &c->last, true);
        acri_view_keep(c, &c->last);
        c->state = "stopping"; /* to others: another run cannot start before these hooks end */
        ACRI_FIRE(&c->hook_results, c->service, test_stop, , &c->last);
        acri_conductor_collect(c, acri_clock_now_ns()); /* what these hooks have counted */
    }
    c->state = "stopped";
    acri_view_judge(c, &c->last, true);
}

bool acri_conductor_run(struct acri_conductor *c)
{
    struct acr_test_event e;
    bool can_start = acri_loops_start(c, &c->hook_results.start_error) == 0;

    c->is_in_run = true;
    c->run_number++;
    c->hook_results.did_start_fail = !can_start;
    acri_conductor_fill_event(c, &e);
    can_start = can_start && acri_hooks_fire_start(&c->hook_results, c->service, &e) &&
                c->stop == ACRI_RUN_ON && acri_crew_muster(c);
    if (can_start) {
        start_users(c);
        if (c->lead != NULL)
            acri_follow_run(c);
        else
            keep_running(c);
        judge_end(c);
        c->state = "stopping";
        acri_service_revive(c->service);
        acri_conductor_fill_event(c, &e);
        if (!c->has_crashed)
            ACRI_FIRE(&c->hook_results, c->service, test_stopping, , &e);
        stop_users(c);
    }
    finish(c, can_start);
    c->is_in_run = false;
    return can_start;
}

void acri_conductor_quit(struct acri_conductor *c, bool did_run)
{
    const struct acr_snapshot *s = &c->last;
    struct acr_quit_event quit = { .snapshot = s, .exit_code = decide_exit_code(c, s) };

    acri_service_revive(c->service);
    acri_hooks_fire_quitting(&c->hook_results, c->service, &quit);
    if (did_run && c->listener->final != NULL)
        c->listener->final(c->listener->arg, s);
    acri_course_end_posts(c);
    c->exit_code = decide_exit_code(c, s);
    quit.exit_code = c->exit_code;
    ACRI_FIRE(&c->hook_results, c->service, quit, , &quit);
}
