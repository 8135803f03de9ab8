/* SPDX-License-Identifier: MIT */
/*
 * Who is there on a loop: its users by type, those that are ending, those that wait for an
 * iteration; and each type's share of a total rate. Thread: the loop's.
 */
#ifndef ACRIDA_ENGINE_ROSTER_H
#define ACRIDA_ENGINE_ROSTER_H

#include "engine/user.h"

void acri_roster_init(struct acri_users *us);
void acri_roster_done(struct acri_users *us);

/* A user that starts; one that ends. */
void acri_roster_link(struct acri_users *us, struct acr_user *u);
void acri_roster_unlink(struct acri_users *us, struct acr_user *u);

/* It is ending: no longer one of its type. Cancelled at its cancel_ns, when it has one. */
void acri_roster_set_ending(struct acri_users *us, struct acr_user *u);

/* End so many users of a type, the newest first; fewer when there are fewer. */
void acri_roster_stop_some(struct acri_users *us, uint32_t type, uint64_t n);
/* End all. */
void acri_roster_stop_all(struct acri_users *us, enum acri_stop how);

/* All iterations are done: end looping users that wait, or have not begun. */
void acri_roster_finish_all(struct acri_users *us);

/* Put an idle user into a list, at its end or at its start; take one out of the start. */
void acri_roster_queue_idle(struct acri_user_list *list, struct acr_user *u);
void acri_roster_push_idle(struct acri_user_list *list, struct acr_user *u);
struct acr_user *acri_roster_take_idle(struct acri_user_list *list);
/* It is in no such list any more. */
void acri_roster_not_idle(struct acr_user *u);

/* Whether its type is under open load. */
bool acri_roster_is_open(const struct acr_user *u);
/* Whether its iterations are dealt: by arrivals, or because there are only so many. */
bool acri_roster_deals_iterations(const struct acr_user *u);

/* The slots of a set's total rate, with this loop's share of it. */
struct acri_rate_slots *acri_roster_rate_slots(struct acr_user *u, const struct acri_set_plan *set);
/* Warn when slots are given out late: there are too few users for the rate. */
void acri_roster_watch_rate(struct acr_user *u, const struct acri_set_plan *set, uint64_t due_ns);

#endif
