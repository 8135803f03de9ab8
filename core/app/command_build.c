/* SPDX-License-Identifier: MIT */
/* acrida build: several sources become one shared object, that runs where there is no compiler. */
#include "app/commands.h"

#include "plugin/compile.h"
#include "plugin/resolve.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "Usage: acrida build [-o FILE.so] FILE.c...|FOLDER\n"
    "\n"
    "Compile the sources of a scenario, or all of a folder, into one shared object, for\n"
    "acrida -f FILE.so. Without -o it is named after the first source, or after the folder.\n";

struct arguments {
    struct acri_paths sources;
    char *output; /* of -o, else made up */
};

static void done(struct arguments *a)
{
    acri_paths_done(&a->sources);
    free(a->output);
}

/* shop.c becomes shop.so beside it, and so does the folder shop. */
static char *default_output(const char *given)
{
    size_t n = strlen(given);
    const char *dot = strrchr(given, '.');

    while (n > 1 && given[n - 1] == '/')
        n--;
    if (acri_compile_is_source(given))
        n = (size_t)(dot - given);
    return acri_printf("%.*s.so", (int)n, given);
}

static int add_folder(const char *folder, struct arguments *a, struct acri_error *reterr)
{
    char real[PATH_MAX];
    int r = acri_resolve_sources(folder, &a->sources, reterr);

    if (r < 0 || a->output != NULL)
        return r;
    /* "." has a name all the same. */
    if (folder[strspn(folder, "./")] == '\0' && realpath(folder, real) != NULL)
        a->output = default_output(strrchr(real, '/') + 1);
    else
        a->output = default_output(folder);
    return 0;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Returns: 0, or the exit code. */
static int read_arguments(int argc, char **argv, struct arguments *a)
{
    struct acri_error error = { "" };

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0) {
            if (i + 1 == argc) {
                fprintf(stderr, "acrida build: -o wants a file; see acrida build --help\n");
                return 2;
            }
            free(a->output);
            a->output = acri_strdup(argv[++i]);
        } else if (is_folder(argv[i])) {
            if (add_folder(argv[i], a, &error) < 0) {
                fprintf(stderr, "acrida: %s\n", error.text);
                return 1;
            }
        } else if (acri_compile_is_source(argv[i])) {
            acri_paths_add(&a->sources, argv[i], argv[i]);
        } else {
            fprintf(stderr,
                    "acrida build: '%s' is no .c, .cc or .cpp file; see acrida build --help\n",
                    argv[i]);
            return 2;
        }
    }
    if (a->sources.n == 0) {
        fprintf(stderr, "acrida build: give it at least one source; see acrida build --help\n");
        return 2;
    }
    if (a->output == NULL)
        a->output = default_output(a->sources.paths[0]);
    return 0;
}

static int build(const struct arguments *a)
{
    const char *const *sources = (const char *const *)a->sources.paths;
    struct acri_where where;
    struct acri_error error = { "" };
    char path[PATH_MAX];
    int r = acri_where_find(&where, &error);

    if (r == 0)
        r = acri_compile_sources(&where, sources, a->sources.n, a->output, path, &error);
    if (r < 0)
        fprintf(stderr, "acrida: %s\n", error.text);
    else
        printf("%s\n", path);
    return r < 0 ? 1 : 0;
}

int acri_command_build(int argc, char **argv)
{
    struct arguments a = { 0 };
    int exit_code;

    if (acri_commands_wants_help(argc, argv, usage))
        return 0;
    exit_code = read_arguments(argc, argv, &a);
    if (exit_code == 0)
        exit_code = build(&a);
    done(&a);
    return exit_code;
}
