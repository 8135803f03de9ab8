/* SPDX-License-Identifier: MIT */
/* A text of options as a shell splits it, without anything else that a shell does. */
#ifndef ACRIDA_APP_WORDS_H
#define ACRIDA_APP_WORDS_H

#include "base/check.h"

struct acri_words {
    char **words; /* n elements, then NULL */
    size_t n;
};

void acri_words_init(struct acri_words *w);
void acri_words_done(struct acri_words *w);
void acri_words_add(struct acri_words *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Append the words of a text: separated by blanks; '...' is as it stands; in "..." a backslash
 * keeps a quote or a backslash; elsewhere it keeps any character.
 *
 * Returns: 0, or -EINVAL for a quote that is not closed.
 */
int acri_words_split(struct acri_words *w, const char *text, struct acri_error *reterr);

#endif
