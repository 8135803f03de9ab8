/* SPDX-License-Identifier: MIT */
/*
 * What the console says of the scenario's own numbers and of open load, from a snapshot. Nothing is
 * written when there is nothing to say. columns as in console.h.
 */
#ifndef ACRIDA_APP_CONSOLE_METRIC_H
#define ACRIDA_APP_CONSOLE_METRIC_H

#include "base/buf.h"

struct acr_snapshot;

/* During the run: one line for each metric. */
void acri_console_metric_brief(struct acri_buf *out, const struct acr_snapshot *s,
                               unsigned columns);
/* At the end: a table for each kind, with a blank line after it. */
void acri_console_metric_final(struct acri_buf *out, const struct acr_snapshot *s,
                               unsigned columns);
/* One line: arrivals, missed slots of paced waits, users that never returned. */
void acri_console_metric_load(struct acri_buf *out, const struct acr_snapshot *s);

#endif
