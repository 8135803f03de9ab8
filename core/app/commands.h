/* SPDX-License-Identifier: MIT */
/* The subcommands: acrida build, new, check. */
#ifndef ACRIDA_APP_COMMANDS_H
#define ACRIDA_APP_COMMANDS_H

typedef int (*acri_command_fn)(int argc, char **argv);

/* The command of that name; NULL when it is none. */
acri_command_fn acri_commands_find(const char *name);

#endif
