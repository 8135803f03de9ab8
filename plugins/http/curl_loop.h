/* SPDX-License-Identifier: MIT */
/*
 * libcurl on one loop: the multi handle, its timer, and the order in which things are driven.
 *
 * One multi serves all users of the loop, so that its name cache is shared; connections, cookies
 * and TLS sessions live in a CURLSH of each user. curl is never entered from within its own
 * callbacks: they leave notes, which http_curl_loop_act works off.
 */
#ifndef ACRIDA_HTTP_CURL_LOOP_H
#define ACRIDA_HTTP_CURL_LOOP_H

#include "text.h"

#include <acrida/client.h>

#include <curl/curl.h>

struct http_curl_lookup;
struct http_curl_socket;

struct http_curl_loop {
    struct acr_loop *loop;
    CURLM *multi;
    struct acr_timer *timer;
    uint64_t timer_at_ns; /* 0 = not set */
    bool is_due;          /* curl wants to be driven at once */
    bool is_driving;
    struct http_curl_socket *sockets; /* by descriptor: see curl_sockets.h */
    size_t n_sockets;
    struct http_curl_lookup *lookups; /* see curl_lookup.h */
    bool lookups_changed;
    bool guards_heads;          /* curl shows header lines before it stores them */
    bool limits_hosts;          /* see curl_allow.h */
    bool orders_names;          /* see curl_names.h */
    struct http_text addresses; /* of the hop that is about to begin; empty = as curl likes */
    double asked_ms;            /* what finding them took */
};

struct http_curl_loop *http_curl_loop_new(struct acr_loop *l);
void http_curl_loop_free(struct http_curl_loop *loop);

/* A descriptor is ready (CURL_CSELECT_...), or time has passed (CURL_SOCKET_TIMEOUT, 0). */
void http_curl_loop_act(struct http_curl_loop *loop, curl_socket_t fd, int ready);

/* Work off what is due since handles were added or removed. */
void http_curl_loop_drive(struct http_curl_loop *loop);

#endif
