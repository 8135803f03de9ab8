/* SPDX-License-Identifier: MIT */
#include "engine/user.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So often a cancelled user may go on calling before it is taken for one that never ends. */
#define CANCELLED_CALLS 1000u

static void begin_step(struct acr_user *u, enum acri_user_phase phase);
static void next_task(struct acri_job *job);

static size_t n_clients(const struct acr_user *u)
{
    return u->home->run->plan->n_clients;
}

static void on_timer(struct acri_timer *t)
{
    struct acr_user *u = ACRI_CONTAINER_OF(t, struct acr_user, timer);

    next_task(&u->job);
}

static struct acr_user *new_user(struct acri_users *us, size_t state_size)
{
    size_t n = us->run->plan->n_clients;
    struct acr_user *u = acri_alloc(ACRI_USER_STATE_AT(n) + state_size);

    u->home = us;
    u->job.run = next_task;
    u->timer.function = on_timer;
    u->started_ns = acri_clock_now_ns();
    return u;
}

static void free_user(struct acr_user *u)
{
    const struct acri_plan *plan = u->home->run->plan;

    for (size_t i = 0; i < plan->n_clients; i++) {
        if (u->client_states[i] == NULL)
            continue;
        if (plan->clients[i]->user_done != NULL)
            plan->clients[i]->user_done(u, u->client_states[i]);
        free(u->client_states[i]);
    }
    if (u->kept != NULL)
        acri_arena_done(u->kept);
    free(u->kept);
    free(u);
}

void acri_user_free_parked(struct acri_users *us)
{
    while (us->parked != NULL) {
        struct acr_user *u = us->parked;

        us->parked = u->next;
        acri_user_clean_up(u);
        acri_users_give_arena(us, u->arena);
        free_user(u);
    }
}

static void unlink_user(struct acr_user *u)
{
    if (u->next != NULL)
        u->next->previous = u->previous;
    if (u->previous != NULL)
        u->previous->next = u->next;
    else
        u->home->first = u->next;
}

static void end_user(struct acr_user *u)
{
    struct acri_users *us = u->home;

    acri_timer_stop(&us->loop.timers, &u->timer);
    unlink_user(u);
    free_user(u);
    acri_users_note_end(us, false);
}

void acri_user_start(struct acri_users *us, const struct acri_spawn *spawn)
{
    const struct acri_user_plan *plan = &us->run->plan->types[spawn->type];
    struct acr_user *u = new_user(us, plan->type->state_size);

    u->plan = plan;
    u->number = spawn->number;
    u->intended_ns = spawn->due_ns;
    acri_rng_init(&u->rng, us->run->seed, spawn->number);
    u->next = us->first;
    if (us->first != NULL)
        us->first->previous = u;
    us->first = u;
    us->n_live++;
    if (plan->type->on_start != NULL) {
        begin_step(u, ACRI_USER_STARTING);
    } else {
        u->phase = ACRI_USER_RUNNING;
        acri_loop_queue(&us->loop, &u->job);
    }
}

/* --- a step -------------------------------------------------------------------------------------
 */

static void run_step(void *arg)
{
    struct acr_user *u = arg;
    int (*function)(struct acr_user * u) = u->task != NULL ? u->task->run
                                           : u->phase == ACRI_USER_STARTING
                                               ? u->plan->type->on_start
                                               : u->plan->type->on_stop;

    u->coroutine = acri_loop_current(&u->home->loop);
    u->home->running = u;
    u->result = function(u);
}

void acri_user_drop_raised(struct acr_user *u)
{
    if (u->raised != NULL)
        free((void *)(uintptr_t)u->raised->message);
    free(u->raised);
    u->raised = NULL;
}

void acri_user_clean_up(struct acr_user *u)
{
    const struct acri_plan *plan = u->home->run->plan;

    for (size_t i = 0; i < n_clients(u); i++)
        if (u->client_states[i] != NULL && plan->clients[i]->task_done != NULL)
            plan->clients[i]->task_done(u, u->client_states[i]);
    while (u->deferred != NULL) {
        struct acri_deferred *d = u->deferred;

        u->deferred = d->next;
        d->function(d->arg);
        free(d);
    }
    acri_user_drop_raised(u);
}

