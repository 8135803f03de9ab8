/* SPDX-License-Identifier: MIT */
#include "engine/dispatch.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Weights are doubles: a share such as 3/10 of 10 must not count as 3.0000000001. */
#define ROUNDING 1e-9

void acri_dispatch_init(struct acri_dispatch *d, const struct acri_dispatch_type *types,
                        size_t n_types, size_t n_loops)
{
    ACRI_ASSERT(n_loops > 0);
    *d = (struct acri_dispatch){ .types = acri_alloc((n_types + 1) * sizeof(*d->types)),
                                 .n_of_type = acri_alloc((n_types + 1) * sizeof(*d->n_of_type)),
                                 .is_allowed = acri_alloc((n_types + 1) * sizeof(*d->is_allowed)),
                                 .n_types = n_types,
                                 .n_loops = n_loops };
    if (n_types > 0)
        memcpy(d->types, types, n_types * sizeof(*types));
    acri_dispatch_allow(d, NULL);
}

void acri_dispatch_done(struct acri_dispatch *d)
{
    free(d->types);
    free(d->n_of_type);
    free(d->is_allowed);
    free(d->dealt);
    *d = (struct acri_dispatch){ 0 };
}

void acri_dispatch_allow(struct acri_dispatch *d, const bool *is_allowed)
{
    for (size_t i = 0; i < d->n_types; i++)
        d->is_allowed[i] = is_allowed == NULL || is_allowed[i];
}

/* Its weight in this round: that of fixed counts, or that of the others. */
static double weight_of(const struct acri_dispatch *d, size_t i, bool is_fixed_round)
{
    const struct acri_dispatch_type *t = &d->types[i];

    if (!d->is_allowed[i])
        return 0;
    if (is_fixed_round)
        return (double)t->fixed_count;
    return t->fixed_count > 0 ? 0 : t->weight;
}

static bool lacks_fixed(const struct acri_dispatch *d)
{
    for (size_t i = 0; i < d->n_types; i++)
        if (d->is_allowed[i] && d->n_of_type[i] < d->types[i].fixed_count)
            return true;
    return false;
}

/* By the quota method. Where an edit has left a type with more than its share, nobody may be
 * eligible: then the most deserving. */
static size_t pick_type(const struct acri_dispatch *d, bool is_fixed_round)
{
    double sum = 0;
    double total = 1;
    double best_rank = 0;
    double best_eligible = 0;
    size_t best = d->n_types;
    size_t eligible = d->n_types;

    for (size_t i = 0; i < d->n_types; i++)
        if (weight_of(d, i, is_fixed_round) > 0) {
            sum += weight_of(d, i, is_fixed_round);
            total += (double)d->n_of_type[i];
        }
    for (size_t i = 0; i < d->n_types; i++) {
        double share = sum > 0 ? weight_of(d, i, is_fixed_round) / sum : 0;
        double mine = (double)d->n_of_type[i];
        double rank = share / (mine + 1);

        if (is_fixed_round && d->n_of_type[i] >= d->types[i].fixed_count)
            continue;
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
        /* Eligible: one more would not be above the share rounded up. */
        if (rank > best_eligible && mine + 1 <= ceil(share * total - ROUNDING)) {
            eligible = i;
            best_eligible = rank;
        }
    }
    return eligible < d->n_types ? eligible : best;
}

/* Offset by type, so that two equal types on two loops do not end up one on each. */
static size_t loop_of(const struct acri_dispatch *d, size_t type, uint64_t number)
{
    return (size_t)((number + type) % d->n_loops);
}

bool acri_dispatch_next(struct acri_dispatch *d, size_t *ret_type, size_t *ret_loop)
{
    size_t type = pick_type(d, lacks_fixed(d));

    if (type == d->n_types)
        return false;
    if (d->n == d->capacity) {
        d->capacity = d->capacity > 0 ? d->capacity * 2 : 256;
        d->dealt = acri_realloc(d->dealt, d->capacity * sizeof(*d->dealt));
    }
    d->dealt[d->n++] = (uint32_t)type;
    *ret_type = type;
    *ret_loop = loop_of(d, type, d->n_of_type[type]++);
    return true;
}

bool acri_dispatch_back(struct acri_dispatch *d, size_t *ret_type, size_t *ret_loop)
{
    if (d->n == 0)
        return false;
    *ret_type = d->dealt[--d->n];
    *ret_loop = loop_of(d, *ret_type, --d->n_of_type[*ret_type]);
    return true;
}

size_t acri_dispatch_add(struct acri_dispatch *d, size_t type)
{
    d->n++;
    return loop_of(d, type, d->n_of_type[type]++);
}

size_t acri_dispatch_drop(struct acri_dispatch *d, size_t type)
{
    d->n--;
    return loop_of(d, type, --d->n_of_type[type]);
}
