/* SPDX-License-Identifier: MIT */
#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void acri_check_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "acrida: internal error at %s:%d: %s does not hold; please report this\n", file,
            line, condition);
    abort();
}

static _Noreturn void out_of_memory(size_t bytes)
{
    fprintf(stderr,
            "acrida: out of memory (%zu bytes wanted): run fewer users or on a larger machine\n",
            bytes);
    _exit(1);
}

void *acri_alloc(size_t bytes)
{
    void *memory = calloc(1, bytes > 0 ? bytes : 1);

    if (memory == NULL)
        out_of_memory(bytes);
    return memory;
}

void *acri_realloc(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes > 0 ? bytes : 1);

    if (grown == NULL)
        out_of_memory(bytes);
    return grown;
}

void *acri_grow(void *memory, size_t *n, size_t least, size_t bytes)
{
    size_t before = *n;

    if (least <= before)
        return memory;
    if (before == 0)
        *n = 64;
    while (*n < least)
        *n *= 2;
    memory = acri_realloc(memory, *n * bytes);
    memset((char *)memory + before * bytes, 0, (*n - before) * bytes);
    return memory;
}

char *acri_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;

    return memcpy(acri_alloc(bytes), text, bytes);
}

char *acri_printf(const char *format, ...)
{
    va_list args;
    char *text = NULL;
    int n;

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        out_of_memory(strlen(format));
    return text;
}

int acri_fail(struct acri_error *reterr, int code, const char *format, ...)
{
    va_list args;

    if (reterr != NULL) {
        va_start(args, format);
        vsnprintf(reterr->text, sizeof(reterr->text), format, args);
        va_end(args);
    }
    return code;
}
