/* SPDX-License-Identifier: MIT */
/* Setting an easy handle up: once for the settings of a profile, then for each hop. */
#ifndef ACRIDA_HTTP_CURL_SETUP_H
#define ACRIDA_HTTP_CURL_SETUP_H

#include "curl_transfer.h"

/* What stays as it is for the life of the handle; its callbacks get `t`. */
void http_curl_setup_handle(struct http_curl_transfer *t);

/* Method, URL, headers, body. Returns: NULL, or why the hop cannot be sent. */
const char *http_curl_setup_hop(struct http_curl_transfer *t);

/* Lets go of what belongs to the hop. */
void http_curl_setup_clear(struct http_curl_transfer *t);

#endif
