/* SPDX-License-Identifier: MIT */
/* What the parts of the server share: server.c, call.c, login.c, stream.c. Thread: the server's. */
#ifndef ACRIDA_WEB_SERVER_PARTS_H
#define ACRIDA_WEB_SERVER_PARTS_H

#include "body.h"
#include "exchange.h"
#include "routes.h"
#include "server.h"
#include "share.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

struct bufferevent;
struct event;
struct event_base;
struct evconnlistener;
struct evhttp;
struct evhttp_request;
struct ssl_ctx_st;

struct web_call;
struct web_fresh;
struct web_stream;
struct web_visitors;
struct web_word;

struct web_server {
    /* As it was started. */
    char host[256];
    unsigned port;
    char base_path[256];
    char own_names[1024];
    char cert_path[PATH_MAX];
    char key_path[PATH_MAX];
    char history_path[PATH_MAX];
    char url[600];
    struct web_auth *auth;
    bool is_open; /* nobody has to log in */

    /* The thread: the starter waits until it listens, or cannot. */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_ready;
    char *error;
    size_t error_bytes;
    bool has_failed;

    struct event_base *base;
    struct evhttp *http;
    struct evconnlistener *listener; /* evhttp's */
    struct ssl_ctx_st *tls;
    struct web_exchange *exchange;
    struct web_shares *shares;
    struct web_visitors *visitors;
    struct event *sweep;     /* of those who take too long to ask */
    struct event *look;      /* at connections that have just come */
    struct web_fresh *fresh; /* these, in their order */
    struct web_fresh **fresh_end;
    struct web_body *page; /* once it was asked for */
    struct event *back;    /* jobs are back */
    struct event *room;    /* to accept again */
    struct event *later;   /* web_server_call_after */
    struct web_word *later_word;
    struct web_call *calls; /* under way */
    struct event *again;    /* to ask again those who answered "later" */
    struct web_call *unanswered;
    struct web_call *heavy; /* that wait for the one that is asked for */
    bool is_heavy_asked;

    struct event *beat; /* of streams */
    struct web_stream *streams;
    size_t n_streams;
    struct web_waiter stream_waiter;
    bool is_stream_waiting;
    struct web_body *last_event;
    struct web_body *last_piece; /* the same for streams in little; NULL: nobody wanted it yet */
    unsigned n_same;             /* how often it has not changed */
    bool is_ending;
};

double web_server_now(void);

/* call.c */
void web_call_begin(struct evhttp_request *req, void *server);
void web_call_ask_again(int fd, short what, void *server);
/* The process ends: answer those that nobody has been asked for. The jobs of all others come back
 * by themselves: what is asked from now on does so at once. */
void web_call_end_waiting(struct web_server *s);
/* The headers that all answers have. policy: NULL = nothing may run. */
void web_call_add_headers(struct evhttp_request *req, const struct web_reply *reply,
                          const char *policy);
/* Send a body; policy as above. */
void web_call_send(struct evhttp_request *req, struct web_body *b, const char *policy);
/* Whether the client takes gzip; the headers of what is. */
bool web_call_takes_gzip(struct evhttp_request *req);
void web_call_add_gzip(struct evhttp_request *req);
void web_call_send_text(struct evhttp_request *req, int status, const char *text);
/* Go to a path below the base path. */
void web_call_redirect(struct web_server *s, struct evhttp_request *req, const char *path);
/* When a connection closes: libevent frees requests with it, but those that it has parted from it
 * because the client has gone. */
void web_call_forget(struct evhttp_request *req);
/* The address of the client. */
const char *web_call_peer(struct evhttp_request *req);
const char *web_call_header(struct evhttp_request *req, const char *name);

/* login.c */
/* Whether a client may in. Otherwise it has been answered. */
bool web_login_check(struct web_server *s, struct evhttp_request *req,
                     const struct web_route *route);
void web_login_show(struct web_server *s, struct evhttp_request *req, int status,
                    const char *error);
void web_login_post(struct web_server *s, struct evhttp_request *req, const struct web_form *f);
void web_login_out(struct web_server *s, struct evhttp_request *req);

/* stream.c */
void web_stream_begin(struct web_server *s, struct evhttp_request *req);
void web_stream_beat(int fd, short what, void *server);
void web_stream_end_all(struct web_server *s);

#endif
