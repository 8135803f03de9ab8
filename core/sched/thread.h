/* SPDX-License-Identifier: MIT */
/* Starting and joining the loop threads: all that is used of threads besides the mailbox. */
#ifndef ACRIDA_SCHED_THREAD_H
#define ACRIDA_SCHED_THREAD_H

#include <pthread.h>

struct acri_thread {
    pthread_t id;
    void (*function)(void *arg);
    void *arg;
};

/* Start a thread with a name, all signals but faults blocked. Returns: 0 or a negative errno. */
int acri_thread_start(struct acri_thread *t, const char *name, void (*function)(void *arg),
                      void *arg);
void acri_thread_join(struct acri_thread *t);

#endif
