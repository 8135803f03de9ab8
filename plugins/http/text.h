/* SPDX-License-Identifier: MIT */
/*
 * A growing piece of text or bytes, always terminated by a NUL that is not counted. Its memory is
 * kept when it is cleared, so that one used for each request stops allocating.
 */
#ifndef ACRIDA_HTTP_TEXT_H
#define ACRIDA_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct http_text {
    char *data; /* NULL until the first append */
    size_t length;
    size_t capacity;
};

/* A piece of text or bytes that is somebody else's. */
struct http_span {
    const char *data;
    size_t bytes;
};

/* What http_text_reserve does when there is not enough room. */
bool http_text_grow(struct http_text *t, size_t more_bytes);

/* All return false when out of memory; the text is then as it was. */
static inline bool http_text_reserve(struct http_text *t, size_t more_bytes)
{
    return t->capacity - t->length > more_bytes || http_text_grow(t, more_bytes);
}

static inline bool http_text_add(struct http_text *t, const void *data, size_t bytes)
{
    if (!http_text_reserve(t, bytes)) {
        return false;
    }
    if (bytes > 0) {
        memcpy(t->data + t->length, data, bytes);
    }
    t->length += bytes;
    t->data[t->length] = '\0';
    return true;
}

static inline bool http_text_puts(struct http_text *t, const char *text)
{
    return http_text_add(t, text, strlen(text));
}

static inline bool http_text_put(struct http_text *t, char c)
{
    return http_text_add(t, &c, 1);
}

void http_text_done(struct http_text *t);

/* Empty, memory kept. */
static inline void http_text_clear(struct http_text *t)
{
    t->length = 0;
    if (t->data != NULL) {
        t->data[0] = '\0';
    }
}

/* Empty, and memory beyond a limit given back. */
static inline void http_text_trim(struct http_text *t, size_t keep_bytes)
{
    if (t->capacity > keep_bytes) {
        http_text_done(t);
    } else {
        http_text_clear(t);
    }
}

/* "" when empty. Borrowed until the next append. */
const char *http_text_get(const struct http_text *t);

#endif
