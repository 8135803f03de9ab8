/* SPDX-License-Identifier: MIT */
/*
 * What fuzz targets have in common. Each makes of its input what the parser takes, in memory of
 * exactly that size, and demands what must be true of any input.
 */
#ifndef ACRIDA_TESTS_FUZZ_H
#define ACRIDA_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define FUZZ_REQUIRE(condition)                                                           \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
            abort();                                                                      \
        }                                                                                 \
    } while (0)

/* A terminated copy, up to the first NUL. Owner: the caller. */
static inline char *fuzz_text(const uint8_t *data, size_t bytes)
{
    const uint8_t *end = bytes > 0 ? memchr(data, '\0', bytes) : NULL;
    size_t length = end != NULL ? (size_t)(end - data) : bytes;
    char *text = malloc(length + 1);

    if (text == NULL) {
        abort();
    }
    if (length > 0) {
        memcpy(text, data, length);
    }
    text[length] = '\0';
    return text;
}

/* Cuts the text at its first newline. Returns: what is behind it, "" when there is none. */
static inline char *fuzz_cut(char *text)
{
    char *newline = strchr(text, '\n');

    if (newline == NULL) {
        return text + strlen(text);
    }
    *newline = '\0';
    return newline + 1;
}

#endif
