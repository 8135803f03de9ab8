/* SPDX-License-Identifier: MIT */
/* A folder of the test's own, which is where it works; what is in the files there. */
#ifndef ACRIDA_TESTS_OWN_FOLDER_H
#define ACRIDA_TESTS_OWN_FOLDER_H

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-test-XXXXXX";

static inline int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? chdir(folder) : -1;
}

/* The test has emptied it. */
static inline int leave(void **state)
{
    (void)state;
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static inline void assert_file(const char *path, const char *wanted)
{
    char text[100] = "";
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof(text) - 1, file), strlen(wanted));
    assert_string_equal(text, wanted);
    fclose(file);
}

#endif
