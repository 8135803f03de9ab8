/* SPDX-License-Identifier: MIT */
/* What the target has seen, in memory shared by its processes, so that whichever of them
 * is asked answers for all. Each process writes cells of its own; readers add them up. */
#ifndef ACRIDA_TARGET_COUNTERS_H
#define ACRIDA_TARGET_COUNTERS_H

#include "text.h"

enum { TARGET_COUNTERS_PROCESSES = 64 };

enum target_counters_total {
    TARGET_COUNTERS_HEADS,       /* request heads completely read */
    TARGET_COUNTERS_ANSWERS,     /* answers completely written */
    TARGET_COUNTERS_CONNECTIONS, /* accepted */
    TARGET_COUNTERS_OPEN,        /* accepted and not yet closed */
    TARGET_COUNTERS_BODY_BYTES,  /* of request bodies, without framing */
    TARGET_COUNTERS_MALFORMED,   /* heads and bodies that could not be read */
    TARGET_COUNTERS_1XX,         /* interim answers; then answers by status class */
    TARGET_COUNTERS_2XX,
    TARGET_COUNTERS_3XX,
    TARGET_COUNTERS_4XX,
    TARGET_COUNTERS_5XX,
    TARGET_COUNTERS_TOTALS,
};

struct target_counters; /* the shared part */

/* NULL, with errno set, when there is no memory for them. */
struct target_counters *target_counters_create(void);
void target_counters_destroy(struct target_counters *counters);

void target_counters_add(struct target_counters *counters, unsigned process,
                         enum target_counters_total total, int64_t amount);

/* Counts a request head: its total and its row. */
void target_counters_head(struct target_counters *counters, unsigned process,
                          struct target_text method, struct target_text path);

uint64_t target_counters_total(struct target_counters *counters, enum target_counters_total total);

/* The count of one "METHOD path". */
uint64_t target_counters_path(struct target_counters *counters, struct target_text name);

/* Walks the rows that are not zero: call with *row = 0 first, until false. */
bool target_counters_next(struct target_counters *counters, size_t *row, struct target_text *name,
                          uint64_t *count);

/* Zeroes everything but the connections now open, and forgets the first request. */
void target_counters_reset(struct target_counters *counters);

/* How often there has been a reset: what was counted before one must not be taken back
 * after it. */
uint32_t target_counters_epoch(struct target_counters *counters);

/* A number no other accepted connection has, resets notwithstanding. */
uint64_t target_counters_connection(struct target_counters *counters);

/* When the first counted request came, by the monotonic clock; 0 before it. The caller
 * offers its own time, which is taken if there was none. */
uint64_t target_counters_first(struct target_counters *counters);
void target_counters_offer_first(struct target_counters *counters, uint64_t now);

/* Until when no process is to answer anything. */
uint64_t target_counters_stall(struct target_counters *counters);
void target_counters_set_stall(struct target_counters *counters, uint64_t until);

#endif
