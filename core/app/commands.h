/* SPDX-License-Identifier: MIT */
/* The subcommands: acrida build, acrida check, acrida keygen, acrida merge, acrida new. */
#ifndef ACRIDA_APP_COMMANDS_H
#define ACRIDA_APP_COMMANDS_H

/* argv[0] is the command's name. Returns: the exit code: 0, 1, or 2 for usage. Thread: main. */
typedef int (*acri_command_fn)(int argc, char **argv);

/* The command of that name; NULL when it is none. */
acri_command_fn acri_commands_find(const char *name);

int acri_command_build(int argc, char **argv);
int acri_command_check(int argc, char **argv);
int acri_command_keygen(int argc, char **argv);
int acri_command_merge(int argc, char **argv);
int acri_command_new(int argc, char **argv);

/* For the commands: whether --help is among the arguments (the usage is printed then). */
int acri_commands_wants_help(int argc, char **argv, const char *usage);

#endif
