/* SPDX-License-Identifier: MIT */
/*
 * A hash table of keys with open addressing. It owns none of them: a key is a member of what it is
 * the key of (ACRI_CONTAINER_OF), and stays at its address while it is in the table.
 */
#ifndef ACRIDA_STATS_TABLE_H
#define ACRIDA_STATS_TABLE_H

#include "stats/key.h"

struct acri_table_slot {
    uint64_t hash;
    struct acri_key *key; /* NULL = free */
};

/* Zeroed = empty. */
struct acri_table {
    struct acri_table_slot *slots;
    size_t n_slots; /* 0 or a power of two */
    size_t n;
};

void acri_table_done(struct acri_table *t);

/* The equal key, or NULL. */
struct acri_key *acri_table_find(const struct acri_table *t, const struct acri_key *k);

/* Add a key that is not in the table. */
void acri_table_add(struct acri_table *t, struct acri_key *k);

/* Empty the table, memory kept. */
void acri_table_clear(struct acri_table *t);

/* Allocated bytes. */
size_t acri_table_bytes(const struct acri_table *t);

#endif
