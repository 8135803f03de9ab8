/* SPDX-License-Identifier: MIT */
/*
 * Timers of one loop: a four-way heap of absolute deadlines, with the keys inline, because with a
 * million sleepers each comparison would otherwise miss the cache.
 */
#ifndef ACRIDA_SCHED_TIMER_H
#define ACRIDA_SCHED_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in what waits. Zeroed = not running. */
struct acri_timer {
    void (*function)(struct acri_timer *t);
    size_t position; /* in the heap or its bucket, from 1; 0 = not running */
    uint32_t bucket; /* from 1; 0 = in the heap */
};

struct acri_timer_item {
    uint64_t at_ns;
    struct acri_timer *timer;
};

struct acri_timer_bucket {
    struct acri_timer_item *items; /* n elements, in no order */
    size_t n;
    size_t capacity;
};

/*
 * The timers that are due first, in a heap of four ways. When there are many, those that are due
 * later wait in buckets by the time, so that the heap stays where the processor's cache is.
 */
struct acri_timer_heap {
    struct acri_timer_item *items; /* n elements */
    size_t n;
    size_t capacity;
    struct acri_timer_bucket *buckets; /* NULL: not needed so far */
    size_t n_later;                    /* timers in buckets */
    uint64_t reached;                  /* number of the last bucket that was emptied */
    uint64_t next;                     /* no bucket before this number has timers */
};

void acri_timer_heap_init(struct acri_timer_heap *heap);
void acri_timer_heap_done(struct acri_timer_heap *heap);

/* Run t->function once at at_ns of the monotonic clock; replaces an earlier setting. */
void acri_timer_set(struct acri_timer_heap *heap, struct acri_timer *t, uint64_t at_ns);
void acri_timer_stop(struct acri_timer_heap *heap, struct acri_timer *t);
bool acri_timer_is_set(const struct acri_timer *t);

/* The earliest deadline; UINT64_MAX when none is set. */
uint64_t acri_timer_heap_next_ns(const struct acri_timer_heap *heap);

/* Run what is due at now_ns, at most `limit` timers, the earliest first. Returns: how many ran. */
size_t acri_timer_heap_expire(struct acri_timer_heap *heap, uint64_t now_ns, size_t limit);

#endif
