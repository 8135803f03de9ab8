/* SPDX-License-Identifier: MIT */
/* acrida build: several sources become one shared object, that runs where there is no compiler. */
#include "app/commands.h"

#include "plugin/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "Usage: acrida build [-o FILE.so] FILE.c...\n"
    "\n"
    "Compile the sources of a scenario into one shared object, for acrida -f FILE.so.\n"
    "Without -o it is named after the first source.\n";

/* shop.c becomes shop.so beside it. */
static char *default_output(const char *source)
{
    const char *dot = strrchr(source, '.');

    return acri_printf("%.*s.so", (int)(dot - source), source);
}

static int build(const char *const *sources, size_t n, const char *output)
{
    char *chosen = output != NULL ? acri_strdup(output) : default_output(sources[0]);
    struct acri_where where;
    struct acri_error error = { "" };
    char path[PATH_MAX];
    int r = acri_where_find(&where, &error);

    if (r == 0)
        r = acri_compile_sources(&where, sources, n, chosen, path, &error);
    if (r < 0)
        fprintf(stderr, "acrida: %s\n", error.text);
    else
        printf("%s\n", path);
    free(chosen);
    return r < 0 ? 1 : 0;
}

int acri_command_build(int argc, char **argv)
{
    const char **sources = acri_alloc((size_t)argc * sizeof(*sources));
    const char *output = NULL;
    size_t n = 0;
    int exit_code = 2;

    if (acri_commands_wants_help(argc, argv, usage)) {
        free((void *)sources);
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
            output = argv[++i];
        else if (acri_compile_is_source(argv[i]))
            sources[n++] = argv[i];
        else {
            fprintf(stderr, "acrida build: '%s' is no .c, .cc or .cpp file; see acrida build --help\n",
                    argv[i]);
            goto out;
        }
    }
    if (n == 0)
        fprintf(stderr, "acrida build: give it at least one source; see acrida build --help\n");
    else
        exit_code = build(sources, n, output);
out:
    free((void *)sources);
    return exit_code;
}
