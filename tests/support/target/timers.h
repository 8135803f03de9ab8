/* SPDX-License-Identifier: MIT */
/* Deadlines in a binary heap. */
#ifndef ACRIDA_TARGET_TIMERS_H
#define ACRIDA_TARGET_TIMERS_H

#include <stddef.h>
#include <stdint.h>

/* To be embedded in what the deadline is for. */
struct target_timer {
    uint64_t at;  /* nanoseconds of the monotonic clock */
    size_t place; /* in the heap, counted from 1; 0 when not set */
};

struct target_timers {
    struct target_timer **heap;
    size_t count;
    size_t capacity;
};

uint64_t target_timers_now(void);

/* Sets, or moves, a deadline. */
void target_timers_set(struct target_timers *timers, struct target_timer *timer, uint64_t at);
void target_timers_cancel(struct target_timers *timers, struct target_timer *timer);

/* The earliest deadline, UINT64_MAX when there is none. */
uint64_t target_timers_next(const struct target_timers *timers);

/* Takes out a timer due at `now`; NULL when there is none. */
struct target_timer *target_timers_take(struct target_timers *timers, uint64_t now);
void target_timers_free(struct target_timers *timers);

#endif
