/* SPDX-License-Identifier: MIT */
/* A growing run of bytes, used for everything kept or composed. */
#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 512, WORTH_FREEING = 64 * 1024 };

char *target_buffer_reserve(struct target_buffer *buffer, size_t extra)
{
    if (buffer->capacity - buffer->size < extra) {
        size_t capacity = buffer->capacity > 0 ? buffer->capacity : SMALLEST;
        while (capacity - buffer->size < extra) {
            capacity *= 2;
        }
        char *data = realloc(buffer->data, capacity);
        if (data == NULL) {
            fputs("acrida-target: out of memory\n", stderr);
            abort();
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

void target_buffer_append(struct target_buffer *buffer, const void *data, size_t size)
{
    if (size > 0) {
        memcpy(target_buffer_reserve(buffer, size), data, size);
        buffer->size += size;
    }
}

void target_buffer_text(struct target_buffer *buffer, struct target_text text)
{
    target_buffer_append(buffer, text.data, text.size);
}

void target_buffer_string(struct target_buffer *buffer, const char *string)
{
    target_buffer_append(buffer, string, strlen(string));
}

void target_buffer_number(struct target_buffer *buffer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    target_buffer_append(buffer, digits + at, sizeof digits - at);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void target_buffer_decoded(struct target_buffer *buffer, struct target_text text, bool plus)
{
    char *to = target_buffer_reserve(buffer, text.size);
    size_t written = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '%' && text.size - i > 2) {
            int high = hex_digit(text.data[i + 1]);
            int low = hex_digit(text.data[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high * 16 + low);
                i += 2;
            }
        } else if (c == '+' && plus) {
            c = ' ';
        }
        to[written++] = c;
    }
    buffer->size += written;
}

void target_buffer_consume(struct target_buffer *buffer, size_t count)
{
    if (count >= buffer->size) {
        target_buffer_clear(buffer);
    } else if (count > 0) {
        memmove(buffer->data, buffer->data + count, buffer->size - count);
        buffer->size -= count;
    }
}

void target_buffer_clear(struct target_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->capacity > WORTH_FREEING) {
        target_buffer_free(buffer);
    }
}

void target_buffer_free(struct target_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct target_buffer){ 0 };
}

struct target_text target_buffer_view(const struct target_buffer *buffer)
{
    return (struct target_text){ buffer->data, buffer->size };
}
