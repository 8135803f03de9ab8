/* SPDX-License-Identifier: MIT */
/* The server's thread. */
#include "server_parts.h"

#include "auth.h"
#include "listen.h"
#include "visitors.h"
#include "results/side_thread.h"

#include <acrida/acrida.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADERS_MAX (16 * 1024)
#define BODY_MAX (256 * 1024)
#define INPUT_MAX (BODY_MAX + 2 * HEADERS_MAX)
#define TIMEOUT_S 30
#define SWEEP_S 5
#define EVENTS_MAX 1024 /* a connection has 2 to 4: reading, writing, and their times */
#define ROOM_US 100000
#define LAST_US 50000

/* --- connections
 * -------------------------------------------------------------------------------------- */

static void look_for_room(int fd, short what, void *server)
{
    struct web_server *s = server;
    struct timeval soon = { .tv_usec = ROOM_US };

    (void)fd;
    (void)what;
    if (event_base_get_num_events(s->base, EVENT_BASE_COUNT_ADDED) < EVENTS_MAX)
        evconnlistener_enable(s->listener);
    else
        event_add(s->room, &soon);
}

/* Others wait in the kernel until there is room. */
static void pause_listening(struct web_server *s)
{
    struct timeval soon = { .tv_usec = ROOM_US };

    evconnlistener_disable(s->listener);
    event_add(s->room, &soon);
}

/* The thread's own: the listener's argument is evhttp's. */
static _Thread_local struct web_server *own;

/* No descriptors are left, most likely. */
static void on_accept_error(struct evconnlistener *listener, void *http)
{
    (void)listener;
    (void)http;
    pause_listening(own);
}

/* A connection that gets its descriptor when new_connection has returned. */
struct web_fresh {
    struct web_fresh *next;
    struct bufferevent *connection;
};

static void look_at_fresh(int fd, short what, void *server)
{
    struct web_server *s = server;

    (void)fd;
    (void)what;
    while (s->fresh != NULL) {
        struct web_fresh *x = s->fresh;

        s->fresh = x->next;
        if (s->fresh == NULL)
            s->fresh_end = &s->fresh;
        web_visitors_came(s->visitors, bufferevent_getfd(x->connection), web_server_now());
        bufferevent_decref(x->connection);
        free(x);
    }
}

/* What makes no line or chunk yet libevent would collect without an end. The connection is closed
 * by its reading on. */
static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *connection)
{
    size_t n = evbuffer_get_length(input);

    if (info->n_added == 0 || n <= INPUT_MAX)
        return;
    shutdown(bufferevent_getfd(connection), SHUT_RDWR);
    evbuffer_drain(input, n);
}

static void sweep(int fd, short what, void *server)
{
    struct web_server *s = server;

    (void)fd;
    (void)what;
    web_visitors_step(s->visitors, web_server_now());
}

static struct bufferevent *new_connection(struct event_base *base, void *server)
{
    struct web_server *s = server;
    struct bufferevent *b = web_listen_connection(base, s->tls);
    struct web_fresh *x = b != NULL ? calloc(1, sizeof(*x)) : NULL;

    if (event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED) >= EVENTS_MAX)
        pause_listening(s);
    if (x == NULL)
        return b;
    evbuffer_add_cb(bufferevent_get_input(b), on_input, b);
    x->connection = b;
    bufferevent_incref(b);
    *s->fresh_end = x;
    s->fresh_end = &x->next;
    event_active(s->look, EV_TIMEOUT, 0);
    return b;
}

/* --- what the control loop has to say
 * ----------------------------------------------------------------- */

/* A word of the control loop to this thread. */
struct web_word {
    struct web_job job;
    struct web_server *server;
    double seconds;
    void (*function)(void *arg);
};

static struct web_word *word_of(struct web_job *job)
{
    return (struct web_word *)((char *)job - offsetof(struct web_word, job));
}

static void free_word(struct web_job *job)
{
    web_reply_done(&job->reply);
    free(word_of(job));
}

static void call_there(struct web_request *q, struct web_reply *a)
{
    (void)a;
    word_of((struct web_job *)((char *)q - offsetof(struct web_job, request)))->function(NULL);
}

