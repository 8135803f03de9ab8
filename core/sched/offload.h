/* SPDX-License-Identifier: MIT */
/*
 * A few threads for calls that block: what would hold a loop is run there, and comes back.
 *
 * The pool belongs to one loop (the control loop), which deals the jobs and is told of their end;
 * its threads are started when they are needed first. All exchange is by mailbox.
 */
#ifndef ACRIDA_SCHED_OFFLOAD_H
#define ACRIDA_SCHED_OFFLOAD_H

#include "sched/loop.h"

#define ACRI_OFFLOAD_THREADS 8u
#define ACRI_OFFLOAD_QUEUE 4096u

struct acri_offload;
struct acri_offload_worker;

/* Embedded in what is to be run; must stay where it is until done was called. */
struct acri_offload_job {
    void (*run)(struct acri_offload_job *job);  /* on a thread of the pool */
    void (*done)(struct acri_offload_job *job); /* on the pool's loop, when run has returned */
    struct acri_offload_job *next;
};

/* Returns: 0 or a negative errno. Thread: the loop's, as all of the following. */
int acri_offload_new(struct acr_loop *l, struct acri_offload **ret_pool);

/*
 * Jobs that are queued are dropped, those that run are waited for up to a second; a thread that
 * does not come back even then keeps what it works with, which is never freed.
 *
 * Returns: whether all threads have ended.
 */
bool acri_offload_free(struct acri_offload *pool);

/* Returns: 0; -EAGAIN when too many are queued, or the error of starting the first thread: then
 * neither run nor done is called. */
int acri_offload_submit(struct acri_offload *pool, struct acri_offload_job *job);

#endif
