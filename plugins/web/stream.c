/* SPDX-License-Identifier: MIT */
/*
 * /api/events: the state, sent about once a second. A client that has not taken the last one gets
 * none until it has; one that takes nothing for a while is let go.
 */
#include "server_parts.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include <stdlib.h>
#include <string.h>

#define STREAMS_MAX 32u
#define STUCK_S 30.0
#define SAME_MAX 5u

struct web_stream {
    struct web_stream *next;
    struct web_server *server;
    struct evhttp_request *req;
    double idle_since_s; /* nothing left to send at that time */
    bool has_first;
};

static size_t left_to_send(struct web_stream *m)
{
    struct evhttp_connection *c = evhttp_request_get_connection(m->req);

    return evbuffer_get_length(bufferevent_get_output(evhttp_connection_get_bufferevent(c)));
}

static void unlink_stream(struct web_stream *m)
{
    struct web_stream **at = &m->server->streams;

    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    m->server->n_streams--;
    if (m->server->n_streams == 0 && !m->server->is_ending)
        event_del(m->server->beat);
    free(m);
}

static void on_close(struct evhttp_connection *c, void *arg)
{
    struct web_stream *m = arg;

    (void)c;
    web_call_forget(m->req);
    unlink_stream(m);
}

static void send_event(struct web_stream *m, struct web_body *body)
{
    struct evbuffer *b = evbuffer_new();

    if (b == NULL)
        return;
    /* The document is JSON, whose line ends stand between members only: one line of data each. */
    evbuffer_add_printf(b, "event: state\ndata: ");
    web_body_send(body, b);
    evbuffer_add_printf(b, "\n\n");
    evhttp_send_reply_chunk(m->req, b);
    evbuffer_free(b);
    m->has_first = true;
}

static void send_nothing_new(struct web_stream *m)
{
    struct evbuffer *b = evbuffer_new();

    if (b == NULL)
        return;
    evbuffer_add_printf(b, ":\n\n");
    evhttp_send_reply_chunk(m->req, b);
    evbuffer_free(b);
}

/* One line, so that a single "data:" holds it. */
static void join_lines(struct web_body *body)
{
    struct csv_text *t = &body->reply.json.text;
    char *at = t->data;
    char *end = t->data + t->length;

    while (at != NULL && (at = memchr(at, '\n', (size_t)(end - at))) != NULL)
        *at++ = ' ';
}

static bool is_as_before(const struct web_body *before, const struct web_body *now)
{
    const struct csv_text *a = before != NULL ? &before->reply.json.text : NULL;
    const struct csv_text *b = &now->reply.json.text;

    return a != NULL && a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

static void send_all(struct web_waiter *w, struct web_body *body)
{
    struct web_server *s =
        (struct web_server *)((char *)w - offsetof(struct web_server, stream_waiter));
    bool is_new = body != s->last_event && !is_as_before(s->last_event, body);

    s->is_stream_waiting = false;
    /* The page takes long silence for a server that is gone. */
    if (!is_new && ++s->n_same >= SAME_MAX)
        is_new = true;
    if (is_new)
        s->n_same = 0;
    if (body->reply.status != 0)
        return; /* the process is ending */
    join_lines(body);
    for (struct web_stream *m = s->streams; m != NULL; m = m->next) {
        if (left_to_send(m) > 0)
            continue;
        if (is_new || !m->has_first)
            send_event(m, body);
        else
            send_nothing_new(m);
    }
    web_body_use(body);
    web_body_drop(s->last_event);
    s->last_event = body;
}

static void ask(struct web_server *s)
{
    if (s->is_stream_waiting)
        return;
    s->is_stream_waiting = true;
    s->stream_waiter.ready = send_all;
    web_shares_ask(s->shares, web_routes_find("/api/state"), web_server_now(), &s->stream_waiter);
}

/* Who takes nothing, and keeps what was to be sent, is let go. */
static void let_go(struct web_server *s, double now_s)
{
    struct web_stream *next;

    for (struct web_stream *m = s->streams; m != NULL; m = next) {
        next = m->next;
        if (left_to_send(m) == 0)
            m->idle_since_s = now_s;
        else if (now_s - m->idle_since_s > STUCK_S)
            evhttp_connection_free(evhttp_request_get_connection(m->req)); /* calls on_close */
    }
}

void web_stream_beat(int fd, short what, void *server)
{
    struct web_server *s = server;

    (void)fd;
    (void)what;
    let_go(s, web_server_now());
    if (s->n_streams > 0)
        ask(s);
}

void web_stream_begin(struct web_server *s, struct evhttp_request *req)
{
    const struct web_reply like = { .type = "text/event-stream" };
    struct timeval second = { .tv_sec = 1 };
    struct web_stream *m;

    if (s->n_streams >= STREAMS_MAX || (m = calloc(1, sizeof(*m))) == NULL) {
        web_call_send_text(req, 503, "Too many clients watch already.\n");
        return;
    }
    *m = (struct web_stream){
        .next = s->streams, .server = s, .req = req, .idle_since_s = web_server_now()
    };
    s->streams = m;
    if (s->n_streams++ == 0)
        event_add(s->beat, &second);
    evhttp_connection_set_closecb(evhttp_request_get_connection(req), on_close, m);
    web_call_add_headers(req, &like, NULL);
    evhttp_send_reply_start(req, 200, "OK");
    ask(s);
}

void web_stream_end_all(struct web_server *s)
{
    struct web_stream *next;

    for (struct web_stream *m = s->streams; m != NULL; m = next) {
        next = m->next;
        evhttp_connection_set_closecb(evhttp_request_get_connection(m->req), NULL, NULL);
        evhttp_send_reply_end(m->req);
        free(m);
    }
    s->streams = NULL;
    s->n_streams = 0;
    web_body_drop(s->last_event);
    s->last_event = NULL;
}
