/* SPDX-License-Identifier: MIT */
/* Cookies as lines of a cookie file, which is how engines list and take them. */
#ifndef ACRIDA_HTTP_COOKIES_H
#define ACRIDA_HTTP_COOKIES_H

#include "text.h"

/*
 * A line that sets a cookie for one host and all its paths, until the user ends.
 *
 * Returns: NULL, or why it cannot be set.
 */
const char *http_cookies_line(struct http_text *out, const char *host, size_t host_bytes,
                              const char *name, const char *value);

/* The value in a line when it is a cookie of that name for that host; else NULL. */
const char *http_cookies_value(const char *line, const char *host, size_t host_bytes,
                               const char *name);

#endif
