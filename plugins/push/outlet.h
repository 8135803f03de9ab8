/* SPDX-License-Identifier: MIT */
/*
 * Where numbers are pushed to: an HTTP server that takes them as the body of a POST, or one for
 * datagrams that takes lines of text.
 *
 * What is offered waits in a queue of a bounded size until a coroutine of the control loop has
 * delivered it: nothing here waits for a server, and nothing ends because of one. A failure is told
 * once; then it is tried again, less and less often.
 */
#ifndef ACRIDA_PUSH_OUTLET_H
#define ACRIDA_PUSH_OUTLET_H

#include "results/csv_text.h"

#include <acrida/acrida.h>

#define OUTLET_QUEUE 64

struct acr_coroutine;

struct outlet {
    const char *name;                    /* of its option: "influx" */
    const char *url;                     /* http://, https:// or udp:// */
    char *headers;                       /* of HTTP, lines */
    struct csv_text queue[OUTLET_QUEUE]; /* a ring: n from first on */
    size_t first;
    size_t n;
    size_t n_sent; /* bytes of the first: datagrams that have left already */
    struct acr_coroutine *waiter;
    bool is_failing;
    bool did_warn;
    bool did_recover;
    uint64_t n_offered;
    uint64_t n_delivered;
    uint64_t n_refused; /* the server will never take them */
    uint64_t n_dropped; /* the queue was full */
};

/* Texts are borrowed but headers, which is owned (malloc) and may be NULL. */
void outlet_init(struct outlet *o, const char *name, const char *url, char *headers);
void outlet_done(struct outlet *o);

/* Give it a text, which becomes its own; the oldest makes room. */
void outlet_offer(struct outlet *o, struct csv_text *text);

/* Deliver until the coroutine is cancelled. */
int outlet_run(struct acr_user *u, struct outlet *o);
/* Deliver what is left up to a time of acr_now_ns; by HTTP the newest first. Then tell what was
 * lost. */
void outlet_finish(struct acr_user *u, struct outlet *o, uint64_t end_ns);

#endif
