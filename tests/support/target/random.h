/* SPDX-License-Identifier: MIT */
/* A small deterministic random number generator, so that a seed repeats a run. */
#ifndef ACRIDA_TARGET_RANDOM_H
#define ACRIDA_TARGET_RANDOM_H

#include <stdint.h>

struct target_random {
    uint64_t state;
};

uint64_t target_random_next(struct target_random *random);

/* Uniform in [0, 1). */
double target_random_unit(struct target_random *random);

/* Uniform in lowest..highest, both included. */
uint64_t target_random_between(struct target_random *random, uint64_t lowest, uint64_t highest);

#endif
