/* SPDX-License-Identifier: MIT */
/*
 * What the sanitizers and valgrind must be told about stacks that are switched by hand. Without
 * them all of this is empty.
 */
#ifndef ACRIDA_SCHED_FIBER_H
#define ACRIDA_SCHED_FIBER_H

#include <stdbool.h>
#include <stddef.h>

struct acri_stack;

/* The thread sanitizer counts function entries and exits per fiber: a function that enters on one
 * fiber and leaves on another, or never, must not be counted. */
#if defined(__has_attribute) && __has_attribute(disable_sanitizer_instrumentation)
#define ACRI_FIBER_SWITCHES __attribute__((disable_sanitizer_instrumentation))
#elif defined(__SANITIZE_THREAD__)
#define ACRI_FIBER_SWITCHES __attribute__((no_sanitize_thread))
#else
#define ACRI_FIBER_SWITCHES
#endif

/* The stack of a thread, as the address sanitizer sees it. */
struct acri_fiber_thread {
    const void *bottom;
    size_t size;
    void *fiber;      /* thread sanitizer */
    void *fake_stack; /* address sanitizer */
};

bool acri_fiber_is_valgrind(void);

/* A stack is taken for a coroutine: register it where it is not known yet. */
void acri_fiber_know_stack(struct acri_stack *stack);
/* The stack is unmapped. */
void acri_fiber_forget_stack(struct acri_stack *stack);

/* Once on each thread that runs coroutines. */
void acri_fiber_thread_init(struct acri_fiber_thread *thread);

/* Right before a switch from the thread to a coroutine, and right after coming back. */
void acri_fiber_enter(struct acri_fiber_thread *thread, const struct acri_stack *stack);
void acri_fiber_entered_back(struct acri_fiber_thread *thread);

/* In the coroutine: right before leaving (for good, or *fake_stack keeps its state), and on return.
 */
void acri_fiber_leave(struct acri_fiber_thread *thread, bool is_ending, void **fake_stack);
void acri_fiber_returned(struct acri_fiber_thread *thread, void *fake_stack);

#endif
