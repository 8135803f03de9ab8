/* SPDX-License-Identifier: MIT */
/* The subcommands: acrida build, acrida check, acrida keygen, acrida merge, acrida new; and those
 * of plugins. */
#ifndef ACRIDA_APP_COMMANDS_H
#define ACRIDA_APP_COMMANDS_H

#include <stddef.h>

#include <acrida/plugin.h>

#include "base/check.h"

/* argv[0] is the command's name. Returns: the exit code: 0, 1, or 2 for usage. Thread: main. */
typedef int (*acri_command_fn)(int argc, char **argv);

/* The command of that name; NULL when it is none. */
acri_command_fn acri_commands_find(const char *name);

/* That of a plugin; the same. */
const struct acr_command *acri_commands_find_in(const struct acr_plugin *const *plugins,
                                                size_t n_plugins, const char *name);
/* Run it, or print what it is when --help is among its arguments. Returns: the exit code. */
int acri_commands_run(const struct acr_command *c, int argc, char **argv);
/* Returns: 0, or -EINVAL when plugins' commands clash with our own, or with one another. */
int acri_commands_check(const struct acr_plugin *const *plugins, size_t n_plugins,
                        struct acri_error *reterr);

int acri_command_build(int argc, char **argv);
int acri_command_check(int argc, char **argv);
int acri_command_keygen(int argc, char **argv);
int acri_command_merge(int argc, char **argv);
int acri_command_new(int argc, char **argv);

/* For the commands: whether --help is among the arguments (the usage is printed then). */
int acri_commands_wants_help(int argc, char **argv, const char *usage);

#endif
