/* SPDX-License-Identifier: MIT */
/*
 * URLs: taking one apart, joining a path to the base of a user, following a Location.
 *
 * Functions that can refuse return NULL when all is well, else a text for the failure table: it
 * never contains the URL, so that failures group.
 */
#ifndef ACRIDA_HTTP_URL_H
#define ACRIDA_HTTP_URL_H

#include "text.h"

#include <stdint.h>

/* Borrowed pieces of an absolute http(s) URL. */
struct http_url {
    bool is_https;
    const char *userinfo; /* "user:password" as written; NULL when there is none */
    size_t userinfo_bytes;
    const char *host; /* with the brackets of an IPv6 address */
    size_t host_bytes;
    uint16_t port;    /* the scheme's when none is given */
    bool has_port;    /* it is given */
    const char *rest; /* path, query and fragment; may be empty */
};

/* The base of a user, from its host: "http://h:8080/base/" is kept as "http://h:8080/base". */
struct http_url_base {
    char *text;           /* owned; NULL when refused */
    size_t origin_bytes;  /* of "http://h:8080" */
    bool ends_with_slash; /* the base as given did */
    char *userinfo;       /* owned, decoded; NULL when there was none */
    const char *error;    /* why requests that need the base fail; NULL = none */
};

/* Whether a text begins with http:// or https://, in any case. */
bool http_url_is_absolute(const char *text);

const char *http_url_split(const char *text, struct http_url *ret_url);

/* Same scheme, host and port: what Authorization may be sent to again. */
bool http_url_same_origin(const char *a, const char *b);

/* Never fails: a host that cannot be used is remembered as `error`. */
void http_url_base_init(struct http_url_base *base, const char *host);
void http_url_base_done(struct http_url_base *base);

/*
 * The URL of a request, appended to an empty `out`: path joined to the base by exactly one slash
 * (or used as it is when absolute), then the query by ? or &. What may not stand in a URL is
 * encoded; a fragment is dropped. *ret_path_at is where path and query begin in it.
 */
const char *http_url_join(struct http_text *out, const struct http_url_base *base, const char *path,
                          const char *query, size_t *ret_path_at);

/* What a Location means, seen from the URL that answered with it; appended to an empty `out`. */
const char *http_url_resolve(struct http_text *out, const char *current, const char *location);

#endif
