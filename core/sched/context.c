/* SPDX-License-Identifier: MIT */
#include "sched/context.h"

#include "base/check.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && !defined(ACRI_CONTEXT_UCONTEXT)

void acri_context_start(void);

/* What acri_context_switch pops, from the lowest address up. */
struct frame {
    uintptr_t r15, r14, r13, r12, rbx, rbp, rip;
};

void *acri_context_make(void *stack, size_t size, void (*entry)(void *arg), void *arg)
{
    struct frame *f;

    ACRI_ASSERT((uintptr_t)stack % 16 == 0 && size % 16 == 0);
    /* The ABI wants the stack pointer 16-aligned at the call in acri_context_start. */
    f = (struct frame *)(void *)((char *)stack + size - 16 - sizeof(*f));
    memset(f, 0, 16 + sizeof(*f));
    ACRI_ASSERT(((uintptr_t)f + sizeof(*f)) % 16 == 0);
    f->rbx = (uintptr_t)entry;
    f->r12 = (uintptr_t)arg;
    f->rip = (uintptr_t)acri_context_start;
    return f;
}

#elif defined(__aarch64__) && !defined(ACRI_CONTEXT_UCONTEXT)

void acri_context_start(void);

struct frame {
    uintptr_t x19, x20, x21_x28[8], x29, x30, d8_d15[8];
};

void *acri_context_make(void *stack, size_t size, void (*entry)(void *arg), void *arg)
{
    struct frame *f = (struct frame *)(void *)((char *)stack + size - sizeof(*f));

    ACRI_ASSERT((uintptr_t)stack % 16 == 0 && size % 16 == 0 && sizeof(*f) == 160);
    memset(f, 0, sizeof(*f));
    f->x19 = (uintptr_t)entry;
    f->x20 = (uintptr_t)arg;
    f->x30 = (uintptr_t)acri_context_start;
    return f;
}

#else

#include <ucontext.h>

/* A context lives on the stack that it describes. */
struct start {
    ucontext_t context;
    void (*entry)(void *arg);
    void *arg;
};

/* makecontext passes ints only: the pointer travels in two halves. */
static void start_here(unsigned high, unsigned low)
{
    struct start *s = (struct start *)(((uintptr_t)high << 16 << 16) | low);

    s->entry(s->arg);
}

void *acri_context_make(void *stack, size_t size, void (*entry)(void *arg), void *arg)
{
    size_t at = (size - sizeof(struct start)) & ~(size_t)63;
    struct start *s = (struct start *)(void *)((char *)stack + at);

    getcontext(&s->context);
    s->entry = entry;
    s->arg = arg;
    s->context.uc_stack.ss_sp = stack;
    s->context.uc_stack.ss_size = at;
    s->context.uc_link = NULL;
    makecontext(&s->context, (void (*)(void))start_here, 2, (unsigned)((uintptr_t)s >> 16 >> 16),
                (unsigned)(uintptr_t)s);
    return &s->context;
}

void acri_context_switch(void **ret_from, void *to)
{
    ucontext_t here;

    *ret_from = &here;
    swapcontext(&here, to);
}

#endif
