/* SPDX-License-Identifier: MIT */
#include "engine/call.h"

#include "base/clock.h"
#include "engine/park.h"

#include <errno.h>

static struct acr_loop *control_of(const struct acr_user *u)
{
    return u->home->run->control;
}

/* --- on the control loop ------------------------------------------------------------------------
 */

void acri_call_queue(struct acri_calls *queue, struct acri_call *call)
{
    call->queue = queue;
    call->next = NULL;
    call->previous = queue->last;
    if (queue->last != NULL)
        queue->last->next = call;
    else
        queue->first = call;
    queue->last = call;
    queue->n++;
}

static void leave_queue(struct acri_call *call)
{
    struct acri_calls *queue = call->queue;

    if (call->next != NULL)
        call->next->previous = call->previous;
    else
        queue->last = call->previous;
    if (call->previous != NULL)
        call->previous->next = call->next;
    else
        queue->first = call->next;
    call->queue = NULL;
    queue->n--;
}

struct acri_call *acri_call_take(struct acri_calls *queue)
{
    struct acri_call *call = queue->first;

    if (call != NULL)
        leave_queue(call);
    return call;
}

static void run_home(struct acri_message *m);
static void run_withdrawal_home(struct acri_message *m);

void acri_call_answer(struct acri_call *call, int result)
{
    call->result = result;
    call->is_answered = true;
    call->message.run = run_home;
    acri_loop_post(&call->user->home->loop, &call->message);
}

static void run_ask(struct acri_message *m)
{
    struct acri_call *call = ACRI_CONTAINER_OF(m, struct acri_call, message);

    call->ask(call);
}

static void run_withdrawal(struct acri_message *m)
{
    struct acri_call *call = ACRI_CONTAINER_OF(m, struct acri_call, withdrawal);

    if (call->queue != NULL)
        leave_queue(call);
    call->withdrawal.run = run_withdrawal_home;
    acri_loop_post(&call->user->home->loop, &call->withdrawal);
}

/* --- on the caller's loop -----------------------------------------------------------------------
 */

static void run_home(struct acri_message *m)
{
    struct acri_call *call = ACRI_CONTAINER_OF(m, struct acri_call, message);

    call->is_home = true;
    acri_loop_wake(call->coroutine, 0);
}

static void run_withdrawal_home(struct acri_message *m)
{
    struct acri_call *call = ACRI_CONTAINER_OF(m, struct acri_call, withdrawal);

    call->is_withdrawal_home = true;
    acri_loop_wake(call->coroutine, 0);
}

static void withdraw(struct acr_user *u, struct acri_call *call)
{
    struct acri_users *us = u->home;

    call->withdrawal.run = run_withdrawal;
    acri_loop_post(control_of(u), &call->withdrawal);
    /* Being cancelled wakes it, too, and must not end this wait. */
    us->running = NULL;
    while (!call->is_withdrawal_home)
        acri_loop_suspend(&us->loop, 0);
    us->running = u;
    u->owed_ns += us->loop.delay_ns;
}

int acri_call(struct acr_user *u, struct acri_call *call, double timeout_s)
{
    uint64_t deadline_ns = timeout_s > 0 ? acri_clock_now_ns() + acri_clock_ns_of(timeout_s) : 0;
    int reason;

    /* Counts, and does not wait; outside of coroutines it is refused. */
    if (u->is_cancelled || acri_loop_current(&u->home->loop) == NULL)
        return acri_user_suspend(u, 0);
    call->user = u;
    call->coroutine = acri_loop_current(&u->home->loop);
    call->may_wait = timeout_s >= 0;
    call->message.run = run_ask;
    acri_loop_post(control_of(u), &call->message);
    reason = acri_user_suspend(u, deadline_ns);
    if (!call->is_home)
        withdraw(u, call);
    /* What was waited for is the scenario's affair, not the generator's lateness. Within a request
     * the wait is part of it, and no later one was intended then. */
    if (u->n_open == 0)
        u->intended_ns = acri_clock_now_ns();
    u->owed_ns = 0;
    /* By now the answer has come before the withdrawal, or there is none. */
    return call->is_answered ? call->result : reason;
}
