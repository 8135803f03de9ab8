/* SPDX-License-Identifier: MIT */
/* One request and its answer on a connection. */
#ifndef ACRIDA_HTTP_FAST_HOP_H
#define ACRIDA_HTTP_FAST_HOP_H

#include "fast_connection.h"
#include "fast_memo.h"

struct http_decode;
struct http_multipart;

struct http_fast_hop {
    struct http_fast_hop *next; /* among the free */
    struct http_exchange *x;
    struct http_fast_user *user;
    struct http_fast_connection *connection;
    struct http_fast_parse parse;
    struct http_fast_memo *memo;      /* of the URL; NULL: this answer is not compared */
    struct http_text out;             /* the head; then pieces of the body */
    struct http_multipart *multipart; /* NULL: no such body */
    struct http_decode *decode;       /* NULL: the answer is not encoded, or has no body yet */
    char encodings[64];               /* of the answer; "" = none */
    const char *piece;                /* what has still to be written; most often in `out` */
    size_t piece_bytes;
    size_t body_done; /* of a body in memory: what has been in a piece */
    bool is_last_piece;
    bool is_chunked; /* the request's body */
    bool is_body_in_out;
    bool is_last;   /* on its connection: where it ends is not sure */
    bool is_reused; /* the connection */
    bool has_received;
    bool has_head;      /* of the final answer */
    bool is_over;       /* the answer */
    bool is_on_its_way; /* an attempt that is not counted yet */
};

/* engine.h: run. */
int http_fast_hop_run(struct http_exchange *x, struct http_fast_user *user);
/* engine.h: abandon. */
void http_fast_hop_abandon(struct http_exchange *x);

void http_fast_hop_free_all(struct http_fast_loop *loop);

#endif
