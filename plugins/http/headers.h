/* SPDX-License-Identifier: MIT */
/*
 * Lists of header lines, and laying a more specific list over a less specific one.
 *
 * A line is "Name: value". With an empty value it is a removal: "Name:" takes away what a less
 * specific list says, and what the engine would send by itself.
 */
#ifndef ACRIDA_HTTP_HEADERS_H
#define ACRIDA_HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

struct http_header {
    const char *line;
    size_t name_bytes;
    bool is_removal;
};

struct http_headers {
    const struct http_header *items;
    size_t count;
};

/* How many items a text can have at most. */
size_t http_headers_count(const char *text);

/*
 * Cut a text of lines "Name: value", separated by \n (or \r\n), in place.
 *
 * Returns: NULL, or what is wrong with it. `items` has room for http_headers_count(text).
 */
const char *http_headers_parse(char *text, struct http_header *items, size_t *ret_count);

/* One line already known to be well-formed; "Name:" is a removal. */
struct http_header http_headers_item(const char *line);

/*
 * What `lower` says about names that `upper` does not mention, then all of `upper`, removals
 * included. `out` has room for both. Returns: the number of items.
 */
size_t http_headers_merge(struct http_headers lower, struct http_headers upper,
                          struct http_header *out);

/* The item with this name in any case, or NULL. */
const struct http_header *http_headers_find(struct http_headers headers, const char *name);

bool http_headers_is(const struct http_header *h, const char *name, size_t name_bytes);

/* Whether a text may be a header's name (a token), or its value (one line). */
bool http_headers_name_ok(const char *name, size_t bytes);
bool http_headers_value_ok(const char *value, size_t bytes);

#endif
