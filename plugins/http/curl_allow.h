/* SPDX-License-Identifier: MIT */
/*
 * --allow-host with libcurl: hosts are judged before each hop, redirects included, and addresses
 * when curl opens a socket. With a proxy both its host and that of the URL have to be allowed by
 * name (or number), because where the proxy goes is not seen here.
 */
#ifndef ACRIDA_HTTP_CURL_ALLOW_H
#define ACRIDA_HTTP_CURL_ALLOW_H

#include "curl_transfer.h"

/* Whether the run has such a limit. */
bool http_curl_allow_is_limited(void);

/* Whether a hop may begin: false for what can be told from its URL. */
bool http_curl_allow_hop(const struct http_exchange *x, const struct http_settings *s);

/* Whether curl may connect to this. */
bool http_curl_allow_socket(const struct http_curl_transfer *t, const struct curl_sockaddr *to);

#endif