const char *acri_user_step_name(const struct acr_user *u)
{
    return u->task != NULL                  ? u->task->name
           : u->phase == ACRI_USER_STARTING ? "on_start"
                                            : "on_stop";
}

static void record_exception(struct acr_user *u)
{
    const struct acri_raised *raised = u->raised;
    struct acri_raised unsaid = { .message = "" };
    char reason[64];
    char text[96];

    /* What a cancelled task did not get is not its fault. */
    if (u->result >= 0 || u->is_cancelled)
        return;
    if (raised == NULL) {
        snprintf(text, sizeof(text), "returned %d (%s)", u->result,
                 strerror_r(-u->result, reason, sizeof(reason)));
        unsaid.message = text;
        raised = &unsaid;
    }
    acri_exceptions_add(&u->home->exceptions, raised, u->plan->type->name, acri_user_step_name(u),
                        u->number);
}

static void wait_for_next(struct acr_user *u)
{
    struct acr_loop *l = &u->home->loop;
    const struct acr_wait *w = &u->plan->type->wait;
    double seconds = 0;

    if (w->kind == ACR_WAIT_CONSTANT)
        seconds = w->a_s;
    else if (w->kind == ACR_WAIT_BETWEEN)
        seconds = w->a_s + acri_rng_unit(&u->rng) * (w->b_s - w->a_s);
    if (u->result == ACR_RESCHEDULE_NOW || u->result == ACR_INTERRUPT)
        seconds = 0;
    u->intended_ns = l->now_ns - u->owed_ns + acri_clock_ns_of(seconds);
    u->owed_ns = 0;
    if (seconds <= 0) {
        u->phase = ACRI_USER_RUNNING;
        acri_loop_queue(l, &u->job);
        return;
    }
    u->phase = ACRI_USER_WAITING;
    acri_timer_set(&l->timers, &u->timer, acri_loop_coalesce_ns(l->now_ns, u->intended_ns));
}

struct stop_test_message {
    struct acri_message message;
    const struct acri_run_common *run;
};

static void run_stop_test(struct acri_message *m)
{
    struct stop_test_message *s = (struct stop_test_message *)(void *)m;

    s->run->on_stop_test();
    free(s);
}

static void post_stop_test(const struct acri_run_common *run)
{
    struct stop_test_message *m = acri_alloc(sizeof(*m));

    m->message.run = run_stop_test;
    m->run = run;
    acri_loop_post(run->control, &m->message);
}

static void stop_or_end(struct acr_user *u)
{
    if (u->plan->type->on_stop == NULL) {
        end_user(u);
        return;
    }
    u->is_cancelled = false;
    u->n_cancelled_calls = 0;
    begin_step(u, ACRI_USER_STOPPING);
}

/* Outside the coroutine, whose stack is free again. */
static void on_step_end(void *arg)
{
    struct acr_user *u = arg;
    struct acri_users *us = u->home;

    record_exception(u);
    acri_user_clean_up(u);
    us->running = NULL;
    u->coroutine = NULL;
    acri_users_give_arena(us, u->arena);
    u->arena = NULL;
    if (u->result == ACR_STOP_TEST)
        post_stop_test(us->run);
    if (u->phase == ACRI_USER_STOPPING ||
        (u->phase == ACRI_USER_STARTING && u->result < 0 && !u->is_cancelled))
        end_user(u);
    else if (u->is_ending || u->result == ACR_STOP_USER || u->result == ACR_STOP_TEST)
        stop_or_end(u);
    else if (u->phase == ACRI_USER_STARTING) {
        u->phase = ACRI_USER_RUNNING;
        u->intended_ns = us->loop.now_ns - u->owed_ns;
        u->owed_ns = 0;
        acri_loop_queue(&us->loop, &u->job);
    } else
        wait_for_next(u);
}

