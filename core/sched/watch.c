/* SPDX-License-Identifier: MIT */
/* Readiness of descriptors and timers for clients: the loop half of <acrida/client.h>. */
#include "sched/loop.h"

#include <acrida/client.h>

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

struct acr_watch {
    struct event event;
    struct acr_loop *loop;
    acr_watch_fn function;
    void *arg;
    uint32_t interest;
};

static void on_ready(int fd, short what, void *arg)
{
    struct acr_watch *w = arg;
    uint32_t ready = 0;

    if ((what & EV_READ) != 0)
        ready |= ACR_READ;
    if ((what & EV_WRITE) != 0)
        ready |= ACR_WRITE;
    w->function(fd, ready, w->arg);
}

static int add(struct acr_watch *w, int fd, uint32_t interest)
{
    short what = EV_PERSIST;

    if ((interest & ACR_READ) != 0)
        what |= EV_READ;
    if ((interest & ACR_WRITE) != 0)
        what |= EV_WRITE;
    if (event_assign(&w->event, w->loop->base, fd, what, on_ready, w) < 0)
        return -EINVAL;
    w->interest = interest;
    if (interest == 0)
        return 0;
    return event_add(&w->event, NULL) < 0 ? -errno : 0;
}

struct acr_watch *acr_watch_new(struct acr_loop *l, int fd, uint32_t interest, acr_watch_fn fn,
                                void *arg)
{
    struct acr_watch *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return NULL;
    w->loop = l;
    w->function = fn;
    w->arg = arg;
    if (add(w, fd, interest) < 0) {
        free(w);
        return NULL;
    }
    return w;
}

int acr_watch_set(struct acr_watch *w, uint32_t interest)
{
    int fd = (int)event_get_fd(&w->event);

    if (interest == w->interest)
        return 0;
    event_del(&w->event);
    return add(w, fd, interest);
}

void acr_watch_free(struct acr_watch *w)
{
    if (w == NULL)
        return;
    event_del(&w->event);
    free(w);
}

struct acr_timer {
    struct acri_timer timer;
    struct acr_loop *loop;
    acr_timer_fn function;
    void *arg;
};

static void on_timer(struct acri_timer *timer)
{
    struct acr_timer *t = (struct acr_timer *)(void *)timer;

    t->function(t->arg);
}

struct acr_timer *acr_timer_new(struct acr_loop *l, acr_timer_fn fn, void *arg)
{
    struct acr_timer *t = calloc(1, sizeof(*t));

    if (t == NULL)
        return NULL;
    *t = (struct acr_timer){
        .timer = { .function = on_timer }, .loop = l, .function = fn, .arg = arg
    };
    return t;
}

void acr_timer_set(struct acr_timer *t, uint64_t at_ns)
{
    acri_timer_set(&t->loop->timers, &t->timer, at_ns);
}

void acr_timer_stop(struct acr_timer *t)
{
    acri_timer_stop(&t->loop->timers, &t->timer);
}

void acr_timer_free(struct acr_timer *t)
{
    if (t == NULL)
        return;
    acr_timer_stop(t);
    free(t);
}