/* The word goes back, to be done there. */
static void on_later(int fd, short what, void *server)
{
    struct web_server *s = server;

    (void)fd;
    (void)what;
    s->later_word->job.view = call_there;
    s->later_word->job.back = free_word;
    web_exchange_ask(s->exchange, &s->later_word->job);
    s->later_word = NULL;
}

static void call_after(struct web_job *job)
{
    struct web_word *w = word_of(job);
    struct timeval when = { .tv_sec = (time_t)w->seconds,
                            .tv_usec =
                                (suseconds_t)((w->seconds - (double)(time_t)w->seconds) * 1e6) };

    free(w->server->later_word);
    w->server->later_word = w;
    event_add(w->server->later, &when);
}

static void end(struct web_job *job)
{
    struct web_word *w = word_of(job);
    struct web_server *s = w->server;
    struct timeval last = { .tv_usec = LAST_US };

    /* What has just been said is on its way yet. */
    s->is_ending = true;
    evconnlistener_disable(s->listener);
    event_del(s->room);
    event_del(s->beat);
    event_del(s->sweep);
    event_del(s->later);
    free(s->later_word);
    s->later_word = NULL;
    web_call_end_waiting(s);
    web_stream_end_all(s);
    event_base_loopexit(s->base, &last);
    free(w);
}

static void tell(struct web_server *s, void (*back)(struct web_job *job), double seconds,
                 void (*function)(void *arg))
{
    struct web_word *w = calloc(1, sizeof(*w));

    if (w == NULL)
        abort(); /* a server that cannot be told to end */
    w->job.back = back;
    w->server = s;
    w->seconds = seconds;
    w->function = function;
    web_exchange_tell(s->exchange, &w->job);
}

static void on_back(int fd, short what, void *server)
{
    struct web_server *s = server;

    (void)fd;
    (void)what;
    web_exchange_take(s->exchange);
}

/* --- the thread
 * --------------------------------------------------------------------------------------- */

static bool set_up_events(struct web_server *s)
{
    const struct timeval often = { .tv_sec = SWEEP_S };

    s->back = event_new(s->base, web_exchange_fd(s->exchange), EV_READ | EV_PERSIST, on_back, s);
    s->room = evtimer_new(s->base, look_for_room, s);
    s->later = evtimer_new(s->base, on_later, s);
    s->again = evtimer_new(s->base, web_call_ask_again, s);
    s->beat = event_new(s->base, -1, EV_PERSIST, web_stream_beat, s);
    s->look = evtimer_new(s->base, look_at_fresh, s);
    s->sweep = event_new(s->base, -1, EV_PERSIST, sweep, s);
    return s->back != NULL && s->room != NULL && s->later != NULL && s->again != NULL &&
           s->beat != NULL && s->look != NULL && s->sweep != NULL &&
           event_add(s->back, NULL) == 0 && event_add(s->sweep, &often) == 0;
}

static void note_url(struct web_server *s)
{
    const char *host = web_listen_is_any(s->host) ? "localhost" : s->host;
    bool is_v6 = strchr(host, ':') != NULL;

    snprintf(s->url, sizeof(s->url), "%s://%s%s%s:%u%s/", s->tls != NULL ? "https" : "http",
             is_v6 ? "[" : "", strcmp(host, "0.0.0.0") == 0 ? "localhost" : host, is_v6 ? "]" : "",
             web_listen_port(s->listener), s->base_path);
}

