/* SPDX-License-Identifier: MIT */
/* Everything a run is made of, loaded: the plugins that ship with acrida, --plugin, and the scenarios. */
#ifndef ACRIDA_APP_SCENARIO_H
#define ACRIDA_APP_SCENARIO_H

#include "app/options.h"

struct acri_scenario {
    const struct acr_plugin **plugins; /* n_plugins elements, in load order */
    size_t n_plugins;
};

/* Compile and load what the options name. Returns: 0 or a negative errno with its line. */
int acri_scenario_load(struct acri_scenario *s, const struct acri_options *o,
                       struct acri_error *reterr);
void acri_scenario_done(struct acri_scenario *s);

#endif
