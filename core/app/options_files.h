/* SPDX-License-Identifier: MIT */
/*
 * Options from the environment and from configuration files.
 */
#ifndef ACRIDA_APP_OPTIONS_FILES_H
#define ACRIDA_APP_OPTIONS_FILES_H

#include "app/options.h"

#define ACRI_OPTIONS_FILES_VARIABLE 128

/* The environment variable of an option: "ACRIDA_SPAWN_RATE" for "spawn-rate". Returns: to. */
char *acri_options_files_variable(const char *name, char to[ACRI_OPTIONS_FILES_VARIABLE]);

/* Set options from ACRIDA_<NAME>; an empty variable counts as unset. Returns: 0 or -EINVAL. */
int acri_options_files_environment(struct acri_options *o, struct acri_error *reterr);

/*
 * Set options from --config (which must exist), ./acrida.conf and ~/.acrida.conf. With is_tolerant,
 * unknown keys are passed over.
 *
 * Returns: 0, or -EINVAL with one line that names file and line.
 */
int acri_options_files_read(struct acri_options *o, bool is_tolerant, struct acri_error *reterr);

#endif
