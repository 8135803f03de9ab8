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

/* What is warned of, each at most once per loop and ten seconds. */
enum http_warning { HTTP_WARN_RECORDED, HTTP_WARN_CALLBACK, HTTP_WARNINGS };

struct http_loop {
    struct acr_loop *loop;
    void *engine_loops[HTTP_ENGINES]; /* NULL: not used so far */
    struct http_profile *profiles;
    struct http_exchange *free_exchanges;
    size_t n_free_exchanges;
    struct http_text scratch; /* for what is built and copied within one call */
    uint64_t warned_at_ns[HTTP_WARNINGS];
    unsigned n_callbacks;            /* send and receive functions that are running */
    const struct acr_user *settling; /* whose sample is told to listeners */
};

/*
 * What a user has, whatever number of coroutines makes its requests. What belongs to one of these
 * (exchanges, kept responses) names its struct acr_user and ends with it.
 */
struct http_user {
    struct http_loop *loop;
    struct http_profile *profile;
    struct http_headers headers; /* of every request: the profile's, or `own` merged into them */
    struct http_own *own;        /* what acr_set_header set; NULL = nothing */
    char *name;                  /* owned: of acr_name_requests; NULL = none */
    struct http_exchange *running;
    struct http_kept *kept_first; /* responses that live outside the task's memory, oldest first */
    struct http_kept *kept_last;
    void *engine_user;
};

extern uint32_t http_user_slot;

int http_user_loop_init(struct acr_loop *l, void *loop_state);
void http_user_loop_done(struct acr_loop *l, void *loop_state);
int http_user_init(struct acr_user *u, void *user_state);
void http_user_done(struct acr_user *u, void *user_state);
void http_user_task_done(struct acr_user *u, void *user_state);

/* An engine and its state on this loop. Returns: NULL when that could not be made. */
const struct http_engine *http_user_engine(struct http_loop *loop, enum http_engine_kind kind,
                                           void **ret_engine_loop);

/* Whether a warning may be logged now. */
bool http_user_may_warn(struct http_loop *loop, enum http_warning which);

/* The state of a user; NULL when it could not be made. */
struct http_user *http_user_get(struct acr_user *u);

/* Keeps what acr_set_header has set so far until it is released. NULL when that is nothing. */
struct http_own *http_user_hold_headers(struct http_user *user);
void http_user_release_headers(struct http_own *own);

/* "Authorization: Basic ...", appended. Returns: false when out of memory. */
bool http_user_auth_line(struct http_text *out, const char *auth);

#endif
