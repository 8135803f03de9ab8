/* SPDX-License-Identifier: MIT */
/*
 * The command line: --name value, --name=value, --no-flag, unique abbreviations, -u 10, -u10, --.
 */
#ifndef ACRIDA_APP_OPTIONS_PARSE_H
#define ACRIDA_APP_OPTIONS_PARSE_H

#include "app/options.h"

/*
 * Set options from the command line. With is_tolerant, unknown options are passed over.
 *
 * Returns: 0, or -EINVAL with one line.
 */
int acri_options_parse_arguments(struct acri_options *o, int argc, char *const *argv,
                                 bool is_tolerant, struct acri_error *reterr);

#endif
