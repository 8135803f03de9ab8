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

/* A user begins an iteration of open load; it has ended, or the user ends. */
void acri_arrivals_note_busy(struct acr_user *u);
void acri_arrivals_note_done(struct acr_user *u);

/* No more arrivals; those that are queued are dropped. */
void acri_arrivals_stop(struct acri_arrivals *a);

/* Another rate, over all loops, from now_ns on. Thread: control; takes effect by message. */
void acri_arrivals_post_rate(struct acri_users *us, uint32_t type, uint64_t now_ns, double rate,
                             double ramp_per_s);

#endif
