/* SPDX-License-Identifier: MIT */
/*
 * Assertions of invariants, always compiled in. Never for input, I/O or memory: those are errors.
 */
#ifndef ACRIDA_BASE_CHECK_H
#define ACRIDA_BASE_CHECK_H

#include <stddef.h>
#include <stdint.h>

#define ACRI_LIKELY(x) __builtin_expect(!!(x), 1)
#define ACRI_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Abort with the place and the text when an invariant does not hold. */
#define ACRI_ASSERT(condition)                                 \
    do {                                                       \
        if (ACRI_UNLIKELY(!(condition)))                       \
            acri_check_failed(__FILE__, __LINE__, #condition); \
    } while (0)

/* The structure that a member is part of. */
#define ACRI_CONTAINER_OF(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* Run a function on a variable when it goes out of scope. */
#define ACRI_CLEANUP(function) __attribute__((cleanup(function)))

_Noreturn void acri_check_failed(const char *file, int line, const char *condition);

/* Memory for the runtime's own structures: these end the process with a clear line when there is
 * none. */
void *acri_alloc(size_t bytes); /* zeroed */
void *acri_realloc(void *memory, size_t bytes);
/* Room for at least so many elements of so many bytes: twice as many until it does, the new ones
 * zeroed. *n: how many there is room for. */
void *acri_grow(void *memory, size_t *n, size_t least, size_t bytes);
char *acri_strdup(const char *text);
char *acri_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Lines of text for a person: filled by a call that fails, untouched by one that does not. */
struct acri_error {
    char text[1024];
};
/* Sets the text (reterr may be NULL) and returns code, so that a caller can return it. */
int acri_fail(struct acri_error *reterr, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
