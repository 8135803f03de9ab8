/* SPDX-License-Identifier: MIT */
#include "sched/fiber.h"

#include "sched/stack.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__SANITIZE_THREAD__)
#define HAS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_TSAN 1
#endif
#endif
#ifdef HAS_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define HAS_VALGRIND 1
#endif
#endif

bool acri_fiber_is_valgrind(void)
{
#ifdef HAS_VALGRIND
    return RUNNING_ON_VALGRIND != 0;
#else
    return false;
#endif
}

void acri_fiber_know_stack(struct acri_stack *stack)
{
#ifdef HAS_TSAN
    if (stack->fiber == NULL)
        stack->fiber = __tsan_create_fiber(0);
#endif
#ifdef HAS_VALGRIND
    if (stack->valgrind == 0 && RUNNING_ON_VALGRIND)
        stack->valgrind =
            1 + (unsigned)VALGRIND_STACK_REGISTER(stack->memory, stack->memory + stack->size);
#endif
#ifdef HAS_ASAN
    /* Redzones of frames that a cancelled or parked coroutine left behind. */
    __asan_unpoison_memory_region(stack->memory, stack->size);
#endif
    (void)stack;
}

void acri_fiber_forget_stack(struct acri_stack *stack)
{
#ifdef HAS_TSAN
    if (stack->fiber != NULL)
        __tsan_destroy_fiber(stack->fiber);
#endif
#ifdef HAS_VALGRIND
    if (stack->valgrind != 0)
        VALGRIND_STACK_DEREGISTER(stack->valgrind - 1);
#endif
    (void)stack;
}

void acri_fiber_thread_init(struct acri_fiber_thread *thread)
{
    *thread = (struct acri_fiber_thread){ 0 };
#ifdef HAS_TSAN
    thread->fiber = __tsan_get_current_fiber();
#endif
}

ACRI_FIBER_SWITCHES void acri_fiber_enter(struct acri_fiber_thread *thread,
                                          const struct acri_stack *stack)
{
#ifdef HAS_ASAN
    __sanitizer_start_switch_fiber(&thread->fake_stack, stack->memory, stack->size);
#endif
#ifdef HAS_TSAN
    __tsan_switch_to_fiber(stack->fiber, 0);
#endif
    (void)thread;
    (void)stack;
}

void acri_fiber_entered_back(struct acri_fiber_thread *thread)
{
#ifdef HAS_ASAN
    __sanitizer_finish_switch_fiber(thread->fake_stack, NULL, NULL);
#endif
    (void)thread;
}

ACRI_FIBER_SWITCHES void acri_fiber_leave(struct acri_fiber_thread *thread, bool is_ending,
                                          void **fake_stack)
{
#ifdef HAS_ASAN
    __sanitizer_start_switch_fiber(is_ending ? NULL : fake_stack, thread->bottom, thread->size);
#endif
#ifdef HAS_TSAN
    __tsan_switch_to_fiber(thread->fiber, 0);
#endif
    (void)thread;
    (void)is_ending;
    (void)fake_stack;
}

void acri_fiber_returned(struct acri_fiber_thread *thread, void *fake_stack)
{
#ifdef HAS_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, &thread->bottom, &thread->size);
#endif
    (void)thread;
    (void)fake_stack;
}
