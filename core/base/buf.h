/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer with a limit given at init. Always terminated by a NUL that is not counted.
 */
#ifndef ACRIDA_BASE_BUF_H
#define ACRIDA_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct acri_buf {
    char *data; /* NULL until the first append */
    size_t length;
    size_t capacity;
    size_t limit;
    bool is_cut; /* something did not fit the limit and was left out */
};

void acri_buf_init(struct acri_buf *b, size_t limit);
void acri_buf_done(struct acri_buf *b);
/* Empty, memory kept. */
void acri_buf_clear(struct acri_buf *b);
/* 0, or -ENOBUFS when the limit would be passed (nothing is appended, is_cut is set). */
int acri_buf_append(struct acri_buf *b, const void *data, size_t bytes);
int acri_buf_puts(struct acri_buf *b, const char *text);
int acri_buf_printf(struct acri_buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int acri_buf_vprintf(struct acri_buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* "" when empty. Borrowed until the next append. */
const char *acri_buf_text(const struct acri_buf *b);

#endif
