/* SPDX-License-Identifier: MIT */
#include "sched/timer.h"

#include "base/check.h"

#include <stdlib.h>

#define WAYS 4u

/* Buckets of 17 ms, for 69 s; what is later than that stays in the heap. */
#define BUCKET_SHIFT 24u
#define BUCKETS 4096u
/* Fewer timers than this are all in the heap. */
#define MANY 4096u

void acri_timer_heap_init(struct acri_timer_heap *heap)
{
    *heap = (struct acri_timer_heap){ 0 };
}

void acri_timer_heap_done(struct acri_timer_heap *heap)
{
    for (size_t i = 0; heap->buckets != NULL && i < BUCKETS; i++)
        free(heap->buckets[i].items);
    free(heap->buckets);
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

static void add_to_heap(struct acri_timer_heap *heap, struct acri_timer_item item)
{
    if (heap->n == heap->capacity) {
        heap->capacity = heap->capacity > 0 ? heap->capacity * 2 : 64;
        heap->items = acri_realloc(heap->items, heap->capacity * sizeof(*heap->items));
    }
    item.timer->bucket = 0;
    sift_up(heap, heap->n++, item);
}

static void remove_from_heap(struct acri_timer_heap *heap, size_t i)
{
    heap->n--;
    if (i < heap->n)
        fill(heap, i, heap->items[heap->n]);
}

/* --- buckets ------------------------------------------------------------------------------------
 */

/* Whether a timer of that bucket is one to wait there. */
static bool is_later(const struct acri_timer_heap *heap, uint64_t number)
{
    return heap->n >= MANY && heap->reached > 0 && number > heap->reached &&
           number - heap->reached < BUCKETS;
}

static void add_to_bucket(struct acri_timer_heap *heap, uint64_t number,
                          struct acri_timer_item item)
{
    struct acri_timer_bucket *b;

    if (heap->buckets == NULL)
        heap->buckets = acri_alloc(BUCKETS * sizeof(*heap->buckets));
    b = &heap->buckets[number % BUCKETS];
    if (b->n == b->capacity) {
        b->capacity = b->capacity > 0 ? b->capacity * 2 : 64;
        b->items = acri_realloc(b->items, b->capacity * sizeof(*b->items));
    }
    item.timer->bucket = (uint32_t)(number % BUCKETS) + 1;
    item.timer->position = b->n + 1;
    b->items[b->n++] = item;
    if (heap->n_later++ == 0 || number < heap->next)
        heap->next = number;
}

static void remove_from_bucket(struct acri_timer_heap *heap, const struct acri_timer *t)
{
    struct acri_timer_bucket *b = &heap->buckets[t->bucket - 1];
    struct acri_timer_item last = b->items[--b->n];

    heap->n_later--;
    b->items[t->position - 1] = last;
    last.timer->position = t->position;
}

/* Into the heap with all that is due before the end of the next bucket. */
static void reach(struct acri_timer_heap *heap, uint64_t now_ns)
{
    uint64_t number = (now_ns >> BUCKET_SHIFT) + 1;

    for (; heap->n_later > 0 && heap->next <= number; heap->next++) {
        struct acri_timer_bucket *b = &heap->buckets[heap->next % BUCKETS];

        heap->n_later -= b->n;
        for (size_t i = 0; i < b->n; i++)
            add_to_heap(heap, b->items[i]);
        free(b->items); /* it may not be needed for a minute */
        *b = (struct acri_timer_bucket){ 0 };
    }
    if (number > heap->reached)
        heap->reached = number;
}

/* --- timers -------------------------------------------------------------------------------------
 */

void acri_timer_set(struct acri_timer_heap *heap, struct acri_timer *t, uint64_t at_ns)
{
    struct acri_timer_item item = { .at_ns = at_ns, .timer = t };
    uint64_t number = at_ns >> BUCKET_SHIFT;

    if (t->position != 0 && t->bucket == 0 && !is_later(heap, number)) {
        fill(heap, t->position - 1, item);
        return;
    }
    acri_timer_stop(heap, t);
    if (is_later(heap, number))
        add_to_bucket(heap, number, item);
    else
        add_to_heap(heap, item);
}

void acri_timer_stop(struct acri_timer_heap *heap, struct acri_timer *t)
{
    size_t i = t->position;

    if (i == 0)
        return;
    if (t->bucket != 0) {
        remove_from_bucket(heap, t);
    } else {
        ACRI_ASSERT(i <= heap->n && heap->items[i - 1].timer == t);
        remove_from_heap(heap, i - 1);
    }
    t->position = 0;
    t->bucket = 0;
}

bool acri_timer_is_set(const struct acri_timer *t)
{
    return t->position != 0;
}

uint64_t acri_timer_heap_next_ns(const struct acri_timer_heap *heap)
{
    uint64_t next_ns = heap->n > 0 ? heap->items[0].at_ns : UINT64_MAX;
    uint64_t bucket_ns = heap->next << BUCKET_SHIFT;

    /* A bucket is emptied when the one before it begins. */
    return heap->n_later > 0 && bucket_ns - (1u << BUCKET_SHIFT) < next_ns
               ? bucket_ns - (1u << BUCKET_SHIFT)
               : next_ns;
}

size_t acri_timer_heap_expire(struct acri_timer_heap *heap, uint64_t now_ns, size_t limit)
{
    size_t n = 0;

    reach(heap, now_ns);
    while (n < limit && heap->n > 0 && heap->items[0].at_ns <= now_ns) {
        struct acri_timer *t = heap->items[0].timer;

        acri_timer_stop(heap, t);
        t->function(t);
        n++;
    }
    return n;
}
