/* SPDX-License-Identifier: MIT */
/*
 * What the header lines of an HTTP/1.1 answer say about where it ends (RFC 9112, 6) and what
 * becomes of the connection (9.3). Errors are constant texts.
 */
#ifndef ACRIDA_HTTP_FAST_FIELDS_H
#define ACRIDA_HTTP_FAST_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_FAST_FIELDS_UNKNOWN UINT64_MAX

/* Of one head. Begins with an unknown length and all else zero. */
struct http_fast_fields {
    uint64_t content_length;
    bool is_chunked;
    bool is_coded; /* there is a Transfer-Encoding, if only an empty one */
    bool says_close;
    bool says_keep_alive;
};

/*
 * Whether a line begins with a header's name: a token, directly followed by a colon. With a blank
 * between the two, others may have read another header; and so no header line looks like a status
 * line.
 */
bool http_fast_fields_name(const char *line, size_t bytes, size_t *ret_name_bytes);

/* Takes in a header line. Returns: NULL, or what is wrong with it. */
const char *http_fast_fields_read(struct http_fast_fields *f, const char *line, size_t bytes,
                                  size_t *ret_name_bytes);

#endif
