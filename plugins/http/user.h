/* SPDX-License-Identifier: MIT */
/*
 * The client's state per loop and per user, and the calls that change a user: headers, auth,
 * cookies, connections.
 */
#ifndef ACRIDA_HTTP_USER_H
#define ACRIDA_HTTP_USER_H

#include "engine.h"
#include "profile.h"

struct http_kept;
struct http_own;

struct http_loop {
    struct acr_loop *loop;
    const struct http_engine *engine;
    void *engine_loop;
    struct http_profile *profiles;
    struct http_exchange *free_exchanges;
    size_t n_free_exchanges;
    struct http_text scratch; /* for what is built and copied within one call */
    uint64_t warned_at_ns;
};

struct http_user {
    struct acr_user *u;
    struct http_loop *loop;
    struct http_profile *profile;
    struct http_headers headers; /* of every request: the profile's, or `own` merged into them */
    struct http_own *own;        /* what acr_set_header set; NULL = nothing */
    struct http_own *retired;    /* earlier ones that a running exchange may still read */
    struct http_exchange *running;
    struct http_kept *kept_first; /* responses that live outside the task's memory, oldest first */
    struct http_kept *kept_last;
    void *engine;
};

extern uint32_t http_user_slot;

int http_user_loop_init(struct acr_loop *l, void *loop_state);
void http_user_loop_done(struct acr_loop *l, void *loop_state);
int http_user_init(struct acr_user *u, void *user_state);
void http_user_done(struct acr_user *u, void *user_state);
void http_user_task_done(struct acr_user *u, void *user_state);

/* The state of a user; NULL when it could not be made. */
struct http_user *http_user_get(struct acr_user *u);

/* "Authorization: Basic ...", appended. Returns: false when out of memory. */
bool http_user_auth_line(struct http_text *out, const char *auth);

#endif
