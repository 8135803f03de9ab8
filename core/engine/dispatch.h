/* SPDX-License-Identifier: MIT */
/*
 * Which user comes next, and on which loop, and which goes first: pure arithmetic, no users.
 *
 * Types with a fixed count come first, in the proportion of their counts, then all others by
 * weight. Types are dealt by the quota method (Balinski and Young, "The quota method of
 * apportionment", American Mathematical Monthly 82, 1975): after each user, every type has its
 * exact share rounded up or down, and a type never loses a user by adding one. The users of a type
 * go round the loops. Users go in the reverse order, so that the shares hold on the way down as
 * they did on the way up.
 */
#ifndef ACRIDA_ENGINE_DISPATCH_H
#define ACRIDA_ENGINE_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_dispatch_type {
    double weight;        /* not negative; 0 = none by weight */
    uint64_t fixed_count; /* more than 0: exactly so many, and the weight does not count */
};

struct acri_dispatch {
    struct acri_dispatch_type *types; /* n_types elements */
    uint64_t *n_of_type;              /* n_types elements: dealt, and not taken back */
    bool *is_allowed;                 /* n_types elements: may be added */
    uint32_t *dealt;                  /* n elements: the types, in order */
    uint64_t capacity;
    size_t n_types;
    size_t n_loops;
    uint64_t n;
};

/* types: n_types elements, copied. */
void acri_dispatch_init(struct acri_dispatch *d, const struct acri_dispatch_type *types,
                        size_t n_types, size_t n_loops);
void acri_dispatch_done(struct acri_dispatch *d);

/* From now on only these may be added: is_allowed: n_types elements, copied; NULL = all. */
void acri_dispatch_allow(struct acri_dispatch *d, const bool *is_allowed);

/* Add one user. Returns: false when there is no type for it: all fixed counts are there, and no
 * type has a weight. */
bool acri_dispatch_next(struct acri_dispatch *d, size_t *ret_type, size_t *ret_loop);

/* Take back the last one. Returns: false when there is none. */
bool acri_dispatch_back(struct acri_dispatch *d, size_t *ret_type, size_t *ret_loop);

/* For who is told the numbers of each type by somebody else: one user more, or fewer, of a type.
 * Not to be mixed with the two above. Returns: its loop. */
size_t acri_dispatch_add(struct acri_dispatch *d, size_t type);
size_t acri_dispatch_drop(struct acri_dispatch *d, size_t type);

#endif
