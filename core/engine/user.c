/* SPDX-License-Identifier: MIT */
#include "engine/user.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/arrivals.h"
#include "engine/budget.h"
#include "engine/feed_own.h"
#include "engine/park.h"
#include "engine/roster.h"
#include "engine/spawned.h"
#include "engine/step.h"
#include "engine/sync.h"
#include "engine/wait.h"
#include "sched/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin_step(struct acr_user *u, enum acri_user_phase phase);
static void next_task(struct acr_user *u);
static void wait_for_next(struct acr_user *u);
static void leave(struct acr_user *u);

static void on_job(struct acri_job *job)
{
    next_task(ACRI_CONTAINER_OF(job, struct acr_user, job));
}

static void on_timer(struct acri_timer *t)
{
    next_task(ACRI_CONTAINER_OF(t, struct acr_user, timer));
}

struct acr_user *acri_user_new(struct acri_users *us, size_t state_size)
{
    size_t n = us->run->plan->n_clients;
    struct acr_user *u = acri_alloc(ACRI_USER_STATE_AT(n) + state_size);

    u->home = us;
    u->root = u;
    u->frame = &u->base;
    u->job.run = on_job;
    u->timer.function = on_timer;
    u->started_ns = acri_clock_now_ns();
    return u;
}

void acri_user_free(struct acr_user *u)
{
    const struct acri_plan *plan = u->home->run->plan;

    for (size_t i = 0; i < plan->n_clients; i++) {
        if (u->client_states[i] == NULL)
            continue;
        if (plan->clients[i]->user_done != NULL)
            plan->clients[i]->user_done(u, u->client_states[i]);
        free(u->client_states[i]);
    }
    while (u->frame->outer != NULL)
        u->frame = acri_frame_pop(u->frame);
    acri_frame_done(&u->base);
    acri_socket_close_of(&u->sockets, NULL);
    if (u->kept != NULL)
        acri_arena_done(u->kept);
    free(u->kept);
    free(u->context);
    acri_feed_own_free(u->rows);
    free(u);
}

static void end_user(struct acr_user *u)
{
    struct acri_users *us = u->home;
    struct acri_arrivals *arrivals = us->types[u->plan->index].arrivals;

    acri_timer_stop(&us->loop.timers, &u->timer);
    acri_sync_release_held(u);
    acri_roster_unlink(us, u);
    if (u->has_parked_child) {
        u->next = us->parked;
        us->parked = u;
    } else {
        acri_user_free(u);
    }
    acri_users_note_end(us);
    if (arrivals != NULL)
        acri_arrivals_serve_queue(arrivals);
}

static void go_idle(struct acr_user *u)
{
    struct acri_users *us = u->home;

    u->phase = ACRI_USER_IDLE;
    if (us->types[u->plan->index].arrivals != NULL)
        acri_arrivals_give_idle(us->types[u->plan->index].arrivals, u);
    else
        acri_budget_want(us, u);
}

/* After on_start: the first task, at the time that is due. */
static void begin_tasks(struct acr_user *u)
{
    struct acri_users *us = u->home;

    u->intended_ns = us->loop.now_ns - u->owed_ns;
    u->owed_ns = 0;
    u->phase = ACRI_USER_RUNNING;
    if (u->arrival_ns != 0) {
        acri_user_begin_iteration(u, u->arrival_ns);
        u->arrival_ns = 0;
        return;
    }
    if (acri_roster_deals_iterations(u)) {
        go_idle(u);
        return;
    }
    /* A total rate holds from the first task on. */
    if (u->base.set->wait.kind == ACR_WAIT_TOTAL_RATE) {
        wait_for_next(u);
        return;
    }
    acri_loop_queue(&us->loop, &u->job);
}

void acri_user_start(struct acri_users *us, const struct acri_spawn *spawn)
{
    const struct acri_user_plan *plan = &us->run->plan->types[spawn->type];
    struct acr_user *u = acri_user_new(us, plan->type->state_size);

    u->plan = plan;
    u->number = acri_users_number(us->run, spawn->number);
    u->intended_ns = spawn->due_ns;
    if (spawn->is_arrival) {
        u->arrival_ns = spawn->due_ns;
        u->iteration = ACRI_ITERATION_DEALT;
    }
    acri_frame_init(&u->base, plan->tasks);
    acri_rng_init(&u->rng, us->run->seed, u->number);
    acri_roster_link(us, u);
    if (plan->type->on_start != NULL)
        begin_step(u, ACRI_USER_STARTING);
    else
        begin_tasks(u);
}

/* --- a step -------------------------------------------------------------------------------------
 */

