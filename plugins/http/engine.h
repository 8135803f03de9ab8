/* SPDX-License-Identifier: MIT */
/*
 * What an engine does: move one exchange at a time, per loop, with per-user connections, cookies
 * and TLS sessions. Everything above (URLs, headers, redirects, names, responses) knows no engine.
 */
#ifndef ACRIDA_HTTP_ENGINE_H
#define ACRIDA_HTTP_ENGINE_H

#include "exchange.h"

struct http_settings;

/* Idle connections that a user keeps, to all hosts together: those of requests (ten hosts, ten
 * each), and as many as acr_get_all opens at once. */
#define HTTP_ENGINE_IDLE_MAX 100

/* HTTP_ENGINES: the fast one where it can do what is wanted, else curl. */
enum http_engine_kind { HTTP_ENGINE_CURL, HTTP_ENGINE_FAST, HTTP_ENGINES };

struct http_engine {
    /* NULL, or why it cannot do what a user type wants: the failure of each of its requests. */
    const char *(*refuse)(const struct http_settings *settings);
    /* Accept-Encoding of what it can decode. */
    const char *(*encodings)(void);

    /* At the first user of a loop. NULL, with a line in the log, when it cannot be. */
    void *(*loop_new)(struct acr_loop *l);
    void (*loop_free)(void *loop);
    /* What users of one type have in common; outlived by the settings. NULL when out of memory. */
    void *(*profile_new)(void *loop, const struct http_settings *settings);
    void (*profile_free)(void *profile);
    void *(*user_new)(void *profile); /* NULL when out of memory */
    void (*user_free)(void *user);    /* closes its connections */

    /*
     * One hop, in the coroutine of x->u: http_exchange_finish has been called on return, unless it
     * was given up. Returns: 0 when it is over, -ETIMEDOUT (x->deadline_ns) or -ECANCELED. Yields.
     */
    int (*run)(struct http_exchange *x, void *user);
    /* Give up a hop whose coroutine has left `run` by an exception. */
    void (*abandon)(struct http_exchange *x);
    void (*clear_cookies)(void *user);
    /* A line of cookies.h. Returns: false when cookies are off, or out of memory. */
    bool (*set_cookie)(void *user, const char *line);
    /* Calls `fn` with the line of each cookie, until it returns false. */
    void (*each_cookie)(void *user, bool (*fn)(void *arg, const char *line), void *arg);
    void (*close_connections)(void *user);
};

extern const struct http_engine http_engine_curl;
extern const struct http_engine http_engine_fast;

#endif
