/* SPDX-License-Identifier: MIT */
/* The state of the fast engine per loop, profile and user. */
#ifndef ACRIDA_HTTP_FAST_LOOP_H
#define ACRIDA_HTTP_FAST_LOOP_H

#include "decode.h"
#include "engine.h"
#include "jar.h"

struct http_fast_connection;
struct http_fast_hop;

struct http_fast_loop {
    struct acr_loop *loop;
    struct http_fast_hop *free_hops;
    size_t n_free_hops;
    struct http_decode_pool decoders;
};

struct http_fast_profile {
    struct http_fast_loop *loop;
    const struct http_settings *settings;
    struct http_text lines;  /* Host and the default headers, written out once; empty: not yet */
    struct http_text origin; /* of the latest connection, and where that went to */
    struct http_text target;
};

struct http_fast_user {
    struct http_fast_profile *profile;
    struct http_fast_connection *idle; /* the latest first */
    size_t n_idle;
    struct http_jar jar;
    unsigned n_closings; /* how often its connections were closed on request */
};

#endif
