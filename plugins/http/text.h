/* SPDX-License-Identifier: MIT */
/*
 * A growing piece of text or bytes, always terminated by a NUL that is not counted. Its memory is
 * kept when it is cleared, so that one used for each request stops allocating.
 */
#ifndef ACRIDA_HTTP_TEXT_H
#define ACRIDA_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct http_text {
    char *data; /* NULL until the first append */
    size_t length;
    size_t capacity;
};

/* Returns: false when out of memory; the text is then as it was. */
bool http_text_add(struct http_text *t, const void *data, size_t bytes);
bool http_text_puts(struct http_text *t, const char *text);
bool http_text_put(struct http_text *t, char c);
bool http_text_reserve(struct http_text *t, size_t more_bytes);

/* Empty, memory kept. */
void http_text_clear(struct http_text *t);
/* Empty, and memory beyond a limit given back. */
void http_text_trim(struct http_text *t, size_t keep_bytes);
void http_text_done(struct http_text *t);

/* "" when empty. Borrowed until the next append. */
const char *http_text_get(const struct http_text *t);

#endif
