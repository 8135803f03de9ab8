/* SPDX-License-Identifier: MIT */
/* A master's main thread: wait for workers, lead runs by them, and send them home. */
#ifndef ACRIDA_APP_SERVE_MASTER_H
#define ACRIDA_APP_SERVE_MASTER_H

#include "app/fleet.h"
#include "app/options.h"
#include "app/processes.h"
#include "app/scenario.h"
#include "engine/runner.h"

/* Listen. Set fleet->processes before the run. Returns: 0 with *ret_fleet and the port, or a
 * negative errno with its line. Thread: main. */
int acri_serve_master_listen(const struct acri_options *o, const struct acri_scenario *scenario,
                             struct acri_fleet *ret_fleet, unsigned *ret_port,
                             struct acri_error *reterr);
/* Tell the workers to end, and wait for them a while. */
void acri_serve_master_dismiss(struct acri_fleet *f);

#endif
