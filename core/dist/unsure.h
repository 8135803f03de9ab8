/* SPDX-License-Identifier: MIT */
/*
 * Reports that have come and are not on disk yet: which record each is in, so that workers hear of
 * theirs once it is.
 */
#ifndef ACRIDA_DIST_UNSURE_H
#define ACRIDA_DIST_UNSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_unsure_report;

/* All zeros is an empty one. */
struct acri_unsure {
    struct acri_unsure_report *ring;
    size_t n, first, capacity;
    uint32_t *workers; /* that are to be told */
    size_t n_workers, workers_capacity;
    uint64_t *seqs; /* by worker: the last one on disk; 0 = not to be told */
    size_t seqs_capacity;
};

void acri_unsure_done(struct acri_unsure *u);
/* Numbers of records rise. */
void acri_unsure_put(struct acri_unsure *u, uint64_t number, uint32_t worker, uint64_t seq);
/* Records up to a number are on disk: tell the last report of each worker that has some in them. */
void acri_unsure_settle(struct acri_unsure *u, uint64_t number,
                        void (*tell)(void *arg, uint32_t worker, uint64_t seq), void *arg);
bool acri_unsure_is_empty(const struct acri_unsure *u);

#endif