static void begin_step(struct acr_user *u, enum acri_user_phase phase)
{
    struct acri_users *us = u->home;
    uint64_t n_left_out;

    u->phase = (uint8_t)phase;
    u->result = 0;
    u->arena = acri_users_take_arena(us);
    if (phase != ACRI_USER_RUNNING)
        u->task = NULL;
    if (acri_loop_go(&us->loop, u->plan->stack_class, run_step, u, on_step_end, u))
        return;
    if (acri_log_may(&us->warn_limit, us->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        acri_log_error("no address space for another stack: user %llu ends; run fewer users in "
                       "tasks at once, or smaller .stack_kib",
                       (unsigned long long)u->number);
    acri_users_give_arena(us, u->arena);
    end_user(u);
}

static void next_task(struct acri_job *job)
{
    struct acr_user *u = ACRI_CONTAINER_OF(job, struct acr_user, job);

    if (u->is_ending) {
        stop_or_end(u);
        return;
    }
    u->task = &u->plan->type->tasks[acri_picker_pick(&u->plan->tasks, &u->rng)];
    begin_step(u, ACRI_USER_RUNNING);
}

/* --- ending -------------------------------------------------------------------------------------
 */

static void cancel(struct acr_user *u)
{
    u->is_cancelled = true;
    if (u->coroutine != NULL)
        acri_loop_wake(u->coroutine, -ECANCELED);
}

void acri_user_stop(struct acr_user *u, enum acri_stop how)
{
    if (u->phase == ACRI_USER_SERVICE || u->phase == ACRI_USER_STOPPING) {
        if (u->phase == ACRI_USER_SERVICE || how == ACRI_STOP_NOW)
            cancel(u);
        return;
    }
    u->is_ending = true;
    if (u->phase == ACRI_USER_WAITING) {
        acri_timer_stop(&u->home->loop.timers, &u->timer);
        stop_or_end(u);
        return;
    }
    /* A user that is about to start a task is queued, and sees is_ending then. */
    if (u->coroutine != NULL && how != ACRI_STOP_GRACEFUL)
        cancel(u);
}

_Noreturn void acri_user_park(struct acr_user *u, const char *why)
{
    struct acri_users *us = u->home;
    uint64_t n_left_out;

    ACRI_ASSERT(u->phase != ACRI_USER_SERVICE);
    if (acri_log_may(&us->warn_limit, us->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        acri_log_warning(
            "user %llu (%s) %s, in %s: it is left where it is (and %llu more since the "
            "last line)",
            (unsigned long long)u->number, u->plan->type->name, why, acri_user_step_name(u),
            (unsigned long long)n_left_out);
    u->phase = ACRI_USER_PARKED;
    unlink_user(u);
    u->next = us->parked;
    us->parked = u;
    us->running = NULL;
    acri_users_note_end(us, true);
    for (;;)
        acri_loop_suspend(&us->loop, 0);
}

int acri_user_suspend(struct acr_user *u, uint64_t deadline_ns)
{
    struct acri_users *us = u->home;
    int reason;

    if (u->is_cancelled) {
        if (++u->n_cancelled_calls > CANCELLED_CALLS) {
            if (u->phase != ACRI_USER_SERVICE)
                acri_user_park(u, "goes on calling after being cancelled");
            /* The conductor is never parked; signals must still be read while a hook spins. */
            acri_loop_suspend(&us->loop, acri_clock_now_ns() + 10 * ACRI_NS_PER_MS);
        }
        return -ECANCELED;
    }
    us->running = NULL;
    reason = acri_loop_suspend(&us->loop, deadline_ns);
    us->running = u;
    u->owed_ns += us->loop.delay_ns;
    return reason;
}

/* --- the service user ---------------------------------------------------------------------------
 */

struct acr_user *acri_user_new_service(struct acri_users *us)
{
    static const struct acr_user_type type = { .name = "service" };
    static const struct acri_user_plan plan = { .type = &type };
    struct acr_user *u = new_user(us, 0);

    u->plan = &plan;
    u->phase = ACRI_USER_SERVICE;
    acri_rng_init(&u->rng, us->run->seed, UINT64_MAX);
    u->arena = acri_users_take_arena(us);
    return u;
}

void acri_user_revive_service(struct acr_user *u)
{
    u->is_cancelled = false;
    u->n_cancelled_calls = 0;
}

void acri_user_free_service(struct acr_user *u)
{
    acri_user_clean_up(u);
    acri_users_give_arena(u->home, u->arena);
    free_user(u);
}
