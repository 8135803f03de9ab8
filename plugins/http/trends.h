/* SPDX-License-Identifier: MIT */
/* Numbers in response headers that a scenario wants to be kept as trends (`.trend_headers`). */
#ifndef ACRIDA_HTTP_TRENDS_H
#define ACRIDA_HTTP_TRENDS_H

#include <stddef.h>

typedef void http_trends_fn(void *arg, const char *name, double value);

/*
 * Calls `fn` with each number in the headers that one of the lists (NULL, or names separated by
 * spaces or commas) names; a header in both counts once. Server-Timing gives "Server-Timing db" for
 * each of its metrics with a duration, another header the number it is, under its name as listed.
 * `head` is as in struct http_exchange. Bounded: at most 64 numbers of a response.
 */
void http_trends_each(const char *list, const char *more, const char *head, size_t head_bytes,
                      http_trends_fn *fn, void *arg);

#endif
