/* SPDX-License-Identifier: MIT */
/*
 * What the main thread and the cluster thread hand to one another: first in, first out, readable by
 * poll while it holds something.
 */
#ifndef ACRIDA_DIST_QUEUE_H
#define ACRIDA_DIST_QUEUE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct acri_queue_entry;

struct acri_queue {
    pthread_mutex_t lock;
    struct acri_queue_entry *first;
    struct acri_queue_entry *last;
    struct acri_queue_entry **keyed; /* by key: the one that waits, or NULL */
    size_t n_keyed;
    int fd; /* an eventfd: readable (level) while the queue is not empty; never to be read */
};

/* Returns: 0 or a negative errno. */
int acri_queue_init(struct acri_queue *q);
/* What is left is given to the function. Nothing happens where fd is -1: it was never opened. */
void acri_queue_done(struct acri_queue *q, void (*free_item)(void *item));

/*
 * Append. key: 0 = it is kept; else a small number, and of a key only the latest is kept: it stands
 * where it was put last, so that what it says is true after all that is before it. tag: for the
 * taker. Owner: the queue. Thread: any.
 * Returns: the item that it replaces, for the caller to free, or NULL.
 */
void *acri_queue_put(struct acri_queue *q, uint32_t key, uint64_t tag, void *item);

/* Returns: the first item, for the caller; NULL: there is none. ret_tag may be NULL. Thread: any.
 */
void *acri_queue_take(struct acri_queue *q, uint64_t *ret_tag);

#endif