static int (*function_of(const struct acr_user *u))(struct acr_user *u)
{
    switch (u->phase) {
    case ACRI_USER_STARTING:
        return u->plan->type->on_start;
    case ACRI_USER_ENTERING:
        return u->frame->set->on_start;
    case ACRI_USER_LEAVING:
        return u->frame->set->on_stop;
    case ACRI_USER_STOPPING:
        return u->plan->type->on_stop;
    default:
        return u->task->task->run;
    }
}

static void pick_next(struct acr_user *u)
{
    struct acri_frame *waits = acri_frame_of_wait(u->frame);

    if (u->iteration == ACRI_ITERATION_DEALT || acri_frame_is_between(u->frame))
        u->home->load[ACR_LOAD_ITERATIONS]++;
    if (u->iteration == ACRI_ITERATION_DEALT) {
        u->home->block->live->iterations++;
        u->iteration = ACRI_ITERATION_BEGUN;
    }
    if (waits->slot_ns == 0)
        waits->slot_ns = u->intended_ns;
    u->task = acri_frame_next(u->frame, &u->rng);
}

/*
 * A user that does not wait goes on with its next task in the same coroutine, which saves a fifth
 * of what a request costs: when the task has let others run, so that each has its turn, and nothing
 * but the next task follows.
 */
static bool goes_on_here(struct acr_user *u, uint64_t turn)
{
    struct acri_users *us = u->home;
    struct acr_loop *l = &us->loop;
    bool is_dealt = acri_roster_deals_iterations(u) && acri_frame_is_between(u->frame);

    if (u->phase != ACRI_USER_RUNNING || u->result != 0 || u->is_ending || u->is_cancelled ||
        u->has_no_on_stop || l->n_resumed == turn || u->frame->set->has_sets ||
        acri_frame_of_wait(u->frame)->set->wait.kind != ACR_WAIT_NONE ||
        (is_dealt && (us->n_granted == 0 || us->is_over || acri_roster_is_open(u))))
        return false;
    l->is_held = true; /* as after a coroutine: nobody waits while a task is cleaned up */
    acri_step_clean_up(u);
    l->is_held = false;
    if (u->asked != 0 || u->is_ending)
        return false;
    acri_arena_rewind(u->arena, 0);
    acri_loop_note_work(l, u);
    u->intended_ns = l->now_ns - u->owed_ns;
    u->owed_ns = 0;
    if (is_dealt) {
        acri_budget_note_done(u);
        u->iteration = acri_budget_take(us) ? ACRI_ITERATION_DEALT : ACRI_ITERATION_NONE;
    }
    pick_next(u);
    return true;
}

static void run_step(void *arg)
{
    struct acr_user *u = arg;
    uint64_t turn;

    u->coroutine = acri_loop_current(&u->home->loop);
    do {
        turn = u->home->loop.n_resumed;
        u->home->running = u;
        u->result = function_of(u)(u);
    } while (goes_on_here(u, turn));
}

/* --- between steps ------------------------------------------------------------------------------
 */

/* It has most likely done the last of all iterations: what it waits for is the end. */
static bool is_last(const struct acr_user *u)
{
    return u->needs_iteration && u->home->is_last_grant && u->home->n_granted == 0;
}

static void wait_until(struct acr_user *u, uint64_t due_ns)
{
    struct acr_loop *l = &u->home->loop;

    u->intended_ns = due_ns;
    u->owed_ns = 0;
    if (due_ns <= l->now_ns || u->home->run->ignore_waits) {
        if (due_ns > l->now_ns && !is_last(u)) {
            acri_log_info("user %llu: a wait of %.3f s is left out", (unsigned long long)u->number,
                          (double)(due_ns - l->now_ns) / 1e9);
            u->intended_ns = l->now_ns;
        }
        u->phase = ACRI_USER_RUNNING;
        acri_loop_queue(l, &u->job);
        return;
    }
    u->phase = ACRI_USER_WAITING;
    acri_timer_set(&l->timers, &u->timer, acri_loop_coalesce_ns(l->now_ns, due_ns));
}

/* The scenario's own wait; it has the memory of a task, but no stack of its own to wait on. */
static double ask_function(struct acr_user *u, const struct acr_wait *wait)
{
    struct acri_users *us = u->home;
    double seconds;

    u->arena = acri_users_take_arena(us);
    us->running = u;
    seconds = wait->function(u);
    us->running = NULL;
    acri_step_clean_up(u);
    acri_users_give_arena(us, u->arena);
    u->arena = NULL;
    return seconds;
}

