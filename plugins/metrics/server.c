/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1 /* accept4 */
#include "server.h"

#include "client.h"
#include "listening.h"
#include "results/side_thread.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CLIENTS 16

struct metrics_server {
    struct metrics_page *page;
    struct metrics_client clients[MAX_CLIENTS];
    char *token;
    int wake; /* the one descriptor that both sides have */
    int listening;
    pthread_t id;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_ending;
    /* For its start. */
    const struct metrics_server_options *o;
    char *error;
    size_t error_bytes;
    uint16_t port;
    int result; /* 1 = not known yet */
};

static void wake(void *arg)
{
    struct metrics_server *s = arg;
    const uint64_t one = 1;

    (void)!write(s->wake, &one, sizeof(one));
}

/* --- the thread
 * --------------------------------------------------------------------------------------- */

/* One that is free, or the one that has been asking longest; those that are answered stay. */
static struct metrics_client *place(struct metrics_server *s)
{
    struct metrics_client *oldest = NULL;

    for (int i = 0; i < MAX_CLIENTS; i++) {
        struct metrics_client *c = &s->clients[i];

        if (c->state == METRICS_CLIENT_FREE)
            return c;
        if ((c->state == METRICS_CLIENT_READS || c->state == METRICS_CLIENT_DRAINS) &&
            (oldest == NULL || c->deadline_ns < oldest->deadline_ns))
            oldest = c;
    }
    if (oldest != NULL)
        metrics_client_end(oldest, s->page);
    return oldest;
}

static void take_in(struct metrics_server *s, uint64_t now_ns)
{
    struct metrics_client *c = place(s);
    int fd = c != NULL ? accept4(s->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;

    if (fd >= 0)
        metrics_client_begin(c, fd, now_ns);
}

/* Milliseconds up to the first deadline; -1 = none. */
static int patience(const struct metrics_server *s, uint64_t now_ns)
{
    uint64_t first_ns = UINT64_MAX;

    for (int i = 0; i < MAX_CLIENTS; i++)
        if (s->clients[i].state != METRICS_CLIENT_FREE && s->clients[i].deadline_ns < first_ns)
            first_ns = s->clients[i].deadline_ns;
    if (first_ns == UINT64_MAX)
        return -1;
    return first_ns <= now_ns ? 0 : (int)((first_ns - now_ns) / 1000000) + 1;
}

static void turn(struct metrics_server *s)
{
    struct pollfd polled[MAX_CLIENTS + 2];
    uint64_t now_ns = acr_now_ns();
    bool is_full = true;
    uint64_t ignored;

    for (int i = 0; i < MAX_CLIENTS; i++) {
        const struct metrics_client *c = &s->clients[i];
        bool is_free = c->state == METRICS_CLIENT_FREE;

        polled[i].fd = is_free || c->state == METRICS_CLIENT_AWAITS ? -1 : c->fd;
        polled[i].events = c->state == METRICS_CLIENT_WRITES ? POLLOUT : POLLIN;
        is_full =
            is_full && (c->state == METRICS_CLIENT_WRITES || c->state == METRICS_CLIENT_AWAITS);
    }
    polled[MAX_CLIENTS] = (struct pollfd){ .fd = is_full ? -1 : s->listening, .events = POLLIN };
    polled[MAX_CLIENTS + 1] = (struct pollfd){ .fd = s->wake, .events = POLLIN };
    if (poll(polled, MAX_CLIENTS + 2, patience(s, now_ns)) < 0)
        return;
    now_ns = acr_now_ns();
    if (polled[MAX_CLIENTS + 1].revents != 0)
        (void)!read(s->wake, &ignored, sizeof(ignored));
    for (int i = 0; i < MAX_CLIENTS; i++) {
        struct metrics_client *c = &s->clients[i];

        if (polled[i].revents != 0 || c->state == METRICS_CLIENT_AWAITS ||
            (c->state != METRICS_CLIENT_FREE && now_ns >= c->deadline_ns))
            metrics_client_step(c, s->page, s->token, now_ns);
    }
    if (polled[MAX_CLIENTS].revents != 0)
        take_in(s, now_ns);
}

static bool is_ending(struct metrics_server *s)
{
    bool is_it;

    pthread_mutex_lock(&s->lock);
    is_it = s->is_ending;
    pthread_mutex_unlock(&s->lock);
    return is_it;
}

static void *serve(void *arg)
{
    struct metrics_server *s = arg;

    side_thread_own_descriptors(s->wake);
    pthread_mutex_lock(&s->lock);
    s->listening = metrics_listen(s->o->host, s->o->port, s->token != NULL, &s->port, s->error,
                                  s->error_bytes);
    s->result = s->listening < 0 ? s->listening : 0;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    while (s->listening >= 0 && !is_ending(s))
        turn(s);
    for (int i = 0; i < MAX_CLIENTS; i++)
        metrics_client_end(&s->clients[i], s->page);
    if (s->listening >= 0)
        close(s->listening);
    return NULL;
}

/* --- from outside
 * ------------------------------------------------------------------------------------- */

static int start(struct metrics_server *s)
{
    int r = side_thread_start(&s->id, serve, s);

    if (r != 0) {
        snprintf(s->error, s->error_bytes, "--metrics-port: no thread: %s", strerror(r));
        return -r;
    }
    pthread_mutex_lock(&s->lock);
    while (s->result > 0)
        pthread_cond_wait(&s->changed, &s->lock);
    r = s->result;
    pthread_mutex_unlock(&s->lock);
    if (r < 0)
        pthread_join(s->id, NULL);
    return r;
}

static void release(struct metrics_server *s)
{
    metrics_page_free(s->page);
    if (s->wake >= 0)
        close(s->wake);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s->token);
    free(s);
}

struct metrics_server *metrics_server_new(const struct metrics_server_options *o,
                                          uint16_t *ret_port, char *error, size_t error_bytes)
{
    struct metrics_server *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    *s = (struct metrics_server){
        .o = o, .error = error, .error_bytes = error_bytes, .result = 1, .listening = -1
    };
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->page = metrics_page_new(wake, s);
    s->token = o->token != NULL ? strdup(o->token) : NULL;
    if (s->wake < 0 || s->page == NULL || (o->token != NULL && s->token == NULL))
        snprintf(error, error_bytes, "--metrics-port: %s", strerror(s->wake < 0 ? errno : ENOMEM));
    else if (start(s) == 0) {
        *ret_port = s->port;
        s->o = NULL;
        s->error = NULL;
        return s;
    }
    release(s);
    return NULL;
}

void metrics_server_free(struct metrics_server *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_ending = true;
    pthread_mutex_unlock(&s->lock);
    wake(s);
    pthread_join(s->id, NULL);
    release(s);
}

struct metrics_page *metrics_server_page(struct metrics_server *s)
{
    return s->page;
}
