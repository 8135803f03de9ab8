/* SPDX-License-Identifier: MIT */
/*
 * What a goal of --check says: "GET /api: p99 < 1s over 10s at 100 rps for 5m abort".
 *
 *     [SELECTOR:] COLUMN OPERATOR LIMIT [over TIME] [at RATE rps [for TIME]] [abort]
 *
 * Which selectors, columns and units there are: core/GOALS.md. Pure; any thread.
 */
#ifndef ACRIDA_STATS_GOAL_PARSE_H
#define ACRIDA_STATS_GOAL_PARSE_H

#include <stddef.h>

#include "base/check.h"
#include "stats/goal_spec.h"

#define ACRI_GOAL_TEXT_MAX 1000u /* bytes of a goal, and of each name in it */

/* Read one goal. Returns: 0, or -EINVAL with one line: where, and what is expected there. */
int acri_goal_parse(const char *text, struct acri_goal_spec *ret_spec, struct acri_error *reterr);

/*
 * Several goals in one text have ';' between them, but for those in quotes. Returns: the length of
 * the first one; 0 at the end. *text goes on behind it.
 */
size_t acri_goal_parse_split(const char **text, const char **ret_goal);

#endif
