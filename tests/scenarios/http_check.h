/* SPDX-License-Identifier: MIT */
/* What the http_*.c scenarios share: steps that are checked, run once by each user. */
#ifndef ACRIDA_TESTS_HTTP_CHECK_H
#define ACRIDA_TESTS_HTTP_CHECK_H

#include <acrida/acrida.h>
#include <acrida/http.h>

#include <string.h>

/* In a step: what does not hold is an exception, so that the run does not end with 0. */
#define CHECK(condition)                                              \
    do {                                                              \
        if (!(condition))                                             \
            return acr_raise(u, "line %d: %s", __LINE__, #condition); \
    } while (0)

#define CHECK_TEXT(expected, actual)                                                  \
    do {                                                                              \
        const char *actual_ = (actual);                                               \
        if (strcmp((expected), actual_) != 0)                                         \
            return acr_raise(u, "line %d: %s is \"%s\"", __LINE__, #actual, actual_); \
    } while (0)

typedef int http_step(struct acr_user *u);

/* Runs the steps in order, up to the first that fails; the user ends when none did. */
static inline int http_run_steps(struct acr_user *u, http_step *const *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int r = steps[i](u);
        if (r != 0)
            return r;
    }
    return ACR_STOP_USER;
}

#endif
