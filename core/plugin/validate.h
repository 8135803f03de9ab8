/* SPDX-License-Identifier: MIT */
/* Whether what a plugin's descriptors say can be run. Pure. */
#ifndef ACRIDA_PLUGIN_VALIDATE_H
#define ACRIDA_PLUGIN_VALIDATE_H

#include "base/check.h"

#include <acrida/plugin.h>

/*
 * Refuse what cannot be run: missing names and functions, duplicates, weights, sizes, waits,
 * transitions, stages. Warns of Markov tasks that are never reached.
 *
 * plugin: widened. path names it in messages. Returns: 0, or -EINVAL with its line.
 */
int acri_validate(const struct acr_plugin *plugin, const char *path, struct acri_error *reterr);

#endif
