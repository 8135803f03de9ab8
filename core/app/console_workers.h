/* SPDX-License-Identifier: MIT */
/* What a master's console says of its workers and their labels. Nothing where there are none. */
#ifndef ACRIDA_APP_CONSOLE_WORKERS_H
#define ACRIDA_APP_CONSOLE_WORKERS_H

#include "base/buf.h"

struct acr_snapshot;

/* Append the tables; columns as acri_console_write_stats. */
void acri_console_workers(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns);

#endif
