/* SPDX-License-Identifier: MIT */
/*
 * A limited number of iterations, dealt to the loops in small blocks as they need them, so that
 * just so many are begun whatever the threads do. (Open load has its own share: engine/arrivals.)
 */
#ifndef ACRIDA_ENGINE_BUDGET_H
#define ACRIDA_ENGINE_BUDGET_H

#include "engine/users.h"

/* A user wants to begin an iteration: it does, waits for it, or ends. Thread: the loop's. */
void acri_budget_ask(struct acri_users *us, struct acr_user *u);

/* Whether no iteration can be begun any more. Thread: the loop's. */
bool acri_budget_is_over(const struct acri_users *us);

/* How many a loop that asks is given of those that are left. Pure. */
uint64_t acri_budget_block(uint64_t n_left, size_t n_loops);

/* Give a loop so many; 0 = there are none left. Thread: control. */
void acri_budget_post_grant(struct acri_users *us, uint64_t n);

#endif
