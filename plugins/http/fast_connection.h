/* SPDX-License-Identifier: MIT */
/* The connections of a user: kept between requests, each for one origin. */
#ifndef ACRIDA_HTTP_FAST_CONNECTION_H
#define ACRIDA_HTTP_FAST_CONNECTION_H

#include "fast_loop.h"

struct http_fast_connection {
    struct http_fast_connection *next; /* among the idle of its user */
    struct http_fast_user *user;
    struct acr_socket *socket;
    unsigned closing;    /* of the user's n_closings, when it was taken */
    size_t origin_bytes; /* "https://host:port" */
    char origin[];
};

/*
 * An idle connection to where the exchange goes that is still good; NULL when there is none.
 * `is_precious`: the request cannot be sent again, so the system is asked whether the peer has just
 * closed, of which the loop may not know yet.
 */
struct http_fast_connection *http_fast_connection_take(struct http_fast_user *user,
                                                       const struct http_exchange *x,
                                                       bool is_precious);

/*
 * Opens one, until the exchange's deadline or the settings' time to connect is over.
 *
 * Returns: 0; -ETIMEDOUT when it was the deadline; -ECANCELED; another negative errno, with
 * x->error. The exchange's phases are set. Yields.
 */
int http_fast_connection_open(struct http_fast_user *user, struct http_exchange *x,
                              struct http_fast_connection **ret);

/* Back to the idle, after a whole answer that allows it. Of too many the oldest is closed. */
void http_fast_connection_keep(struct http_fast_connection *c);

void http_fast_connection_close(struct http_fast_connection *c);
/* All that are idle; those in use as soon as they are not. */
void http_fast_connection_close_all(struct http_fast_user *user);

/* Of a request that has ended with r and no answer: whether the peer had closed and did not read
 * all that was written, as far as can be told. */
bool http_fast_connection_was_unread(const struct http_fast_connection *c, int r);

#endif
