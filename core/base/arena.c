/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK_BYTES 4000u
#define ALIGNMENT 16u

struct acri_arena_chunk {
    struct acri_arena_chunk *before;
    size_t start; /* value of arena.used at this chunk's first byte */
    size_t size;
    _Alignas(ALIGNMENT) char data[];
};

void acri_arena_init(struct acri_arena *a, size_t limit_bytes)
{
    *a = (struct acri_arena){ .limit = limit_bytes };
}

void acri_arena_done(struct acri_arena *a)
{
    struct acri_arena_chunk *chunk = a->last;

    while (chunk != NULL) {
        struct acri_arena_chunk *before = chunk->before;

        free(chunk);
        chunk = before;
    }
    acri_arena_init(a, a->limit);
}

static struct acri_arena_chunk *add_chunk(struct acri_arena *a, size_t bytes)
{
    size_t size = a->last != NULL ? a->last->size * 2 : FIRST_CHUNK_BYTES;
    struct acri_arena_chunk *chunk;

    if (size < bytes)
        size = bytes;
    chunk = malloc(sizeof(*chunk) + size);
    if (chunk == NULL)
        return NULL;
    chunk->before = a->last;
    chunk->start = a->used;
    chunk->size = size;
    a->last = chunk;
    return chunk;
}

void *acri_arena_alloc(struct acri_arena *a, size_t bytes)
{
    size_t rounded = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct acri_arena_chunk *chunk = a->last;
    char *memory;

    if (rounded < bytes || rounded > a->limit || a->used > a->limit - rounded)
        return NULL;
    if (chunk == NULL || chunk->size - (a->used - chunk->start) < rounded)
        chunk = add_chunk(a, rounded);
    if (chunk == NULL)
        return NULL;
    memory = chunk->data + (a->used - chunk->start);
    a->used += rounded;
    return memset(memory, 0, rounded);
}

size_t acri_arena_mark(const struct acri_arena *a)
{
    return a->used;
}

void acri_arena_rewind(struct acri_arena *a, size_t mark)
{
    ACRI_ASSERT(mark <= a->used);
    while (a->last != NULL && a->last->before != NULL && a->last->start >= mark) {
        struct acri_arena_chunk *before = a->last->before;

        free(a->last);
        a->last = before;
    }
    a->used = mark;
}
