/* SPDX-License-Identifier: MIT */
#include "dist/spread.h"

#include <string.h>

uint64_t acri_spread_slots(const uint32_t *n_slots, size_t n_workers)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n_workers; i++)
        sum += n_slots[i];
    return sum;
}

/* Of `n` users dealt from the ring's position `from` on: how many fall on a slot at `at`. */
static uint64_t on_slot(uint64_t n, uint64_t from, uint64_t at, uint64_t n_all)
{
    uint64_t distance = (at + n_all - from) % n_all;

    return n / n_all + (distance < n % n_all ? 1 : 0);
}

void acri_spread_users(const uint32_t *n_slots, size_t n_workers, size_t type, uint64_t n,
                       uint64_t *ret_users)
{
    uint64_t n_all = acri_spread_slots(n_slots, n_workers);
    uint64_t at = 0;

    memset(ret_users, 0, n_workers * sizeof(*ret_users));
    /* The ring: the first slot of each worker, then the second of those that have two, and so on.
     */
    for (uint32_t round = 0; at < n_all; round++)
        for (size_t i = 0; i < n_workers; i++)
            if (n_slots[i] > round)
                ret_users[i] += on_slot(n, type % n_all, at++, n_all);
}

uint64_t acri_spread_part(const uint32_t *n_slots, size_t n_workers, size_t worker, uint64_t n)
{
    uint64_t n_all = acri_spread_slots(n_slots, n_workers);
    uint64_t part = 0;
    uint64_t at = 0;

    for (uint32_t round = 0; at < n_all; round++)
        for (size_t i = 0; i < n_workers; i++)
            if (n_slots[i] > round) {
                part += i == worker ? on_slot(n, 0, at, n_all) : 0;
                at++;
            }
    return part;
}
