/* SPDX-License-Identifier: MIT */
#include "app/commands.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

acri_command_fn acri_commands_find(const char *name)
{
    static const struct {
        const char *name;
        acri_command_fn function;
    } commands[] = { { "build", acri_command_build },
                     { "check", acri_command_check },
                     { "keygen", acri_command_keygen },
                     { "merge", acri_command_merge },
                     { "new", acri_command_new } };

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].function;
    return NULL;
}

int acri_commands_wants_help(int argc, char **argv, const char *usage)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return 1;
        }
    return 0;
}
