/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void acri_buf_init(struct acri_buf *b, size_t limit)
{
    *b = (struct acri_buf){ .limit = limit };
}

void acri_buf_done(struct acri_buf *b)
{
    free(b->data);
    *b = (struct acri_buf){ .limit = b->limit };
}

void acri_buf_clear(struct acri_buf *b)
{
    b->length = 0;
    b->is_cut = false;
    if (b->data != NULL)
        b->data[0] = '\0';
}

static int reserve(struct acri_buf *b, size_t bytes)
{
    size_t capacity = b->capacity > 0 ? b->capacity : 64;

    if (bytes > b->limit - b->length) {
        b->is_cut = true;
        return -ENOBUFS;
    }
    while (capacity < b->length + bytes + 1)
        capacity *= 2;
    if (capacity != b->capacity) {
        b->data = acri_realloc(b->data, capacity);
        b->capacity = capacity;
    }
    return 0;
}

int acri_buf_append(struct acri_buf *b, const void *data, size_t bytes)
{
    int r = reserve(b, bytes);

    if (r < 0)
        return r;
    if (bytes > 0)
        memcpy(b->data + b->length, data, bytes);
    b->length += bytes;
    b->data[b->length] = '\0';
    return 0;
}

int acri_buf_puts(struct acri_buf *b, const char *text)
{
    return acri_buf_append(b, text, strlen(text));
}

int acri_buf_vprintf(struct acri_buf *b, const char *format, va_list args)
{
    va_list again;
    int n;
    int r;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    ACRI_ASSERT(n >= 0);
    r = reserve(b, (size_t)n);
    if (r < 0)
        return r;
    vsnprintf(b->data + b->length, (size_t)n + 1, format, args);
    b->length += (size_t)n;
    return 0;
}

int acri_buf_printf(struct acri_buf *b, const char *format, ...)
{
    va_list args;
    int r;

    va_start(args, format);
    r = acri_buf_vprintf(b, format, args);
    va_end(args);
    return r;
}

const char *acri_buf_text(const struct acri_buf *b)
{
    return b->data != NULL ? b->data : "";
}
