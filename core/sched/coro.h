/* SPDX-License-Identifier: MIT */
/*
 * Coroutines: functions that run on a stack of their own, suspend, and are resumed, all on one
 * thread.
 *
 * The structure lies at the top of its stack, so a coroutine costs one stack and nothing else.
 */
#ifndef ACRIDA_SCHED_CORO_H
#define ACRIDA_SCHED_CORO_H

#include "sched/fiber.h"
#include "sched/stack.h"

#include <stdbool.h>

/* What the coroutines of one thread share. */
struct acri_coro_thread {
    struct acri_stack_pool stacks;
    struct acri_fiber_thread fiber;
    void *home;                    /* the thread's own context while a coroutine runs */
    struct acr_coroutine *current; /* NULL outside coroutines */
    size_t n_live;
};

struct acr_coroutine {
    void *context;
    void *fake_stack; /* address sanitizer */
    struct acri_coro_thread *thread;
    void (*function)(void *arg);
    void *arg;
    struct acri_stack stack;
    bool has_ended;
};

void acri_coro_thread_init(struct acri_coro_thread *thread);
void acri_coro_thread_done(struct acri_coro_thread *thread);

/*
 * Make a coroutine that will run function(arg) when it is resumed first. extra_bytes of zeroed
 * memory follow the structure in memory, for the caller.
 *
 * Returns: NULL when there is no address space for a stack.
 * Owner:   itself: it is gone when acri_coro_resume returns true.
 */
struct acr_coroutine *acri_coro_new(struct acri_coro_thread *thread, uint32_t stack_class,
                                    size_t extra_bytes, void (*function)(void *arg), void *arg);

/* The extra memory of acri_coro_new. */
void *acri_coro_extra(struct acr_coroutine *c);

/* Run it until it suspends (false) or ends (true: *c is gone). Not from inside a coroutine. */
bool acri_coro_resume(struct acr_coroutine *c);

/* Back to whoever resumed the current coroutine. Yields. */
void acri_coro_suspend(struct acri_coro_thread *thread);

#endif
