/* SPDX-License-Identifier: MIT */
/*
 * What --list, --show-task-ratio and --show-task-ratio-json write to stdout: the user types that
 * would run, and how often each of their tasks does, also those in task sets.
 */
#ifndef ACRIDA_APP_CONSOLE_SCENARIO_H
#define ACRIDA_APP_CONSOLE_SCENARIO_H

#include "base/buf.h"
#include "engine/plan.h"

void acri_console_scenario_list(struct acri_buf *out, const struct acri_plan *plan);
/* n_users tells how many remain for the weights, where a user type has a fixed count. */
void acri_console_scenario_ratio(struct acri_buf *out, const struct acri_plan *plan,
                                 uint64_t n_users);
/* Locust's structure: {"per_class": {type: {"ratio", "tasks": {task: {"ratio", "tasks"}}}},
 * "total":
 * ...}, where only task sets have tasks. */
void acri_console_scenario_ratio_json(struct acri_buf *out, const struct acri_plan *plan,
                                      uint64_t n_users);
/* The same by the users there are: counts has one for each of the plan's types; NULL = as above. */
void acri_console_scenario_live_json(struct acri_buf *out, const struct acri_plan *plan,
                                     uint64_t n_users, const uint64_t *counts);

#endif
