/* SPDX-License-Identifier: MIT */
/* The value of a Set-Cookie line, taken apart (RFC 6265, 5.2) and judged as far as it can be alone.
 */
#ifndef ACRIDA_HTTP_SET_COOKIE_H
#define ACRIDA_HTTP_SET_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed pieces of the line. */
struct http_set_cookie {
    const char *name;
    size_t name_bytes;
    const char *value;
    size_t value_bytes;
    const char *domain; /* without a leading dot, may be empty; NULL = the host that set it */
    size_t domain_bytes;
    const char *path; /* begins with a slash; NULL = by the path of the request */
    size_t path_bytes;
    int64_t expires_s; /* seconds since 1970, in the past for "at once"; 0 = with the session */
    bool is_secure;
    bool is_http_only;
};

/*
 * Takes the text after "Set-Cookie:" apart. `now_s` (since 1970) is what Max-Age counts from.
 *
 * Returns: false when there is no name, when it is too long (5,000 bytes in all, 4,096 of name and
 * value), or has control characters.
 */
bool http_set_cookie_parse(const char *line, int64_t now_s, struct http_set_cookie *ret);

/* A date of any of the forms that servers write (RFC 6265, 5.1.1). Returns: false when it is none.
 */
bool http_set_cookie_date(const char *text, size_t bytes, int64_t *ret_s);

#endif
