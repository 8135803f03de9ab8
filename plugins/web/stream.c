/* SPDX-License-Identifier: MIT */
/*
 * /api/events: the state, sent about once a second. A client that has not taken the last one gets
 * none until it has; one that takes nothing for a while is let go.
 */
#include "server_parts.h"

#include "gzip.h"

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
    bool is_gzip;
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

/* The document is JSON, whose line ends stand between members only: one line of data each. */
#define BEFORE "event: state\ndata: "
#define AFTER "\n\n"
#define NOTHING_NEW ":\n\n"

/* In little, once for all clients, whatever each has had so far. */
static struct web_body *piece_of(struct web_server *s, const struct web_body *body)
{
    const struct csv_text *json = &body->reply.json.text;
    struct csv_text whole = { .length = 0 };
    struct web_reply piece = { .status = 0 };

    if (s->last_piece != NULL)
        return s->last_piece;
    csv_text_append(&whole, BEFORE, strlen(BEFORE));
    csv_text_append(&whole, json->data, json->length);
    csv_text_append(&whole, AFTER, strlen(AFTER));
    piece.json.text.is_incomplete = whole.is_incomplete;
    if (!whole.is_incomplete)
        web_gzip_append_piece(&piece.json.text, whole.data, whole.length);
    csv_text_done(&whole);
    s->last_piece = web_body_new(&piece);
    if (s->last_piece->reply.status == 0)
        return s->last_piece;
    web_body_drop(s->last_piece); /* no room */
    s->last_piece = NULL;
    return NULL;
}

static void add_small(struct evbuffer *b, const struct web_stream *m, const char *text)
{
    struct csv_text little = { .length = 0 };

    if (m->is_gzip)
        web_gzip_append_piece(&little, text, strlen(text));
    if (m->is_gzip && !little.is_incomplete)
        evbuffer_add(b, little.data, little.length);
    else if (!m->is_gzip)
        evbuffer_add(b, text, strlen(text));
    csv_text_done(&little);
}

static void send_event(struct web_stream *m, struct web_body *body)
{
    struct web_body *piece = m->is_gzip ? piece_of(m->server, body) : NULL;
    struct csv_text head = { .length = 0 };
    struct evbuffer *b = evbuffer_new();

    if (b == NULL || (m->is_gzip && piece == NULL)) {
        if (b != NULL)
            evbuffer_free(b);
        return;
    }
    if (piece != NULL) {
        if (!m->has_first)
            web_gzip_append_head(&head);
        evbuffer_add(b, head.data, head.length);
        csv_text_done(&head);
        web_body_send(piece, b, false);
    } else {
        evbuffer_add(b, BEFORE, strlen(BEFORE));
        web_body_send(body, b, false);
        evbuffer_add(b, AFTER, strlen(AFTER));
    }
    evhttp_send_reply_chunk(m->req, b);
    evbuffer_free(b);
    m->has_first = true;
}

static void send_nothing_new(struct web_stream *m)
{
    struct evbuffer *b = evbuffer_new();

    if (b == NULL)
        return;
    add_small(b, m, NOTHING_NEW);
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
    bool is_new;

    s->is_stream_waiting = false;
    if (body->reply.status != 0)
        return; /* the process is ending, or there is no room */
    join_lines(body);
    is_new = body != s->last_event && !is_as_before(s->last_event, body);
    /* The page takes long silence for a server that is gone. */
    if (!is_new && ++s->n_same >= SAME_MAX)
        is_new = true;
    if (is_new)
        s->n_same = 0;
    if (body != s->last_event) {
        web_body_drop(s->last_piece);
        s->last_piece = NULL;
    }
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
    m->is_gzip = web_call_takes_gzip(req);
    s->streams = m;
    if (s->n_streams++ == 0)
        event_add(s->beat, &second);
    evhttp_connection_set_closecb(evhttp_request_get_connection(req), on_close, m);
    web_call_add_headers(req, &like, NULL);
    if (m->is_gzip)
        web_call_add_gzip(req);
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
    web_body_drop(s->last_piece);
    s->last_event = NULL;
    s->last_piece = NULL;
}
