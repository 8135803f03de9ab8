/* SPDX-License-Identifier: MIT */
/*
 * What one entry did in the last seconds: a ring of slots (about a second each) and the slot that
 * is being filled. When slots begin and end is decided for all entries together, in stats.
 *
 * A closed slot keeps its response times as a list of buckets and counts: a quiet second costs
 * bytes.
 */
#ifndef ACRIDA_STATS_WINDOW_H
#define ACRIDA_STATS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "stats/histogram.h"

#define ACRI_WINDOW_SLOTS 10u

struct acri_window_slot {
    uint64_t requests;
    uint64_t failures;
    uint64_t min_ns;
    uint64_t max_ns;
    uint32_t *items; /* bucket * 65,536 + count; a larger count takes several */
    size_t n_items;
};

struct acri_window {
    struct acri_window_slot slots[ACRI_WINDOW_SLOTS];
    struct acri_histogram open; /* response times of the slot being filled */
    uint64_t open_requests;
    uint64_t open_failures;
};

void acri_window_init(struct acri_window *w);
void acri_window_done(struct acri_window *w);

/* Count in the slot being filled. */
void acri_window_add(struct acri_window *w, uint64_t n_requests, uint64_t n_failures,
                     const struct acri_histogram *times);
/* Move the slot being filled into a slot of the ring that is empty. */
void acri_window_close(struct acri_window *w, size_t slot);
/* Empty a slot of the ring. */
void acri_window_drop(struct acri_window *w, size_t slot);
/* Empty all. */
void acri_window_clear(struct acri_window *w);

/* Sums over all closed slots. */
uint64_t acri_window_requests(const struct acri_window *w);
uint64_t acri_window_failures(const struct acri_window *w);
/* Add the response times of all closed slots to a histogram: its buckets and range, not its sum. */
void acri_window_times(const struct acri_window *w, struct acri_histogram *into);

/* Allocated bytes, without the structure itself. */
size_t acri_window_bytes(const struct acri_window *w);

#endif
