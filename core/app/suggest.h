/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean": the nearest of some names to a misspelt one.
 */
#ifndef ACRIDA_APP_SUGGEST_H
#define ACRIDA_APP_SUGGEST_H

#include <stddef.h>

/* Insertions, deletions, replacements and swaps of neighbours that turn one into the other, in
 * bytes. Texts over 64 bytes are as far apart as their longer one is long. */
size_t acri_suggest_distance(const char *a, const char *b);

/* The nearest name, when it is near enough to be meant; else NULL. The first one wins a tie. */
const char *acri_suggest_nearest(const char *word, const char *const *names, size_t n);

#endif
