/* SPDX-License-Identifier: MIT */
/* The log's last lines of a run: in which pattern the system degraded, where one is clear. */
#ifndef ACRIDA_REPORT_PATTERN_LINES_H
#define ACRIDA_REPORT_PATTERN_LINES_H

struct acr_snapshot;
struct acr_user;

void pattern_lines_log(const struct acr_user *u, const struct acr_snapshot *s);

#endif
