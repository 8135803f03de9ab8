/* SPDX-License-Identifier: MIT */
/*
 * Between the server's thread and the control loop: jobs go there by acr_control_post and come back
 * by a queue and a descriptor that becomes readable. Neither side waits for the other.
 *
 * acr_control_post is called on a thread of the exchange's own: it needs the descriptors of the
 * process, which the server's thread has parted with.
 */
#ifndef ACRIDA_WEB_EXCHANGE_H
#define ACRIDA_WEB_EXCHANGE_H

#include "reply.h"

struct web_exchange;

/* Something to be done on the control loop, and what came of it. Whoever has it may touch it: the
 * server's thread, then the control loop until it is back. */
struct web_job {
    struct web_job *next;
    struct web_exchange *exchange;
    web_view view;
    void (*back)(struct web_job *job); /* on the server's thread; may free it */
    struct web_request request;
    struct web_reply reply;
    double took_s; /* on the control loop */
};

/* Returns: NULL without memory, descriptors or threads. Thread: the control loop, both. */
struct web_exchange *web_exchange_new(void);
void web_exchange_free(struct web_exchange *x);

/* Readable when jobs are back. */
int web_exchange_fd(const struct web_exchange *x);

/* Have a job done. When the process is ending it comes back with status 503. Thread: the server's.
 */
void web_exchange_ask(struct web_exchange *x, struct web_job *job);

/* Nothing can be posted any more: what has not been, and what is asked for from now on, comes back
 * with status 503. Thread: the control loop. */
void web_exchange_end(struct web_exchange *x);

/* Hand a job over as if it were back: what the control loop has to say. Thread: any. */
void web_exchange_tell(struct web_exchange *x, struct web_job *job);

/* Call `back` of all that are back, in their order. Thread: the server's. */
void web_exchange_take(struct web_exchange *x);

#endif
