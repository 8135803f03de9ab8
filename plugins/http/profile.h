/* SPDX-License-Identifier: MIT */
/*
 * What all users of one type on one loop have in common: settings, base URL, default headers.
 * Made at the first request of such a user, from the run's options and the type's `.http`.
 */
#ifndef ACRIDA_HTTP_PROFILE_H
#define ACRIDA_HTTP_PROFILE_H

#include "engine.h"
#include "headers.h"
#include "url.h"
#include "url_cache.h"

struct http_loop;

enum http_version { HTTP_VERSION_ANY, HTTP_VERSION_1_1, HTTP_VERSION_2 };

struct http_settings {
    double timeout_s;         /* 0 = none */
    double connect_timeout_s; /* 0 = none */
    int max_redirects;        /* 0 = follow none */
    enum http_version version;
    enum http_engine_kind engine;
    bool insecure;
    bool no_compression;
    bool no_cookies;
    bool no_keep_alive;
    bool traces; /* --once: what is sent and received is shown */
    /* NULL = none; borrowed from options and descriptors, which live as long as the run. */
    const char *ca_file;
    const char *cert_file;
    const char *key_file;
    const char *proxy;
    const char *unix_socket;
    const char *trend_headers;
};

struct http_profile {
    struct http_profile *next;
    struct http_loop *loop;
    const struct acr_http_defaults *defaults; /* with host, what it is found by */
    char *host;
    struct http_settings settings;
    struct http_url_base base;
    struct http_url_cache urls;
    struct http_headers headers; /* of every request; owned */
    struct http_text lines;      /* what they point into */
    const char *error;           /* why every request fails; NULL = none */
    const struct http_engine *engine;
    void *engine_profile;
};

/* Returns: NULL when out of memory. */
struct http_profile *http_profile_get(struct http_loop *loop, struct acr_user *u);
void http_profile_free(struct http_profile *p);

#endif
