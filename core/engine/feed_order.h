/* SPDX-License-Identifier: MIT */
/*
 * A random order of 0 to n - 1 that needs no memory: a permutation by a key. A Feistel network
 * permutes the next larger power of four; what it maps outside is mapped again until it is inside
 * ("cycle walking": Black, Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). Not for
 * cryptography.
 */
#ifndef ACRIDA_ENGINE_FEED_ORDER_H
#define ACRIDA_ENGINE_FEED_ORDER_H

#include <stdint.h>

#define ACRI_FEED_ORDER_ROUNDS 6

struct acri_feed_order {
    uint64_t n;
    unsigned half_bits;
    uint64_t keys[ACRI_FEED_ORDER_ROUNDS];
};

/* An order of its own for each (seed, pass). n: at least 1, at most 2^62. */
void acri_feed_order_init(struct acri_feed_order *order, uint64_t n, uint64_t seed, uint64_t pass);

/* What comes at a position, both from 0 to n - 1. */
uint64_t acri_feed_order_at(const struct acri_feed_order *order, uint64_t position);

#endif
