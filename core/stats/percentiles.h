/* SPDX-License-Identifier: MIT */
/*
 * Which percentiles tables and files show: --percentiles. One list per process, behind
 * acr_percentile_at of <acrida/report.h>.
 *
 * Thread: control loop; set before the run.
 */
#ifndef ACRIDA_STATS_PERCENTILES_H
#define ACRIDA_STATS_PERCENTILES_H

#include "base/check.h"

#define ACRI_PERCENTILES "50,66,75,80,90,95,98,99,99.9,99.99,100" /* Locust's */
#define ACRI_PERCENTILES_MAX 12u

/* Numbers from above 0 to 100, with commas between them; put in order, each once. Returns: 0, or
 * -EINVAL. */
int acri_percentiles_set(const char *list, struct acri_error *reterr);

#endif
