/* SPDX-License-Identifier: MIT */
/*
 * The web server: HTTP/1.1 on a thread of its own, with a table of descriptors of its own, so that
 * it can be reached while users take all that there are.
 *
 * Limits: 16 KB of headers, 256 KB of body, some 250 connections, 128 of one address, 32 streams of
 * events, 30 s without progress, 60 s for a request. What is sent is in memory once, however many
 * clients are slow.
 */
#ifndef ACRIDA_WEB_SERVER_H
#define ACRIDA_WEB_SERVER_H

#include <stddef.h>

struct web_auth;
struct web_server;

/* Texts are copied. */
struct web_server_options {
    const char *host; /* to listen on; "*" or "" = all addresses */
    unsigned port;    /* 0 = any */
    const char *base_path;
    const char *own_names; /* further names that it is asked by; NULL = none */
    const char *cert_path; /* "" = plain HTTP */
    const char *key_path;
    const char *history_path; /* of the full history as CSV; "" = there is none */
    struct web_auth *auth;    /* the server's from then on, also when it does not start */
};

/* Start it; it listens. Returns: NULL with a line in error. Thread: the control loop, as all of
 * these. */
struct web_server *web_server_start(const struct web_server_options *o, char *error,
                                    size_t error_bytes);

/* Where it is: "http://127.0.0.1:8089/". */
const char *web_server_url(const struct web_server *s);

/* Call a function on the control loop after some seconds; earlier calls for that are forgotten. */
void web_server_call_after(struct web_server *s, double seconds, void (*function)(void *arg));

/* Let go of all clients, and end. When nothing can be posted to the control loop any more. */
void web_server_stop(struct web_server *s);

#endif