static bool set_up(struct web_server *s)
{
    s->base = event_base_new();
    s->shares = web_shares_new(s->exchange);
    s->http = s->base != NULL ? evhttp_new(s->base) : NULL;
    s->visitors = web_visitors_new();
    s->fresh_end = &s->fresh;
    if (s->http == NULL || s->shares == NULL || s->visitors == NULL || !set_up_events(s)) {
        snprintf(s->error, s->error_bytes, "the web interface cannot be started: no memory");
        return false;
    }
    if (s->cert_path[0] != '\0') {
        s->tls = web_listen_tls(s->cert_path, s->key_path, s->error, s->error_bytes);
        if (s->tls == NULL)
            return false;
    }
    s->listener = web_listen(s->base, s->host, s->port, s->error, s->error_bytes);
    if (s->listener == NULL)
        return false;
    evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST);
    evhttp_set_max_headers_size(s->http, HEADERS_MAX);
    evhttp_set_max_body_size(s->http, BODY_MAX);
    evhttp_set_timeout(s->http, TIMEOUT_S);
    evhttp_set_bevcb(s->http, new_connection, s);
    evhttp_set_gencb(s->http, web_call_begin, s);
    note_url(s);
    web_auth_set_port(s->auth, web_listen_port(s->listener));
    evconnlistener_set_error_cb(s->listener, on_accept_error);
    if (evhttp_bind_listener(s->http, s->listener) != NULL)
        return true;
    snprintf(s->error, s->error_bytes, "the web interface cannot be started: no memory");
    return false;
}

static void free_event(struct event *e)
{
    if (e != NULL)
        event_free(e);
}

static void clean_up(struct web_server *s)
{
    s->is_ending = true;
    look_at_fresh(-1, 0, s);
    if (s->http != NULL)
        evhttp_free(s->http); /* and its connections, and the listener */
    web_shares_free(s->shares);
    web_visitors_free(s->visitors);
    web_body_drop(s->page);
    free_event(s->look);
    free_event(s->sweep);
    free_event(s->back);
    free_event(s->room);
    free_event(s->later);
    free_event(s->again);
    free_event(s->beat);
    if (s->base != NULL)
        event_base_free(s->base);
    web_listen_tls_free(s->tls);
}

static void *serve(void *server)
{
    struct web_server *s = server;
    bool is_good;

    own = s;
    side_thread_own_descriptors(web_exchange_fd(s->exchange));
    is_good = set_up(s);
    pthread_mutex_lock(&s->lock);
    s->is_ready = true;
    s->has_failed = !is_good;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (is_good)
        event_base_dispatch(s->base);
    clean_up(s);
    return NULL;
}

/* --- from outside
 * ------------------------------------------------------------------------------------- */

static void free_server(struct web_server *s)
{
    web_exchange_free(s->exchange);
    web_auth_free(s->auth);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct web_server *copy_options(const struct web_server_options *o)
{
    struct web_server *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    acr_copy(s->host, sizeof(s->host), o->host);
    s->port = o->port;
    acr_copy(s->base_path, sizeof(s->base_path), o->base_path);
    acr_copy(s->own_names, sizeof(s->own_names), o->own_names);
    acr_copy(s->cert_path, sizeof(s->cert_path), o->cert_path);
    acr_copy(s->key_path, sizeof(s->key_path), o->key_path);
    acr_copy(s->history_path, sizeof(s->history_path), o->history_path);
    s->auth = o->auth;
    s->is_open = !web_auth_is_needed(o->auth);
    s->exchange = web_exchange_new();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    if (s->exchange != NULL)
        return s;
    s->auth = NULL;
    free_server(s);
    return NULL;
}

struct web_server *web_server_start(const struct web_server_options *o, char *error,
                                    size_t error_bytes)
{
    struct web_server *s = copy_options(o);

    snprintf(error, error_bytes, "the web interface cannot be started: no memory or threads");
    if (s == NULL) {
        web_auth_free(o->auth);
        return NULL;
    }
    s->error = error;
    s->error_bytes = error_bytes;
    if (side_thread_start(&s->thread, serve, s) != 0) {
        free_server(s);
        return NULL;
    }
    pthread_mutex_lock(&s->lock);
    while (!s->is_ready)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    if (!s->has_failed)
        return s;
    pthread_join(s->thread, NULL);
    free_server(s);
    return NULL;
}

const char *web_server_url(const struct web_server *s)
{
    return s->url;
}

void web_server_call_after(struct web_server *s, double seconds, void (*function)(void *arg))
{
    tell(s, call_after, seconds, function);
}

void web_server_stop(struct web_server *s)
{
    if (s == NULL)
        return;
    web_exchange_end(s->exchange); /* from here on all jobs are back */
    tell(s, end, 0, NULL);
    pthread_join(s->thread, NULL);
    free_server(s);
}
