/* SPDX-License-Identifier: MIT */
/* A growing piece of text or bytes. */
#include "text.h"

#include <stdint.h>
#include <stdlib.h>

enum { SMALLEST = 256 };

bool http_text_grow(struct http_text *t, size_t more_bytes)
{
    if (more_bytes >= SIZE_MAX / 4 || t->capacity >= SIZE_MAX / 4) {
        return false;
    }
    size_t needed = t->length + more_bytes + 1;
    size_t capacity = t->capacity < SMALLEST ? SMALLEST : t->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *data = realloc(t->data, capacity);
    if (data == NULL) {
        return false;
    }
    t->data = data;
    t->capacity = capacity;
    return true;
}

void http_text_done(struct http_text *t)
{
    free(t->data);
    *t = (struct http_text){ NULL, 0, 0 };
}

const char *http_text_get(const struct http_text *t)
{
    return t->data == NULL ? "" : t->data;
}
