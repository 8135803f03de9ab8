/* SPDX-License-Identifier: MIT */
/*
 * A small seedable random generator, one per user: SplitMix64 (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014). Not for cryptography.
 */
#ifndef ACRIDA_BASE_RNG_H
#define ACRIDA_BASE_RNG_H

#include <stdint.h>

struct acri_rng {
    uint64_t state;
};

/* A stream of its own for each (seed, stream). */
void acri_rng_init(struct acri_rng *rng, uint64_t seed, uint64_t stream);

uint64_t acri_rng_next(struct acri_rng *rng);

/* Evenly from 0 to n - 1, without bias; 0 when n is 0. */
uint64_t acri_rng_below(struct acri_rng *rng, uint64_t n);

/* Evenly from 0 (included) to 1 (not included). */
double acri_rng_unit(struct acri_rng *rng);

#endif
