/* SPDX-License-Identifier: MIT */
/*
 * Open load on one loop: the arrivals of one user type, each of which begins an iteration of an
 * idle user, or of a new one.
 *
 * Each loop has its share of the arrivals: of evenly spread ones every n-th, so that all loops
 * together keep the even schedule. Thread: the loop's.
 */
#ifndef ACRIDA_ENGINE_ARRIVALS_H
#define ACRIDA_ENGINE_ARRIVALS_H

#include "engine/schedule.h"
#include "engine/users.h"

struct acri_arrivals *acri_arrivals_new(struct acri_users *us, uint32_t type);
/* NULL is allowed. */
void acri_arrivals_free(struct acri_arrivals *a);

/* A user has finished its iteration, or its on_start: it takes a queued arrival, or waits for one.
 */
void acri_arrivals_give_idle(struct acri_arrivals *a, struct acr_user *u);

/* A user of its type has ended: a new one may take its place for an arrival that is queued. */
void acri_arrivals_serve_queue(struct acri_arrivals *a);

/* The same, but not now: from anywhere on the loop, also from a coroutine. */
void acri_arrivals_serve_soon(struct acri_arrivals *a);

/* There are iterations again. Returns: whether an arrival has waited for one. */
bool acri_arrivals_resume(struct acri_arrivals *a);

/* Of --iterations, those that the loop has from the start, so that arrivals need not wait for them;
 * 0 without open load. */
uint64_t acri_arrivals_share_of_iterations(const struct acri_users *us);

/* No more arrivals; those that are queued are dropped. */
void acri_arrivals_stop(struct acri_arrivals *a);

/* Another rate, over all loops, from now_ns on. Thread: control; takes effect by message. */
void acri_arrivals_post_rate(struct acri_users *us, uint32_t type, uint64_t now_ns, double rate,
                             double ramp_per_s);

#endif
