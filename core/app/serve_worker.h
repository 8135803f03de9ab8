/* SPDX-License-Identifier: MIT */
/* A worker's main thread: one run after another, as its master says, until that says quit. */
#ifndef ACRIDA_APP_SERVE_WORKER_H
#define ACRIDA_APP_SERVE_WORKER_H

#include "app/options.h"
#include "app/scenario.h"

/* The scenario has to be fetched anew, for which this program has to be started again. */
#define ACRI_SERVE_WORKER_AGAIN (-1)

/*
 * o: this process's own options: parsed; with -f - only scanned, and parsed from argv once the
 * scenario has come from the master.
 *
 * Returns: the exit code, or ACRI_SERVE_WORKER_AGAIN. Thread: main, with no others.
 */
int acri_serve_worker(struct acri_options *o, struct acri_scenario *scenario, int argc,
                      char *const *argv);

#endif
