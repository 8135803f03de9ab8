/* SPDX-License-Identifier: MIT */
/* Answers that all clients share. */
#include "share.h"

#include "body.h"
#include "routes.h"

#include <acrida/acrida.h>

#include <stdlib.h>
#include <string.h>

#define FRESH_S 1.0
#define TIMES_AS_LONG 20

struct share {
    struct web_shares *shares;
    struct web_job job;
    struct web_body *body; /* the last one, or NULL */
    double until_s;        /* fresh so long */
    bool is_asked;
    bool is_stale; /* what is under way was asked for before a change */
    struct web_waiter *first;
    struct web_waiter **last;
    const struct web_route *route;
};

struct web_shares {
    struct web_exchange *exchange;
    double now_s;
    struct share all[]; /* by route */
};

static void back(struct web_job *job);

struct web_shares *web_shares_new(struct web_exchange *x)
{
    struct web_shares *s =
        calloc(1, sizeof(struct web_shares) + web_routes_count() * sizeof(struct share));

    if (s == NULL)
        return NULL;
    s->exchange = x;
    for (size_t i = 0; i < web_routes_count(); i++) {
        s->all[i].shares = s;
        s->all[i].last = &s->all[i].first;
        s->all[i].route = web_routes_at(i);
        s->all[i].job.view = s->all[i].route->view;
        s->all[i].job.back = back;
    }
    return s;
}

void web_shares_free(struct web_shares *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < web_routes_count(); i++) {
        web_body_drop(s->all[i].body);
        web_reply_done(&s->all[i].job.reply);
    }
    free(s);
}

static struct share *share_of(struct web_job *job)
{
    return (struct share *)((char *)job - offsetof(struct share, job));
}

static void give(struct share *h, struct web_body *body)
{
    struct web_waiter *w = h->first;

    h->first = NULL;
    h->last = &h->first;
    while (w != NULL) {
        struct web_waiter *next = w->next;

        w->ready(w, body);
        w = next;
    }
}

static void ask(struct share *h)
{
    h->is_asked = true;
    h->is_stale = false;
    h->job.reply = (struct web_reply){ .status = 0 };
    web_exchange_ask(h->shares->exchange, &h->job);
}

static void back(struct web_job *job)
{
    struct share *h = share_of(job);
    double pause_s = job->took_s * TIMES_AS_LONG;
    struct web_body *body;

    h->is_asked = false;
    /* Who has changed something wants to see it. */
    if (h->is_stale && h->first != NULL) {
        web_reply_done(&job->reply);
        ask(h);
        return;
    }
    body = web_body_new(&job->reply);
    web_body_drop(h->body);
    h->body = body;
    h->until_s = (double)acr_now_ns() / 1e9 + (pause_s > FRESH_S ? pause_s : FRESH_S);
    if (h->is_stale)
        h->until_s = 0;
    web_body_use(body);
    give(h, body);
    web_body_drop(body);
}

void web_shares_ask(struct web_shares *s, int route, double now_s, struct web_waiter *w)
{
    struct share *h = &s->all[route];

    if (h->body != NULL && now_s < h->until_s) {
        w->ready(w, h->body);
        return;
    }
    w->next = NULL;
    *h->last = w;
    h->last = &w->next;
    if (!h->is_asked)
        ask(h);
}

void web_shares_forget(struct web_shares *s)
{
    for (size_t i = 0; i < web_routes_count(); i++) {
        s->all[i].until_s = 0;
        s->all[i].is_stale = s->all[i].is_asked;
    }
}