static void wait_for_next(struct acr_user *u)
{
    struct acri_users *us = u->home;
    struct acri_frame *f = acri_frame_of_wait(u->frame);
    struct acri_wait_input in = { .set = f->set, .now_ns = us->loop.now_ns - u->owed_ns };
    uint64_t n_missed;
    uint64_t due_ns;

    if (f->set->wait.kind == ACR_WAIT_TOTAL_RATE)
        in.slots = acri_roster_rate_slots(u, f->set);
    if (f->set->wait.kind == ACR_WAIT_FUNCTION)
        in.function_s = ask_function(u, &f->set->wait);
    due_ns = acri_wait_due_ns(&in, &f->slot_ns, &u->rng, &n_missed);
    us->load[ACR_LOAD_MISSED_SLOTS] += n_missed;
    if (in.slots != NULL)
        acri_roster_watch_rate(u, f->set, due_ns);
    wait_until(u, due_ns);
}

static void go_on_at_once(struct acr_user *u)
{
    wait_until(u, u->home->loop.now_ns - u->owed_ns);
}

/* Waits as a task does that has ended, or not: by its outcome. */
static void go_on(struct acr_user *u, bool must_wait)
{
    if (acri_frame_is_between(u->frame) && acri_roster_deals_iterations(u)) {
        acri_budget_note_done(u);
        if (u->home->is_over || (acri_roster_is_open(u) && u->plan->type->fresh)) {
            acri_user_finish(u);
            return;
        }
        if (acri_roster_is_open(u)) {
            go_idle(u);
            return;
        }
        u->needs_iteration = true;
    }
    if (must_wait)
        wait_for_next(u);
    else
        go_on_at_once(u);
}

/* Out of the set, and on with what is around it. */
static void pop_and_go_on(struct acr_user *u)
{
    bool must_wait = u->left_with == ACR_INTERRUPT_WAIT;

    u->left_with = 0;
    u->frame = acri_frame_pop(u->frame);
    go_on(u, must_wait);
}

static void interrupt(struct acr_user *u, int outcome)
{
    /* Outside of any set there is nothing to leave. */
    if (u->frame->outer == NULL) {
        go_on(u, outcome == ACR_INTERRUPT_WAIT);
        return;
    }
    u->left_with = (uint8_t)outcome;
    if (u->frame->is_entered && u->frame->set->on_stop != NULL)
        begin_step(u, ACRI_USER_LEAVING);
    else
        pop_and_go_on(u);
}

/* --- ending -------------------------------------------------------------------------------------
 */

/* What is left when no task will be run any more: the spawned, the sets from within, on_stop. */
static void leave(struct acr_user *u)
{
    if (!u->is_ending) {
        u->is_ending = true;
        acri_roster_set_ending(u->home, u);
        acri_spawned_cancel_all(u);
    }
    u->phase = ACRI_USER_DRAINING;
    if (u->n_children > 0)
        return;
    u->is_cancelled = false;
    u->n_cancelled_calls = 0;
    while (u->frame->outer != NULL) {
        if (u->frame->is_entered && u->frame->set->on_stop != NULL) {
            begin_step(u, ACRI_USER_LEAVING);
            return;
        }
        u->frame = acri_frame_pop(u->frame);
    }
    if (u->plan->type->on_stop != NULL && !u->has_no_on_stop)
        begin_step(u, ACRI_USER_STOPPING);
    else
        end_user(u);
}

void acri_user_drained(struct acr_user *u)
{
    leave(u);
}

/* What its last iteration has spawned may come to its end; at the end of all iterations as long as
 * what a stop finds running may, but in --once, which is there to look at it. */
void acri_user_finish(struct acr_user *u)
{
    struct acri_users *us = u->home;

    if (!u->is_ending) {
        u->is_ending = true;
        if (us->is_over && !us->run->ignore_waits && us->run->stop_timeout_s > 0)
            u->cancel_ns = acri_clock_now_ns() + acri_clock_ns_of(us->run->stop_timeout_s);
        else if (us->is_over && !us->run->ignore_waits)
            acri_spawned_cancel_all(u);
        acri_roster_set_ending(us, u);
    }
    leave(u);
}

static void after_task(struct acr_user *u)
{
    switch (u->result) {
    case ACR_RESCHEDULE_NOW:
        go_on(u, false);
        break;
    case ACR_INTERRUPT:
    case ACR_INTERRUPT_WAIT:
        interrupt(u, u->result);
        break;
    default:
        go_on(u, true);
        break;
    }
}

/* on_start of a set: without it, the set is not entered. */
static void after_entering(struct acr_user *u)
{
    if (u->result < 0)
        u->left_with = ACR_INTERRUPT_WAIT;
    else if (u->result == ACR_INTERRUPT || u->result == ACR_INTERRUPT_WAIT)
        u->left_with = (uint8_t)u->result;
    else
        u->frame->is_entered = true;
    if (u->frame->is_entered)
        go_on_at_once(u);
    else
        pop_and_go_on(u);
}

