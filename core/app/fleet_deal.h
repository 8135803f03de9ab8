/* SPDX-License-Identifier: MIT */
/* What each worker of a fleet should do: its part of the users, and what it needs to know of the
 * run. */
#ifndef ACRIDA_APP_FLEET_DEAL_H
#define ACRIDA_APP_FLEET_DEAL_H

#include "app/fleet.h"

/* It knows the run, and has said so. */
bool acri_fleet_is_in_run(const struct acri_fleet *f, const struct acri_fleet_worker *w);
/* It runs users, or could. */
bool acri_fleet_takes_users(const struct acri_fleet *f, const struct acri_fleet_worker *w);

/* Give all of them their parts of the users. Returns: how many more some get. */
uint64_t acri_fleet_deal(struct acri_fleet *f);
/* Tell all of them what to do. */
void acri_fleet_tell_all(struct acri_fleet *f);
/* One of them. */
void acri_fleet_tell(struct acri_fleet *f, uint32_t index);
/* Workers have come or gone: deal anew, soon. */
void acri_fleet_respread(struct acri_fleet *f);
/* Users of a worker have numbers that no other worker uses. */
void acri_fleet_number(struct acri_fleet *f, struct acri_fleet_worker *w);
/* What one needs to know to prepare the run. */
void acri_fleet_send_config(struct acri_fleet *f, uint32_t index);

#endif
