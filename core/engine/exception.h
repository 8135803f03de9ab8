/* SPDX-License-Identifier: MIT */
/* Exceptions that tasks raise: counted per message and place on each loop, until the next tick. */
#ifndef ACRIDA_ENGINE_EXCEPTION_H
#define ACRIDA_ENGINE_EXCEPTION_H

#include <stddef.h>
#include <stdint.h>

#define ACRI_EXCEPTION_FRAMES 32

/* What acr_raise notes. */
struct acri_raised {
    const char *message;
    int n_frames;
    void *frames[ACRI_EXCEPTION_FRAMES];
};

struct acri_exception {
    struct acri_exception *next;
    char *message;
    const char *user_type;
    const char *task;     /* or "on_start", "on_stop" */
    uint64_t user_number; /* of the first */
    uint64_t count;
    int n_frames;
    void *frames[ACRI_EXCEPTION_FRAMES];
};

/* A list, newest first; n elements, at most ACRI_EXCEPTION_LIMIT. */
struct acri_exceptions {
    struct acri_exception *first;
    size_t n;
};

/* So many different ones per loop and tick; more are counted in one of that name. */
#define ACRI_EXCEPTION_LIMIT 100u
#define ACRI_EXCEPTION_OTHERS "(other exceptions)"

void acri_exceptions_add(struct acri_exceptions *list, const struct acri_raised *raised,
                         const char *user_type, const char *task, uint64_t user_number);
/* Append one list to another; `from` is empty then. */
void acri_exceptions_move(struct acri_exceptions *to, struct acri_exceptions *from);
void acri_exceptions_clear(struct acri_exceptions *list);

#endif
