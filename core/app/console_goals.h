/* SPDX-License-Identifier: MIT */
/* The goals of a run and its verdict, for the console. */
#ifndef ACRIDA_APP_CONSOLE_GOALS_H
#define ACRIDA_APP_CONSOLE_GOALS_H

#include "base/buf.h"
#include "stats/snapshot.h"

/* Append the table of goals, if there are some. columns: 0 = no terminal. */
void acri_console_goals(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns);

/* Append the verdict, a line, and its reasons, a line each; nothing while there is none. */
void acri_console_verdict(struct acri_buf *out, const struct acr_snapshot *s);

#endif
