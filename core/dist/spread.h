/* SPDX-License-Identifier: MIT */
/*
 * Which worker runs how many users of each type: pure arithmetic.
 *
 * Each worker has as many slots as threads; the slots of all lie in one ring, dealt round the
 * workers. The users of a type go round the ring from a start of the type's own. So the parts of a
 * type differ by no more than one per slot, and one user more or fewer changes one worker's number.
 */
#ifndef ACRIDA_DIST_SPREAD_H
#define ACRIDA_DIST_SPREAD_H

#include <stddef.h>
#include <stdint.h>

/* n_slots: n_workers elements; 0 = takes no part. Returns: their sum. */
uint64_t acri_spread_slots(const uint32_t *n_slots, size_t n_workers);

/*
 * The users of one type: ret_users has n_workers elements, whose sum is n (all 0 without a slot).
 * type: its index, which decides where it begins.
 */
void acri_spread_users(const uint32_t *n_slots, size_t n_workers, size_t type, uint64_t n,
                       uint64_t *ret_users);

/* n in parts by slots: the part of one worker; parts of all add up to n. */
uint64_t acri_spread_part(const uint32_t *n_slots, size_t n_workers, size_t worker, uint64_t n);

#endif
