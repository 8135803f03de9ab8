/* SPDX-License-Identifier: MIT */
#include "app/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
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

const struct acr_command *acri_commands_find_in(const struct acr_plugin *const *plugins,
                                                size_t n_plugins, const char *name)
{
    for (size_t i = 0; i < n_plugins; i++)
        for (size_t k = 0; k < plugins[i]->n_commands; k++)
            if (strcmp(plugins[i]->commands[k].name, name) == 0)
                return &plugins[i]->commands[k];
    return NULL;
}

int acri_commands_check(const struct acr_plugin *const *plugins, size_t n_plugins,
                        struct acri_error *reterr)
{
    for (size_t i = 0; i < n_plugins; i++)
        for (size_t k = 0; k < plugins[i]->n_commands; k++) {
            const char *name = plugins[i]->commands[k].name;

            if (acri_commands_find(name) != NULL)
                return acri_fail(reterr, -EINVAL,
                                 "plugin %s has a command '%s', which is one of acrida's own: "
                                 "rename it",
                                 plugins[i]->name, name);
            if (acri_commands_find_in(plugins, i, name) != NULL)
                return acri_fail(reterr, -EINVAL,
                                 "plugin %s has a command '%s', as another plugin does: rename "
                                 "one of them",
                                 plugins[i]->name, name);
        }
    return 0;
}

int acri_commands_run(const struct acr_command *c, int argc, char **argv)
{
    bool has_usage = c->usage != NULL && *c->usage != '\0';
    char *usage = acri_printf("Usage: acrida %s%s%s\n\n%s\n", c->name, has_usage ? " " : "",
                              has_usage ? c->usage : "", c->help);
    int exit_code = acri_commands_wants_help(argc, argv, usage) ? 0 : c->run(argc, argv);

    free(usage);
    return exit_code;
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
