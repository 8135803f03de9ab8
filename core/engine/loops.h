/* SPDX-License-Identifier: MIT */
/* A run's loop threads: made when it starts, gone when it is over. Thread: control. */
#ifndef ACRIDA_ENGINE_LOOPS_H
#define ACRIDA_ENGINE_LOOPS_H

#include "engine/conductor.h"

/* As many as the options say; none for a master. Returns: 0, or a negative errno with its line:
 * those that were started stay until acri_loops_end. */
int acri_loops_start(struct acri_conductor *c, struct acri_error *reterr);

/* All users have ended, and the process goes on: what they have sent is taken in, then the threads
 * end, and with them what answers them: names and calls that block. Returns: 0, or a negative errno
 * with its line. Yields. */
int acri_loops_renew(struct acri_conductor *c, struct acri_error *reterr);

/* At the end of the process. */
void acri_loops_end(struct acri_conductor *c);

#endif
