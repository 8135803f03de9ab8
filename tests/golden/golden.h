/* SPDX-License-Identifier: MIT */
/*
 * Golden files: what was written, compared byte for byte with a file of this folder. With
 * UPDATE_GOLDEN=1 in the environment the file is rewritten instead; the difference is then for git
 * to show.
 */
#ifndef ACRIDA_TESTS_GOLDEN_H
#define ACRIDA_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline char *golden_read(const char *path, size_t *ret_bytes)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);

    *ret_bytes = 0;
    assert_non_null(text);
    if (file != NULL) {
        *ret_bytes = fread(text, 1, (1 << 20) - 1, file);
        fclose(file);
    }
    return text;
}

/* name is a file of tests/golden. */
static inline void assert_golden(const char *name, const char *text, size_t bytes)
{
    char path[4096];
    const char *slash = strrchr(__FILE__, '/');
    char *wanted;
    size_t n_wanted;

    snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - __FILE__), __FILE__, name);
    if (getenv("UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "wb");

        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, bytes, file), bytes);
        assert_int_equal(fclose(file), 0);
    }
    wanted = golden_read(path, &n_wanted);
    if (n_wanted != bytes || memcmp(wanted, text, bytes) != 0)
        fprintf(stderr, "--- %s, written:\n%.*s---\n", name, (int)bytes, text);
    assert_int_equal(n_wanted, bytes);
    assert_memory_equal(wanted, text, bytes);
    free(wanted);
}

#endif
