/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

void acri_rng_init(struct acri_rng *rng, uint64_t seed, uint64_t stream)
{
    /* Mixed twice, so that neighbouring seeds and streams do not start near each other. */
    rng->state = mix(mix(seed + 0x9e3779b97f4a7c15ull) ^ (stream * 0xd1342543de82ef95ull + 1));
}

uint64_t acri_rng_next(struct acri_rng *rng)
{
    rng->state += 0x9e3779b97f4a7c15ull;
    return mix(rng->state);
}

uint64_t acri_rng_below(struct acri_rng *rng, uint64_t n)
{
    /* Values under the remainder of 2^64 / n would make the first results more likely. */
    uint64_t skip = n > 0 ? (0 - n) % n : 0;
    uint64_t x = acri_rng_next(rng);

    if (n == 0)
        return 0;
    while (x < skip)
        x = acri_rng_next(rng);
    return x % n;
}

double acri_rng_unit(struct acri_rng *rng)
{
    return (double)(acri_rng_next(rng) >> 11) * 0x1.0p-53;
}
