/* SPDX-License-Identifier: MIT */
/* An answer that is on its way to any number of clients: one text, however slow they are. Thread:
 * the server's. */
#ifndef ACRIDA_WEB_BODY_H
#define ACRIDA_WEB_BODY_H

#include "reply.h"

struct evbuffer;

/* While so much is kept or on its way, no large one is begun. */
#define WEB_BODY_ALL_BYTES ((size_t)256 << 20)

struct web_body {
    size_t n_users;
    struct web_reply reply;
    struct csv_text gzip; /* the same in little, once it was asked for */
    size_t counted;       /* bytes */
};

/* Takes what the reply holds. Returns: with one user; never NULL: without memory the process ends,
 * as libevent's would. When there is no room for it, it says so with status 503. */
struct web_body *web_body_new(struct web_reply *reply);
/* Of a line of text. */
struct web_body *web_body_text(int status, const char *text);
struct web_body *web_body_use(struct web_body *b);
void web_body_drop(struct web_body *b);

/* Whether it is worth it; then it is there. */
bool web_body_make_gzip(struct web_body *b);

/* Put it into a buffer, which uses it until it is sent. Returns: how many bytes. */
size_t web_body_send(struct web_body *b, struct evbuffer *to, bool is_gzip);

#endif
