/* SPDX-License-Identifier: MIT */
/* Frames as text: of exceptions, of crashes, and who holds a loop that does not come back. */
#ifndef ACRIDA_ENGINE_TRACEBACK_H
#define ACRIDA_ENGINE_TRACEBACK_H

#include "engine/users.h"

/* The task, then one line per frame. Owner: the caller (free). */
char *acri_traceback_text(const struct acri_exception *x);

/* Log what a loop's fault handler has noted. */
void acri_traceback_report_crash(const struct acri_users *us);

/* Log which task a loop is stuck in. */
void acri_traceback_report_stuck(const struct acri_users *us);

#endif
