/* SPDX-License-Identifier: MIT */
#include "engine/dispatch.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

/* Weights are doubles: a share such as 3/10 of 10 must not count as 3.0000000001. */
#define ROUNDING 1e-9

void acri_dispatch_init(struct acri_dispatch *d, const double *weights, size_t n_types,
                        size_t n_loops)
{
    double sum = 0;

    ACRI_ASSERT(n_types > 0 && n_loops > 0);
    *d = (struct acri_dispatch){ .weights = acri_alloc(n_types * sizeof(*d->weights)),
                                 .n_of_type = acri_alloc(n_types * sizeof(*d->n_of_type)),
                                 .n_types = n_types,
                                 .n_loops = n_loops };
    for (size_t i = 0; i < n_types; i++)
        sum += weights[i];
    ACRI_ASSERT(sum > 0);
    for (size_t i = 0; i < n_types; i++)
        d->weights[i] = weights[i] / sum;
}

void acri_dispatch_done(struct acri_dispatch *d)
{
    free(d->weights);
    free(d->n_of_type);
    *d = (struct acri_dispatch){ 0 };
}

void acri_dispatch_next(struct acri_dispatch *d, size_t *ret_type, size_t *ret_loop)
{
    double total = (double)(d->n + 1);
    size_t best = d->n_types;
    double best_rank = -1;

    for (size_t i = 0; i < d->n_types; i++) {
        double mine = (double)d->n_of_type[i];
        double rank = d->weights[i] / (mine + 1);

        /* Eligible: one more would not be above the share rounded up. */
        if (d->weights[i] > 0 && mine + 1 <= ceil(d->weights[i] * total - ROUNDING) &&
            rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    ACRI_ASSERT(best < d->n_types);
    *ret_type = best;
    /* Offset by type, so that two equal types on two loops do not end up one on each. */
    *ret_loop = (d->n_of_type[best] + best) % d->n_loops;
    d->n_of_type[best]++;
    d->n++;
}
