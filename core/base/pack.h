/* SPDX-License-Identifier: MIT */
/*
 * Numbers and texts as bytes, for what is sent or kept: integers as LEB128 (seven bits a byte, the
 * low ones first, at most ten bytes), signed ones zigzag, doubles as eight little-endian bytes,
 * texts and blobs as length and bytes.
 *
 * The reader trusts nothing: past the end, or on what does not fit, it sets `is_bad`, and from then
 * on reads zeros. So a message is decoded to its end and checked once.
 */
#ifndef ACRIDA_BASE_PACK_H
#define ACRIDA_BASE_PACK_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void acri_pack_u64(struct acri_buf *b, uint64_t x);
void acri_pack_i64(struct acri_buf *b, int64_t x);
void acri_pack_double(struct acri_buf *b, double x);
void acri_pack_bytes(struct acri_buf *b, const void *bytes, size_t n);
/* NULL is "". */
void acri_pack_text(struct acri_buf *b, const char *text);

struct acri_unpack {
    const unsigned char *at;
    const unsigned char *end;
    bool is_bad;
};

void acri_unpack_init(struct acri_unpack *u, const void *bytes, size_t n);
uint64_t acri_unpack_u64(struct acri_unpack *u);
/* A number that must not be greater than most; otherwise bad. */
uint64_t acri_unpack_most(struct acri_unpack *u, uint64_t most);
int64_t acri_unpack_i64(struct acri_unpack *u);
double acri_unpack_double(struct acri_unpack *u);
/* Borrowed from the input. Returns: never NULL. */
const void *acri_unpack_bytes(struct acri_unpack *u, size_t *ret_n);
/* Into a buffer of size bytes, cut there, ended by a NUL; a NUL inside is bad. */
void acri_unpack_text(struct acri_unpack *u, char *to, size_t size);
/* A copy for the caller to free. Returns: never NULL; "" when bad. */
char *acri_unpack_dup(struct acri_unpack *u);
/* Whether all was read and nothing was bad. */
bool acri_unpack_is_done(const struct acri_unpack *u);

#endif
