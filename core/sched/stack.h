/* SPDX-License-Identifier: MIT */
/*
 * Stacks for coroutines, by size class, from address space that is reserved in slabs.
 *
 * A stack costs what it touches: slabs are mapped without reserving memory and without huge pages
 * (one of those per stack would cost 64 KiB or more). The lowest page of each stack is a guard.
 */
#ifndef ACRIDA_SCHED_STACK_H
#define ACRIDA_SCHED_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACRI_STACK_MIN_KIB 16u
#define ACRI_STACK_DEFAULT_KIB 64u
#define ACRI_STACK_CLASSES 7 /* 16, 32, ... 1024 KiB */

struct acri_stack {
    char *memory; /* lowest usable address, above the guard; NULL = none */
    size_t size;  /* usable bytes */
    uint32_t size_class;
    void *fiber;       /* the thread sanitizer's view of it, or NULL */
    unsigned valgrind; /* valgrind's registration */
};

struct acri_stack_slab;

struct acri_stack_class {
    struct acri_stack *free; /* n_free elements */
    size_t n_free;
    size_t capacity;
    size_t n_in_use;
};

/* The stacks of one loop; used by its thread only. */
struct acri_stack_pool {
    struct acri_stack_class classes[ACRI_STACK_CLASSES];
    struct acri_stack_slab *slabs;
};

void acri_stack_pool_init(struct acri_stack_pool *pool);
/* All stacks must have been given back or be given up. */
void acri_stack_pool_done(struct acri_stack_pool *pool);

/* The size class for a stack of so many KiB (0 = the default), rounded up. */
uint32_t acri_stack_class_of(uint32_t kib);

/* Take a stack, the one used last first. Returns: 0, or -ENOMEM when no address space is left. */
int acri_stack_take(struct acri_stack_pool *pool, uint32_t size_class,
                    struct acri_stack *ret_stack);
void acri_stack_give(struct acri_stack_pool *pool, struct acri_stack *stack);

/* Whether the address lies in the guard page of a stack of this pool. Async-signal-safe. */
bool acri_stack_pool_is_guard(const struct acri_stack_pool *pool, const void *address);

#endif
