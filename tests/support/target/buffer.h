/* SPDX-License-Identifier: MIT */
/* A growing run of bytes. Running out of memory ends the program: a test server
 * without memory has nothing useful left to say. */
#ifndef ACRIDA_TARGET_BUFFER_H
#define ACRIDA_TARGET_BUFFER_H

#include "text.h"

struct target_buffer {
    char *data;
    size_t size;
    size_t capacity;
};

/* Makes room for `extra` more bytes and returns where they go. */
char *target_buffer_reserve(struct target_buffer *buffer, size_t extra);
void target_buffer_append(struct target_buffer *buffer, const void *data, size_t size);
void target_buffer_text(struct target_buffer *buffer, struct target_text text);
void target_buffer_string(struct target_buffer *buffer, const char *string);
void target_buffer_number(struct target_buffer *buffer, uint64_t number);

/* Appends with %XX (and, for `plus`, '+' as a blank) decoded; bad escapes stay as they are. */
void target_buffer_decoded(struct target_buffer *buffer, struct target_text text, bool plus);

/* Removes the first `count` bytes. */
void target_buffer_consume(struct target_buffer *buffer, size_t count);

/* Forgets the content; gives memory back only when there is a lot of it. */
void target_buffer_clear(struct target_buffer *buffer);
void target_buffer_free(struct target_buffer *buffer);
struct target_text target_buffer_view(const struct target_buffer *buffer);

#endif
