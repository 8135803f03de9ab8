/* SPDX-License-Identifier: MIT */
#include "stats/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define FIRST_SLOTS 64u

static void put(struct acri_table *t, struct acri_key *k)
{
    size_t mask = t->n_slots - 1;
    size_t at = (size_t)k->hash & mask;

    while (t->slots[at].key != NULL)
        at = (at + 1) & mask;
    t->slots[at] = (struct acri_table_slot){ .hash = k->hash, .key = k };
}

static void grow(struct acri_table *t)
{
    struct acri_table_slot *old = t->slots;
    size_t n_old = t->n_slots;

    t->n_slots = n_old > 0 ? n_old * 2 : FIRST_SLOTS;
    t->slots = acri_alloc(t->n_slots * sizeof(*t->slots));
    for (size_t i = 0; i < n_old; i++)
        if (old[i].key != NULL)
            put(t, old[i].key);
    free(old);
}

void acri_table_done(struct acri_table *t)
{
    free(t->slots);
    *t = (struct acri_table){ 0 };
}

struct acri_key *acri_table_find(const struct acri_table *t, const struct acri_key *k)
{
    size_t mask = t->n_slots - 1;

    if (t->n == 0)
        return NULL;
    for (size_t at = (size_t)k->hash & mask; t->slots[at].key != NULL; at = (at + 1) & mask)
        if (t->slots[at].hash == k->hash && acri_key_equals(t->slots[at].key, k))
            return t->slots[at].key;
    return NULL;
}

void acri_table_add(struct acri_table *t, struct acri_key *k)
{
    /* At most half full: searches that fail stay short. */
    if (t->n * 2 >= t->n_slots)
        grow(t);
    put(t, k);
    t->n++;
}

void acri_table_clear(struct acri_table *t)
{
    if (t->n > 0)
        memset(t->slots, 0, t->n_slots * sizeof(*t->slots));
    t->n = 0;
}

size_t acri_table_bytes(const struct acri_table *t)
{
    return t->n_slots * sizeof(*t->slots);
}
