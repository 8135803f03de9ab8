/* SPDX-License-Identifier: MIT */
/*
 * Durations as people write them: "20", "90s", "1h30m", "250ms".
 */
#ifndef ACRIDA_BASE_DURATION_H
#define ACRIDA_BASE_DURATION_H

#include <stddef.h>

/* Parse a whole text into seconds. Returns: 0, or -EINVAL (empty, unknown unit, units out of order,
 * too large). */
int acri_duration_parse(const char *text, double *ret_seconds);

/* Write seconds as "1h2m3s" (the short form of a progress line). Returns: to. */
char *acri_duration_format(double seconds, char *to, size_t size);

#endif
