/* SPDX-License-Identifier: MIT */
/* A master's main thread: wait for workers, lead one run by them, and send them home. */
#ifndef ACRIDA_APP_SERVE_MASTER_H
#define ACRIDA_APP_SERVE_MASTER_H

#include "app/fleet.h"
#include "app/options.h"
#include "app/processes.h"
#include "app/scenario.h"
#include "engine/runner.h"

/* Listen. processes may be none. Returns: 0 with *ret_fleet and the port, or a negative errno with
 * its line. Thread: main. */
int acri_serve_master_listen(const struct acri_options *o, const struct acri_scenario *scenario,
                             struct acri_fleet *ret_fleet, unsigned *ret_port,
                             struct acri_error *reterr);
/* Wait for the workers that are expected. Returns: 0, or a positive exit code: they do not come, or
 * a signal has ended the waiting. */
int acri_serve_master_gather(struct acri_fleet *f, struct acri_processes *processes);
/* Tell the workers to end, and wait for them a while. */
void acri_serve_master_dismiss(struct acri_fleet *f);

#endif
