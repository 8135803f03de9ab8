/* SPDX-License-Identifier: MIT */
/*
 * Which user comes next, and on which loop: pure arithmetic, no users.
 *
 * Types are dealt by the quota method (Balinski and Young, "The quota method of apportionment",
 * American Mathematical Monthly 82, 1975): after each user, every type has its exact share rounded
 * up or down, and a type never loses a user by adding one. The users of a type go round the loops.
 */
#ifndef ACRIDA_ENGINE_DISPATCH_H
#define ACRIDA_ENGINE_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

struct acri_dispatch {
    double *weights;     /* n_types elements, as fractions of 1 */
    uint64_t *n_of_type; /* n_types elements: dealt so far */
    size_t n_types;
    size_t n_loops;
    uint64_t n;
};

/* weights: n_types elements, none negative, their sum positive. */
void acri_dispatch_init(struct acri_dispatch *d, const double *weights, size_t n_types,
                        size_t n_loops);
void acri_dispatch_done(struct acri_dispatch *d);

/* Deal one user. */
void acri_dispatch_next(struct acri_dispatch *d, size_t *ret_type, size_t *ret_loop);

#endif
