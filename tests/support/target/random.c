/* SPDX-License-Identifier: MIT */
/* A small deterministic random number generator (the SplitMix64 recurrence). */
#include "random.h"

uint64_t target_random_next(struct target_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double target_random_unit(struct target_random *random)
{
    return (double)(target_random_next(random) >> 11) * 0x1p-53;
}

uint64_t target_random_between(struct target_random *random, uint64_t lowest, uint64_t highest)
{
    uint64_t span = highest - lowest + 1;
    uint64_t number = target_random_next(random);
    return span == 0 ? number : lowest + number % span;
}
