/* SPDX-License-Identifier: MIT */
/*
 * Messages from one thread to another: the only thing that threads share.
 */
#ifndef ACRIDA_SCHED_MAILBOX_H
#define ACRIDA_SCHED_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>

/* Embedded in what is sent; run on the receiver, which then owns it. */
struct acri_message {
    struct acri_message *next;
    void (*run)(struct acri_message *m);
};

struct acri_mailbox {
    pthread_mutex_t lock;
    struct acri_message *first;
    struct acri_message *last;
    int fd; /* an eventfd: readable while there are messages */
};

/* Returns: 0 or a negative errno. */
int acri_mailbox_init(struct acri_mailbox *box);
/* Messages left over are dropped, not run. */
void acri_mailbox_done(struct acri_mailbox *box);

/* Thread: any. Order of one sender is kept. */
void acri_mailbox_post(struct acri_mailbox *box, struct acri_message *m);

/* Run what has arrived. Thread: the receiver. */
void acri_mailbox_run(struct acri_mailbox *box);

#endif
