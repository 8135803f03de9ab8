/* SPDX-License-Identifier: MIT */
/*
 * The text of --help, made from the table of options.
 */
#ifndef ACRIDA_APP_USAGE_H
#define ACRIDA_APP_USAGE_H

#include "app/options.h"
#include "base/buf.h"

/* Append the whole text, lines of at most columns characters (0 = 100; at least 60). The
 * plugins are asked for their commands. */
void acri_usage_write(struct acri_buf *out, const struct acri_options *o,
                      const struct acr_plugin *const *plugins, size_t n_plugins, unsigned columns);

#endif
