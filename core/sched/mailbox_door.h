/* SPDX-License-Identifier: MIT */
/*
 * The way into a mailbox for threads that do not know whether its owner is still there: a function
 * is taken while the door is open, and refused otherwise. Thread: any, but for opening and closing,
 * which are the owner's.
 */
#ifndef ACRIDA_SCHED_MAILBOX_DOOR_H
#define ACRIDA_SCHED_MAILBOX_DOOR_H

#include "sched/mailbox.h"

#include <stdint.h>

struct acri_mailbox_door {
    pthread_mutex_t lock;
    struct acri_mailbox *box; /* NULL = closed */
    uint64_t n_inside;        /* taken, and not called yet */
};

#define ACRI_MAILBOX_DOOR_INIT            \
    {                                     \
        .lock = PTHREAD_MUTEX_INITIALIZER \
    }

/* It was closed, and nobody is inside. */
void acri_mailbox_door_open(struct acri_mailbox_door *door, struct acri_mailbox *box);
/* Nobody comes in any more; who is inside is still called. */
void acri_mailbox_door_close(struct acri_mailbox_door *door);
/* How many were taken and not called yet. */
uint64_t acri_mailbox_door_inside(struct acri_mailbox_door *door);

/* Have function(arg) called by the mailbox's receiver. Returns: 0; -ESHUTDOWN: it is closed. */
int acri_mailbox_door_post(struct acri_mailbox_door *door, void (*function)(void *arg), void *arg);

#endif
