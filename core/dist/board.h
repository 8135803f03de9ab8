/* SPDX-License-Identifier: MIT */
/*
 * What the cluster thread lets others know of the workers: written by it from time to time, read by
 * any thread without asking.
 */
#ifndef ACRIDA_DIST_BOARD_H
#define ACRIDA_DIST_BOARD_H

#include "dist/master.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_board_entry;

struct acri_board {
    pthread_mutex_t lock;
    /* With the lock: */
    struct acri_board_entry *entries; /* by worker */
    size_t n;
    uint64_t n_dropped;
};

void acri_board_init(struct acri_board *b);
void acri_board_done(struct acri_board *b);

/* How the session with a worker is, as of now_ns. */
void acri_board_put(struct acri_board *b, uint64_t now_ns, uint32_t worker,
                    const struct acri_master_health *health);
/* Returns: false: it is not known. Its silence is that of now_ns. */
bool acri_board_get(struct acri_board *b, uint64_t now_ns, uint32_t worker,
                    struct acri_master_health *ret_health);
bool acri_board_is_here(struct acri_board *b, uint32_t worker);
/* Returns: all workers that are known are below this. */
size_t acri_board_size(struct acri_board *b);

/* Frames that were dropped. */
void acri_board_put_dropped(struct acri_board *b, uint64_t n_dropped);
uint64_t acri_board_dropped(struct acri_board *b);

#endif
