/* SPDX-License-Identifier: MIT */
#include "sched/coro.h"

#include "base/check.h"
#include "sched/context.h"

#include <string.h>

void acri_coro_thread_init(struct acri_coro_thread *thread)
{
    *thread = (struct acri_coro_thread){ 0 };
    acri_stack_pool_init(&thread->stacks);
    acri_fiber_thread_init(&thread->fiber);
}

void acri_coro_thread_done(struct acri_coro_thread *thread)
{
    acri_stack_pool_done(&thread->stacks);
}

static ACRI_FIBER_SWITCHES void run(void *arg)
{
    struct acr_coroutine *c = arg;
    struct acri_coro_thread *thread = c->thread;
    void *nowhere;

    acri_fiber_returned(&thread->fiber, NULL);
    c->function(c->arg);
    c->has_ended = true;
    acri_fiber_leave(&thread->fiber, true, NULL);
    acri_context_switch(&nowhere, thread->home);
}

struct acr_coroutine *acri_coro_new(struct acri_coro_thread *thread, uint32_t stack_class,
                                    size_t extra_bytes, void (*function)(void *arg), void *arg)
{
    size_t top = (sizeof(struct acr_coroutine) + extra_bytes + 63) & ~(size_t)63;
    struct acri_stack stack;
    struct acr_coroutine *c;

    if (acri_stack_take(&thread->stacks, stack_class, &stack) < 0)
        return NULL;
    ACRI_ASSERT(top < stack.size / 2);
    c = (struct acr_coroutine *)(void *)(stack.memory + stack.size - top);
    memset(c, 0, top);
    c->thread = thread;
    c->function = function;
    c->arg = arg;
    c->stack = stack;
    c->context = acri_context_make(stack.memory, stack.size - top, run, c);
    thread->n_live++;
    return c;
}

void *acri_coro_extra(struct acr_coroutine *c)
{
    return c + 1;
}

bool acri_coro_resume(struct acr_coroutine *c)
{
    struct acri_coro_thread *thread = c->thread;
    struct acri_stack stack;

    ACRI_ASSERT(thread->current == NULL);
    thread->current = c;
    acri_fiber_enter(&thread->fiber, &c->stack);
    acri_context_switch(&thread->home, c->context);
    acri_fiber_entered_back(&thread->fiber);
    thread->current = NULL;
    if (!c->has_ended)
        return false;
    stack = c->stack;
    thread->n_live--;
    acri_stack_give(&thread->stacks, &stack);
    return true;
}

void acri_coro_suspend(struct acri_coro_thread *thread)
{
    struct acr_coroutine *c = thread->current;

    ACRI_ASSERT(c != NULL);
    acri_fiber_leave(&thread->fiber, false, &c->fake_stack);
    acri_context_switch(&c->context, thread->home);
    acri_fiber_returned(&thread->fiber, c->fake_stack);
}
