/* SPDX-License-Identifier: MIT */
/*
 * The goals of a run, from --check and from descriptors, and the limits of its verdict.
 */
#ifndef ACRIDA_APP_GOALS_H
#define ACRIDA_APP_GOALS_H

#include "app/options.h"
#include "stats/verdict.h"

#include <acrida/plugin.h>

/*
 * Read them: those of --check first. Owner: the caller, to be given to acri_goals_done.
 *
 * Returns: 0, or -EINVAL with the line for the first that is none (usage: exit code 2).
 */
int acri_goals_read(struct acri_verdict_options *ret_verdict, const struct acri_options *o,
                    const struct acr_plugin *const *plugins, size_t n_plugins,
                    struct acri_error *reterr);
void acri_goals_done(struct acri_verdict_options *verdict);

/* Whether the goals of a descriptor can be read. Returns: 0, or -EINVAL with the line. */
int acri_goals_check(const struct acr_plugin *plugin, struct acri_error *reterr);

#endif
