/* SPDX-License-Identifier: MIT */
/*
 * What --list, --show-task-ratio and --show-task-ratio-json write to stdout.
 *
 * types are the user types that would run, in order. Ratios come from the weights (0 = 1, below =
 * never).
 */
#ifndef ACRIDA_APP_CONSOLE_SCENARIO_H
#define ACRIDA_APP_CONSOLE_SCENARIO_H

#include "base/buf.h"

#include <stddef.h>

struct acr_user_type;

void acri_console_scenario_list(struct acri_buf *out, const struct acr_user_type *const *types,
                                size_t n);
void acri_console_scenario_ratio(struct acri_buf *out, const struct acr_user_type *const *types,
                                 size_t n);
/* Locust's structure: {"per_class": {type: {"ratio", "tasks": {task: {"ratio"}}}}, "total": ...}.
 */
void acri_console_scenario_ratio_json(struct acri_buf *out,
                                      const struct acr_user_type *const *types, size_t n);

#endif
