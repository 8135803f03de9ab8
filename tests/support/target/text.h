/* SPDX-License-Identifier: MIT */
/* Views of bytes owned by somebody else, and the small questions asked of them. */
#ifndef ACRIDA_TARGET_TEXT_H
#define ACRIDA_TARGET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target_text {
    const char *data;
    size_t size;
};

/* The view of a string literal; also usable in static initialisers. */
#define TARGET_TEXT(literal)           \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

struct target_text target_text_of(const char *string);
bool target_text_equal(struct target_text a, struct target_text b);
bool target_text_is(struct target_text text, const char *string);

/* Compares ignoring the case of ASCII letters. */
bool target_text_alike(struct target_text text, const char *string);
bool target_text_starts(struct target_text text, struct target_text prefix);

/* Without the first `count` bytes (all of them when there are fewer). */
struct target_text target_text_skip(struct target_text text, size_t count);

/* Without blanks and tabs at both ends. */
struct target_text target_text_trim(struct target_text text);

/* Takes what stands before `separator` off `rest`; all of it when there is none. */
struct target_text target_text_cut(struct target_text *rest, char separator);

/* A decimal number with nothing around it; false when it is not one or does not fit. */
bool target_text_number(struct target_text text, uint64_t *value);

/* Finds `name` in a query such as "a=1&b=2"; the value is still percent-encoded. */
bool target_text_query(struct target_text query, const char *name, struct target_text *value);

/* Whether `pattern`, in which `*` stands for any run of bytes, describes all of `text`. */
bool target_text_glob(struct target_text pattern, struct target_text text);

#endif
