/* SPDX-License-Identifier: MIT */
/*
 * What entries, failures and exceptions are found by: up to three texts and their hash.
 *
 * Texts longer than ACRI_KEY_TEXT_MAX bytes are cut (between UTF-8 characters), so that a scenario
 * that names by whole responses cannot fill the memory.
 */
#ifndef ACRIDA_STATS_KEY_H
#define ACRIDA_STATS_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACRI_KEY_TEXTS 3
#define ACRI_KEY_TEXT_MAX 16384u /* bytes, without the NUL */

struct acri_key {
    uint64_t hash;
    const char *text[ACRI_KEY_TEXTS];
    uint32_t bytes[ACRI_KEY_TEXTS];
    uint32_t n;
};

/* A key of two texts, borrowed; NULL is read as "". They need not end where the key cuts them. */
void acri_key_init(struct acri_key *k, const char *first, const char *second);

/* The same with the second one given by its length. */
void acri_key_init_span(struct acri_key *k, const char *first, const char *second, size_t bytes);

/* The same with both given by their lengths. */
void acri_key_init_spans(struct acri_key *k, const char *first, size_t first_bytes,
                         const char *second, size_t second_bytes);

/* The key `from` with a third text, all borrowed. */
void acri_key_extend(struct acri_key *k, const struct acri_key *from, const char *third);
void acri_key_extend_span(struct acri_key *k, const struct acri_key *from, const char *third,
                          size_t bytes);

/* A copy that owns its texts, each ended by a NUL; acri_key_done frees them. */
void acri_key_copy(struct acri_key *to, const struct acri_key *from);
void acri_key_done(struct acri_key *k);

/* Whether all texts are the same. */
bool acri_key_equals(const struct acri_key *a, const struct acri_key *b);

/* What acri_key_copy allocated, in bytes. */
size_t acri_key_bytes(const struct acri_key *k);

#endif
