/* SPDX-License-Identifier: MIT */
/* What went wrong, in words that are the same for each request that it happens to. */
#ifndef ACRIDA_HTTP_CURL_ERROR_H
#define ACRIDA_HTTP_CURL_ERROR_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct http_curl_failure {
    CURLcode code;
    int system_errno;         /* of connecting, or of opening a socket; 0 = unknown */
    const char *detail;       /* curl's own text */
    double connect_timeout_s; /* the only time limit that curl watches */
    bool has_proxy;           /* connecting means connecting to it */
    long proxy_code;          /* CURLPX_..., of a SOCKS proxy */
    bool limits_hosts;        /* sockets to others are not opened: EACCES */
    bool has_sources;         /* sockets are bound, where there is an address of their family */
};

/* Returns: a constant, or what was composed in `to`. Never addresses, counts or times measured. */
const char *http_curl_error_text(const struct http_curl_failure *f, char *to, size_t to_bytes);

#endif
