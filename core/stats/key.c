/* SPDX-License-Identifier: MIT */
#include "stats/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define HASH_SEED 0x9e3779b97f4a7c15ull
#define HASH_FACTOR 0xd1342543de82ef95ull

/* Multiply to 128 bits and fold: the mixing step of wyhash (Wang Yi,
 * github.com/wangyi-fudan/wyhash). */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_text(uint64_t hash, const char *text, size_t bytes)
{
    uint64_t word = 0;

    hash ^= fold(bytes ^ HASH_SEED, HASH_FACTOR);
    for (; bytes >= sizeof(word); text += sizeof(word), bytes -= sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        hash = fold(hash ^ word, HASH_FACTOR);
    }
    word = 0;
    memcpy(&word, text, bytes);
    return fold(hash ^ word, HASH_FACTOR);
}

static size_t cut_bytes(const char *text, size_t bytes)
{
    if (ACRI_LIKELY(bytes <= ACRI_KEY_TEXT_MAX))
        return bytes;
    /* A UTF-8 character has at most three bytes after its first. */
    bytes = ACRI_KEY_TEXT_MAX;
    for (int i = 0; i < 3 && ((unsigned char)text[bytes] & 0xc0u) == 0x80u; i++)
        bytes--;
    return bytes;
}

static void add_span(struct acri_key *k, const char *text, size_t bytes)
{
    size_t kept = cut_bytes(text, bytes);

    k->hash = hash_text(k->hash, text, kept);
    k->text[k->n] = text;
    k->bytes[k->n] = (uint32_t)kept;
    k->n++;
}

static void add_text(struct acri_key *k, const char *text)
{
    const char *given = text != NULL ? text : "";

    add_span(k, given, strlen(given));
}

void acri_key_init(struct acri_key *k, const char *first, const char *second)
{
    *k = (struct acri_key){ .hash = HASH_SEED };
    add_text(k, first);
    add_text(k, second);
}

void acri_key_init_span(struct acri_key *k, const char *first, const char *second, size_t bytes)
{
    *k = (struct acri_key){ .hash = HASH_SEED };
    add_text(k, first);
    add_span(k, second, bytes);
}

void acri_key_init_spans(struct acri_key *k, const char *first, size_t first_bytes,
                         const char *second, size_t second_bytes)
{
    *k = (struct acri_key){ .hash = HASH_SEED };
    add_span(k, first, first_bytes);
    add_span(k, second, second_bytes);
}

void acri_key_extend(struct acri_key *k, const struct acri_key *from, const char *third)
{
    ACRI_ASSERT(from->n == 2);
    *k = *from;
    add_text(k, third);
}

void acri_key_extend_span(struct acri_key *k, const struct acri_key *from, const char *third,
                          size_t bytes)
{
    ACRI_ASSERT(from->n == 2);
    *k = *from;
    add_span(k, third, bytes);
}

/* All texts lie in one piece of memory, which text[0] points to. */
void acri_key_copy(struct acri_key *to, const struct acri_key *from)
{
    char *at = acri_alloc(acri_key_bytes(from));

    *to = *from;
    for (uint32_t i = 0; i < from->n; i++) {
        memcpy(at, from->text[i], from->bytes[i]);
        to->text[i] = at;
        at += from->bytes[i] + 1;
    }
}

void acri_key_done(struct acri_key *k)
{
    /* The only place that knows the texts to be its own. */
    free((void *)(uintptr_t)k->text[0]);
    *k = (struct acri_key){ 0 };
}

bool acri_key_equals(const struct acri_key *a, const struct acri_key *b)
{
    if (a->hash != b->hash || a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->bytes[i] != b->bytes[i] || memcmp(a->text[i], b->text[i], a->bytes[i]) != 0)
            return false;
    return true;
}

size_t acri_key_bytes(const struct acri_key *k)
{
    size_t bytes = 0;

    for (uint32_t i = 0; i < k->n; i++)
        bytes += k->bytes[i] + 1u;
    return bytes;
}
