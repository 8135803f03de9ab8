/* SPDX-License-Identifier: MIT */
#include "engine/feed_order.h"

#include "base/rng.h"

/* Small networks mix badly, so the smallest has 8 bits. */
#define LEAST_HALF_BITS 4u

void acri_feed_order_init(struct acri_feed_order *order, uint64_t n, uint64_t seed, uint64_t pass)
{
    struct acri_rng rng;

    *order = (struct acri_feed_order){ .n = n, .half_bits = LEAST_HALF_BITS };
    while ((n - 1) >> (2 * order->half_bits) != 0)
        order->half_bits++;
    acri_rng_init(&rng, seed, pass);
    for (int i = 0; i < ACRI_FEED_ORDER_ROUNDS; i++)
        order->keys[i] = acri_rng_next(&rng);
}

static uint64_t permute(const struct acri_feed_order *order, uint64_t x)
{
    const uint64_t mask = ((uint64_t)1 << order->half_bits) - 1;
    uint64_t left = x >> order->half_bits;
    uint64_t right = x & mask;

    for (int i = 0; i < ACRI_FEED_ORDER_ROUNDS; i++) {
        struct acri_rng rng = { .state = order->keys[i] ^ right * 0xd1342543de82ef95ull };
        uint64_t next = left ^ (acri_rng_next(&rng) & mask);

        left = right;
        right = next;
    }
    return left << order->half_bits | right;
}

uint64_t acri_feed_order_at(const struct acri_feed_order *order, uint64_t position)
{
    uint64_t x = permute(order, position);

    while (x >= order->n)
        x = permute(order, x);
    return x;
}
