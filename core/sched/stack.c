/* SPDX-License-Identifier: MIT */
#include "sched/stack.h"

#include "base/check.h"
#include "base/log.h"
#include "sched/fiber.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13 */
#endif

#define GUARD_BYTES 4096u
#define SLAB_STACKS 256u
/* So many free stacks keep their pages; more than that give them back to the system. */
#define WARM_STACKS 256u

struct acri_stack_slab {
    struct acri_stack_slab *next;
    char *memory;
    size_t bytes;
    size_t stack_bytes;
};

void acri_stack_pool_init(struct acri_stack_pool *pool)
{
    *pool = (struct acri_stack_pool){ 0 };
}

void acri_stack_pool_done(struct acri_stack_pool *pool)
{
    for (size_t i = 0; i < ACRI_STACK_CLASSES; i++) {
        for (size_t k = 0; k < pool->classes[i].n_free; k++)
            acri_fiber_forget_stack(&pool->classes[i].free[k]);
        free(pool->classes[i].free);
    }
    while (pool->slabs != NULL) {
        struct acri_stack_slab *slab = pool->slabs;

        pool->slabs = slab->next;
        munmap(slab->memory, slab->bytes);
        free(slab);
    }
    acri_stack_pool_init(pool);
}

uint32_t acri_stack_class_of(uint32_t kib)
{
    uint32_t size_class = 0;

    if (kib == 0)
        kib = ACRI_STACK_DEFAULT_KIB;
    while (size_class + 1 < ACRI_STACK_CLASSES && (ACRI_STACK_MIN_KIB << size_class) < kib)
        size_class++;
    return size_class;
}

/* Guards by madvise leave the slab one mapping; kernels before 6.13 need a mapping of its own per
 * guard, of which a process may have some 30,000: past that, stacks go without, and that is said
 * once. */
static void install_guard(char *page)
{
    static atomic_bool did_warn; /* loops have pools of their own, on threads of their own */

    if (!acri_fiber_is_valgrind() && madvise(page, GUARD_BYTES, MADV_GUARD_INSTALL) == 0)
        return;
    if (mprotect(page, GUARD_BYTES, PROT_NONE) == 0)
        return;
    if (!atomic_exchange(&did_warn, true))
        acri_log_warning(
            "this kernel has no room for more stack guards (vm.max_map_count): a stack "
            "overflow in a task may go unnoticed; use Linux 6.13 or raise it");
}

static int add_slab(struct acri_stack_pool *pool, uint32_t size_class)
{
    struct acri_stack_class *c = &pool->classes[size_class];
    size_t stack_bytes = (size_t)ACRI_STACK_MIN_KIB * 1024 << size_class;
    struct acri_stack_slab *slab;
    char *memory;

    memory = mmap(NULL, SLAB_STACKS * stack_bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    madvise(memory, SLAB_STACKS * stack_bytes, MADV_NOHUGEPAGE);
    slab = acri_alloc(sizeof(*slab));
    *slab = (struct acri_stack_slab){ .next = pool->slabs,
                                      .memory = memory,
                                      .bytes = SLAB_STACKS * stack_bytes,
                                      .stack_bytes = stack_bytes };
    pool->slabs = slab;
    if (c->capacity < c->n_in_use + c->n_free + SLAB_STACKS) {
        c->capacity = 2 * (c->n_in_use + c->n_free) + SLAB_STACKS;
        c->free = acri_realloc(c->free, c->capacity * sizeof(*c->free));
    }
    for (size_t i = SLAB_STACKS; i-- > 0;) {
        char *lowest = memory + i * stack_bytes;

        install_guard(lowest);
        c->free[c->n_free++] = (struct acri_stack){ .memory = lowest + GUARD_BYTES,
                                                    .size = stack_bytes - GUARD_BYTES,
                                                    .size_class = size_class };
    }
    return 0;
}

int acri_stack_take(struct acri_stack_pool *pool, uint32_t size_class, struct acri_stack *ret_stack)
{
    struct acri_stack_class *c = &pool->classes[size_class];
    int r;

    if (c->n_free == 0) {
        r = add_slab(pool, size_class);
        if (r < 0)
            return r;
    }
    *ret_stack = c->free[--c->n_free];
    c->n_in_use++;
    acri_fiber_know_stack(ret_stack);
    return 0;
}

void acri_stack_give(struct acri_stack_pool *pool, struct acri_stack *stack)
{
    struct acri_stack_class *c = &pool->classes[stack->size_class];

    if (c->n_free >= WARM_STACKS)
        madvise(stack->memory, stack->size, MADV_DONTNEED);
    c->n_in_use--;
    c->free[c->n_free++] = *stack;
    *stack = (struct acri_stack){ 0 };
}

bool acri_stack_pool_is_guard(const struct acri_stack_pool *pool, const void *address)
{
    const char *at = address;

    for (const struct acri_stack_slab *s = pool->slabs; s != NULL; s = s->next)
        if (at >= s->memory && at < s->memory + s->bytes)
            return (size_t)(at - s->memory) % s->stack_bytes < GUARD_BYTES;
    return false;
}
