/* SPDX-License-Identifier: MIT */
/* Everything a run is made of, loaded: the plugins that ship with acrida, --plugin, and the
 * scenarios. */
#ifndef ACRIDA_APP_SCENARIO_H
#define ACRIDA_APP_SCENARIO_H

#include "app/options.h"
#include "plugin/loader.h"

struct acri_scenario {
    struct acri_loader loader;
    const struct acr_plugin **plugins; /* n_plugins elements, in load order */
    size_t n_plugins;
    size_t n_shipped; /* of what the loader holds: came with acrida */
    size_t n_others;  /* the same: no scenarios, but those and what --plugin names */
    char **folders;   /* n_folders elements: where each scenario lies, for its data files */
    size_t n_folders;
    const struct acr_plugin *own; /* of this program; NULL = none */
};

void acri_scenario_init(struct acri_scenario *s);
void acri_scenario_done(struct acri_scenario *s);

/* Load what ships with acrida, once. Returns: 0 or a negative errno with its line. */
int acri_scenario_load_shipped(struct acri_scenario *s, struct acri_error *reterr);

/* Compile and load what --plugin and --scenario name. The same. */
int acri_scenario_load(struct acri_scenario *s, const struct acri_options *o,
                       struct acri_error *reterr);

/*
 * Take a plugin that is part of this program, as if it had been loaded: copied and validated.
 * Returns: 0 or -EINVAL with its line.
 */
int acri_scenario_add(struct acri_scenario *s, const struct acr_plugin *plugin,
                      struct acri_error *reterr);

/* Load what --plugin names only. The same. */
int acri_scenario_load_plugins(struct acri_scenario *s, const struct acri_options *o,
                               struct acri_error *reterr);

/*
 * Load one object. name: for messages. folder: where a scenario's data files lie; NULL = it is
 * none. Returns: 0 or a negative errno with its line.
 */
int acri_scenario_open(struct acri_scenario *s, const char *path, const char *name,
                       const char *folder, struct acri_error *reterr);

/* Add the options of all that is loaded, which must outlive o. The same. */
int acri_scenario_add_options(const struct acri_scenario *s, struct acri_options *o,
                              struct acri_error *reterr);

#endif
