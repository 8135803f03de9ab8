/* SPDX-License-Identifier: MIT */
/*
 * What there is to choose from, for pages: the calls of <acrida/control.h> about options, user
 * types, tasks and their ratio. Thread: main.
 */
#ifndef ACRIDA_APP_OVERVIEW_H
#define ACRIDA_APP_OVERVIEW_H

#include "app/options.h"
#include "app/scenario.h"
#include "engine/plan.h"

/* Answer from these from now on; borrowed. NULL, NULL, NULL = from nothing. */
void acri_overview_publish(const struct acri_scenario *scenario, const struct acri_options *o,
                           const struct acri_plan *plan);
/* The next run's plan. */
void acri_overview_replan(const struct acri_plan *plan);

#endif
