/* SPDX-License-Identifier: MIT */
#include "sched/timer.h"

#include "base/check.h"

#include <stdlib.h>

#define WAYS 4u

void acri_timer_heap_init(struct acri_timer_heap *heap)
{
    *heap = (struct acri_timer_heap){ 0 };
}

void acri_timer_heap_done(struct acri_timer_heap *heap)
{
    free(heap->items);
    acri_timer_heap_init(heap);
}

static void place(struct acri_timer_heap *heap, size_t i, struct acri_timer_item item)
{
    heap->items[i] = item;
    item.timer->position = i + 1;
}

static void sift_up(struct acri_timer_heap *heap, size_t i, struct acri_timer_item item)
{
    while (i > 0) {
        size_t parent = (i - 1) / WAYS;

        if (heap->items[parent].at_ns <= item.at_ns)
            break;
        place(heap, i, heap->items[parent]);
        i = parent;
    }
    place(heap, i, item);
}

static void sift_down(struct acri_timer_heap *heap, size_t i, struct acri_timer_item item)
{
    for (;;) {
        size_t first = i * WAYS + 1;
        size_t last = first + WAYS < heap->n ? first + WAYS : heap->n;
        size_t least = first;

        if (first >= heap->n)
            break;
        for (size_t k = first + 1; k < last; k++)
            if (heap->items[k].at_ns < heap->items[least].at_ns)
                least = k;
        if (heap->items[least].at_ns >= item.at_ns)
            break;
        place(heap, i, heap->items[least]);
        i = least;
    }
    place(heap, i, item);
}

/* Put an item where a hole is, whichever way it has to go. */
static void fill(struct acri_timer_heap *heap, size_t i, struct acri_timer_item item)
{
    if (i > 0 && heap->items[(i - 1) / WAYS].at_ns > item.at_ns)
        sift_up(heap, i, item);
    else
        sift_down(heap, i, item);
}

void acri_timer_set(struct acri_timer_heap *heap, struct acri_timer *t, uint64_t at_ns)
{
    struct acri_timer_item item = { .at_ns = at_ns, .timer = t };

    if (t->position != 0) {
        fill(heap, t->position - 1, item);
        return;
    }
    if (heap->n == heap->capacity) {
        heap->capacity = heap->capacity > 0 ? heap->capacity * 2 : 64;
        heap->items = acri_realloc(heap->items, heap->capacity * sizeof(*heap->items));
    }
    sift_up(heap, heap->n++, item);
}

void acri_timer_stop(struct acri_timer_heap *heap, struct acri_timer *t)
{
    size_t i = t->position;

    if (i == 0)
        return;
    ACRI_ASSERT(i <= heap->n && heap->items[i - 1].timer == t);
    t->position = 0;
    heap->n--;
    if (i - 1 < heap->n)
        fill(heap, i - 1, heap->items[heap->n]);
}

bool acri_timer_is_set(const struct acri_timer *t)
{
    return t->position != 0;
}

uint64_t acri_timer_heap_next_ns(const struct acri_timer_heap *heap)
{
    return heap->n > 0 ? heap->items[0].at_ns : UINT64_MAX;
}

size_t acri_timer_heap_expire(struct acri_timer_heap *heap, uint64_t now_ns, size_t limit)
{
    size_t n = 0;

    while (n < limit && heap->n > 0 && heap->items[0].at_ns <= now_ns) {
        struct acri_timer *t = heap->items[0].timer;

        acri_timer_stop(heap, t);
        t->function(t);
        n++;
    }
    return n;
}
