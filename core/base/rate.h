/* SPDX-License-Identifier: MIT */
/*
 * Rates as people write them: "500/s", "30/m", "2/h", "0.5" (per second).
 */
#ifndef ACRIDA_BASE_RATE_H
#define ACRIDA_BASE_RATE_H

#include <stddef.h>

/* Parse a whole text into a number per second. Returns: 0, or -EINVAL (empty, negative, another
 * unit, too large). */
int acri_rate_parse(const char *text, double *ret_per_s);

#endif
