/* SPDX-License-Identifier: MIT */
/* Deadlines in a binary heap. */
#include "timers.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_CAPACITY = 64 };

uint64_t target_timers_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void put(struct target_timers *timers, size_t index, struct target_timer *timer)
{
    timers->heap[index] = timer;
    timer->place = index + 1;
}

/* Moves the timer at `index` to where its deadline belongs. */
static void settle(struct target_timers *timers, size_t index)
{
    struct target_timer *timer = timers->heap[index];

    while (index > 0 && timers->heap[(index - 1) / 2]->at > timer->at) {
        put(timers, index, timers->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    for (size_t child = 2 * index + 1; child < timers->count; child = 2 * index + 1) {
        if (child + 1 < timers->count && timers->heap[child + 1]->at < timers->heap[child]->at) {
            child++;
        }
        if (timers->heap[child]->at >= timer->at) {
            break;
        }
        put(timers, index, timers->heap[child]);
        index = child;
    }
    put(timers, index, timer);
}

void target_timers_set(struct target_timers *timers, struct target_timer *timer, uint64_t at)
{
    timer->at = at;
    if (timer->place == 0) {
        if (timers->count == timers->capacity) {
            timers->capacity = timers->capacity > 0 ? 2 * timers->capacity : FIRST_CAPACITY;
            timers->heap = realloc(timers->heap, timers->capacity * sizeof *timers->heap);
            if (timers->heap == NULL) {
                fputs("acrida-target: out of memory\n", stderr);
                abort();
            }
        }
        put(timers, timers->count++, timer);
    }
    settle(timers, timer->place - 1);
}

void target_timers_cancel(struct target_timers *timers, struct target_timer *timer)
{
    if (timer->place > 0) {
        size_t index = timer->place - 1;
        struct target_timer *last = timers->heap[--timers->count];
        timer->place = 0;
        if (last != timer) {
            put(timers, index, last);
            settle(timers, index);
        }
    }
}

uint64_t target_timers_next(const struct target_timers *timers)
{
    return timers->count > 0 ? timers->heap[0]->at : UINT64_MAX;
}

struct target_timer *target_timers_take(struct target_timers *timers, uint64_t now)
{
    struct target_timer *timer = timers->count > 0 ? timers->heap[0] : NULL;
    if (timer == NULL || timer->at > now) {
        return NULL;
    }
    target_timers_cancel(timers, timer);
    return timer;
}

void target_timers_free(struct target_timers *timers)
{
    free(timers->heap);
    *timers = (struct target_timers){ 0 };
}
