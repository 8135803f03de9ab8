/* SPDX-License-Identifier: MIT */
/* Writing a request: its head as text, and its body from wherever it comes. */
#ifndef ACRIDA_HTTP_FAST_REQUEST_H
#define ACRIDA_HTTP_FAST_REQUEST_H

#include "fast_hop.h"

#include <errno.h>

/*
 * The head, and a small body, as hop->piece; a multipart body is opened.
 *
 * Returns: NULL, or why it cannot be sent.
 */
const char *http_fast_request_prepare(struct http_fast_hop *hop);

/* Write the head, with a small body. Returns: 0 or a negative errno of writing. Yields. */
int http_fast_request_write(struct http_fast_hop *hop);

/* Whether there is a body beyond that. */
bool http_fast_request_has_more(const struct http_fast_hop *hop);

/*
 * Write more of the body; instead of waiting while there is input, nothing.
 *
 * Returns: 1 when there is more to write, 0 when that was all, a negative errno of writing, or
 * HTTP_FAST_REQUEST_FAILED with x->error: the body cannot be read. Yields.
 */
int http_fast_request_write_more(struct http_fast_hop *hop);
#define HTTP_FAST_REQUEST_FAILED (-ENODATA)

#endif