/* What follows a step; the user is not ending. */
static void after_step(struct acr_user *u)
{
    switch (u->phase) {
    case ACRI_USER_STARTING:
        begin_tasks(u);
        break;
    case ACRI_USER_ENTERING:
        after_entering(u);
        break;
    case ACRI_USER_LEAVING:
        pop_and_go_on(u);
        break;
    default:
        after_task(u);
        break;
    }
}

/* Outside the coroutine, whose stack is free again. */
static void on_step_end(void *arg)
{
    struct acr_user *u = arg;
    struct acri_users *us = u->home;

    acri_step_record_exception(u);
    acri_step_clean_up(u);
    us->running = NULL;
    u->coroutine = NULL;
    acri_users_give_arena(us, u->arena);
    u->arena = NULL;
    if (u->phase == ACRI_USER_STARTING && u->result < 0 && !u->is_cancelled)
        u->has_no_on_stop = true;
    if (u->asked != 0)
        u->result = u->asked;
    u->asked = 0;
    if (u->result == ACR_STOP_TEST)
        acri_users_ask_stop_test(us);
    if (u->phase == ACRI_USER_STOPPING) {
        u->has_no_on_stop = true;
        acri_spawned_cancel_all(u);
        leave(u);
    } else if (u->phase == ACRI_USER_LEAVING && u->is_ending) {
        u->frame = acri_frame_pop(u->frame);
        leave(u);
    } else if (u->is_ending || u->has_no_on_stop || u->result == ACR_STOP_USER ||
               u->result == ACR_STOP_TEST) {
        leave(u);
    } else {
        after_step(u);
    }
}

static void begin_step(struct acr_user *u, enum acri_user_phase phase)
{
    struct acri_users *us = u->home;

    u->phase = (uint8_t)phase;
    u->result = 0;
    u->arena = acri_users_take_arena(us);
    if (acri_loop_go(&us->loop, u->plan->stack_class, run_step, u, on_step_end, u))
        return;
    acri_users_warn_stacks(us, u->number);
    acri_users_give_arena(us, u->arena);
    u->arena = NULL;
    /* No further step; what it has spawned may still be at work, and uses it. */
    u->has_no_on_stop = true;
    while (u->frame->outer != NULL)
        u->frame = acri_frame_pop(u->frame);
    leave(u);
}

static void enter(struct acr_user *u, const struct acri_set_plan *set)
{
    u->frame = acri_frame_push(u->frame, set);
    if (set->on_start != NULL) {
        begin_step(u, ACRI_USER_ENTERING);
        return;
    }
    u->frame->is_entered = true;
    go_on_at_once(u);
}

static void next_task(struct acr_user *u)
{
    if (u->is_ending) {
        leave(u);
        return;
    }
    if (u->needs_iteration) {
        go_idle(u);
        return;
    }
    u->phase = ACRI_USER_RUNNING;
    pick_next(u);
    if (u->task->set != NULL)
        enter(u, u->task->set);
    else
        begin_step(u, ACRI_USER_RUNNING);
}

void acri_user_begin_iteration(struct acr_user *u, uint64_t due_ns)
{
    u->phase = ACRI_USER_RUNNING;
    u->needs_iteration = false;
    u->intended_ns = due_ns;
    u->owed_ns = 0;
    acri_loop_queue(&u->home->loop, &u->job);
}

void acri_user_cancel(struct acr_user *u)
{
    u->is_cancelled = true;
    if (u->coroutine != NULL)
        acri_loop_wake(u->coroutine, -ECANCELED);
}

static bool is_between_steps(const struct acr_user *u)
{
    return u->phase == ACRI_USER_WAITING || u->phase == ACRI_USER_IDLE;
}

void acri_user_stop(struct acr_user *u, enum acri_stop how, uint64_t cancel_ns)
{
    if (u->phase == ACRI_USER_SERVICE) {
        acri_user_cancel(u);
        return;
    }
    if (!u->is_ending) {
        u->is_ending = true;
        u->cancel_ns = how == ACRI_STOP_GRACEFUL ? cancel_ns : 0;
        acri_roster_set_ending(u->home, u);
    }
    if (how != ACRI_STOP_GRACEFUL)
        acri_spawned_cancel_all(u);
    if (is_between_steps(u)) {
        acri_timer_stop(&u->home->loop.timers, &u->timer);
        acri_roster_not_idle(u);
        leave(u);
        return;
    }
    /* on_stop has its own time. A user that is about to start a task is queued, and sees is_ending
     * then. */
    if (u->phase == ACRI_USER_STOPPING || u->phase == ACRI_USER_LEAVING) {
        if (how == ACRI_STOP_NOW)
            acri_user_cancel(u);
    } else if (u->coroutine != NULL && how != ACRI_STOP_GRACEFUL) {
        acri_user_cancel(u);
    }
}
