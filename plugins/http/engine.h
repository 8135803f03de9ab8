/* SPDX-License-Identifier: MIT */
/*
 * What an engine does: move one exchange at a time, per loop, with per-user connections, cookies
 * and TLS sessions. Everything above (URLs, headers, redirects, names, responses) knows no engine.
 */
#ifndef ACRIDA_HTTP_ENGINE_H
#define ACRIDA_HTTP_ENGINE_H

#include "exchange.h"

struct http_settings;

struct http_engine {
    const char *name;
    /* On each loop, before loop_new. Returns: 0 or a negative errno. */
    int (*prepare)(void);
    /* Accept-Encoding of what it can decode; after prepare. */
    const char *(*encodings)(void);

    void *(*loop_new)(struct acr_loop *l); /* NULL when out of memory */
    void (*loop_free)(void *loop);
    /* What users of one type have in common; outlived by the settings. NULL when out of memory. */
    void *(*profile_new)(void *loop, const struct http_settings *settings);
    void (*profile_free)(void *profile);
    void *(*user_new)(void *profile); /* NULL when out of memory */
    void (*user_free)(void *user);    /* closes its connections */

    /* One hop. It may be over on return (x->is_done); else http_exchange_finish comes later. */
    void (*start)(struct http_exchange *x, void *user);
    /* Give a running hop up: http_exchange_finish does not come any more. */
    void (*cancel)(struct http_exchange *x);
    void (*clear_cookies)(void *user);
    /* A line of cookies.h. Returns: false when cookies are off, or out of memory. */
    bool (*set_cookie)(void *user, const char *line);
    /* Calls `fn` with the line of each cookie, until it returns false. */
    void (*each_cookie)(void *user, bool (*fn)(void *arg, const char *line), void *arg);
    void (*close_connections)(void *user);
};

extern const struct http_engine http_engine_curl;

#endif
