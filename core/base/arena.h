/* SPDX-License-Identifier: MIT */
/*
 * A bump allocator: memory that is freed all at once, or back to a mark.
 */
#ifndef ACRIDA_BASE_ARENA_H
#define ACRIDA_BASE_ARENA_H

#include <stddef.h>

struct acri_arena_chunk;

struct acri_arena {
    struct acri_arena_chunk *last; /* NULL until the first allocation */
    size_t used;                   /* bytes handed out, over all chunks: the mark */
    size_t limit;
};

void acri_arena_init(struct acri_arena *a, size_t limit_bytes);
void acri_arena_done(struct acri_arena *a);

/* Zeroed, aligned for any type. Returns: NULL when the limit would be passed. */
void *acri_arena_alloc(struct acri_arena *a, size_t bytes);

size_t acri_arena_mark(const struct acri_arena *a);
/* Free what came after the mark; the first chunk is kept. */
void acri_arena_rewind(struct acri_arena *a, size_t mark);

#endif
