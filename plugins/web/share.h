/* SPDX-License-Identifier: MIT */
/*
 * Asking the control loop. Of what all clients get alike one answer is made about once a second,
 * however many ask: no less than a second apart, and no more than a twentieth of the control loop's
 * time.
 *
 * Thread: the server's.
 */
#ifndef ACRIDA_WEB_SHARE_H
#define ACRIDA_WEB_SHARE_H

#include "exchange.h"

#include <stdbool.h>

struct web_body;
struct web_route;
struct web_shares;

/* Who waits for an answer: a part of what the asker has. */
struct web_waiter {
    struct web_waiter *next;
    /* Called once; body is the shares': use it to keep it. */
    void (*ready)(struct web_waiter *w, struct web_body *body);
};

struct web_shares *web_shares_new(struct web_exchange *x);
/* Waiters are not called any more. Jobs that are not back must not come back. */
void web_shares_free(struct web_shares *s);

/* Ask for a route that is_shared. Calls w->ready, maybe before it returns. */
void web_shares_ask(struct web_shares *s, int route, double now_s, struct web_waiter *w);

/* What was made so far is old: something was changed. */
void web_shares_forget(struct web_shares *s);

#endif
