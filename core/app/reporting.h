/* SPDX-License-Identifier: MIT */
/* Reports of results that are there already: plugins write them as after a run, and nothing is run.
 */
#ifndef ACRIDA_APP_REPORTING_H
#define ACRIDA_APP_REPORTING_H

#include "base/check.h"

#include <stdbool.h>

struct acr_snapshot;

/* An option that such reports can be written by: "--csv", "--csv=PREFIX". Returns: the option's
 * whole name with its dashes, or NULL. */
const char *acri_reporting_option(const char *argument);

/*
 * Write what argv[0] to argv[argc - 1] ask for, by options and their values.
 *
 * Returns: the exit code: 0; 2 for options that make no sense; 1 or 2 when something could not be
 * written; with a line in reterr, or "" when it was logged.
 */
int acri_reporting_write(const struct acr_snapshot *s, int argc, char **argv,
                         struct acri_error *reterr);

#endif
