/* SPDX-License-Identifier: MIT */
/* acrida new: a project to start from. The templates are files, so that they can be read and
 * changed. */
#include "app/commands.h"

#include "base/buf.h"
#include "plugin/where.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] = "Usage: acrida new NAME\n"
                            "\n"
                            "Make a folder NAME with a scenario, a CMakeLists.txt and a README.\n";

#define TEMPLATE_BYTES (1u << 20)

static bool is_identifier(const char *name)
{
    if (!isalpha((unsigned char)*name))
        return false;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

static int read_file(const char *path, struct acri_buf *out)
{
    char block[4096];
    FILE *f = fopen(path, "r");
    size_t n;

    if (f == NULL)
        return -errno;
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        acri_buf_append(out, block, n);
    fclose(f);
    return 0;
}

/* Each @NAME@ of a template becomes the name. */
static void fill_in(const char *text, const char *name, struct acri_buf *out)
{
    static const char mark[] = "@NAME@";
    const char *at;

    while ((at = strstr(text, mark)) != NULL) {
        acri_buf_append(out, text, (size_t)(at - text));
        acri_buf_puts(out, name);
        text = at + sizeof(mark) - 1;
    }
    acri_buf_puts(out, text);
}

static int write_file(const char *path, const struct acri_buf *text)
{
    FILE *f = fopen(path, "wx");

    if (f == NULL)
        return -errno;
    fputs(acri_buf_text(text), f);
    return fclose(f) == 0 ? 0 : -errno;
}

static int make(const char *folder, const char *template, const char *file, const char *name,
                struct acri_error *reterr)
{
    char *from = acri_printf("%s/%s", folder, template);
    char *to = acri_printf("%s/%s", name, file);
    struct acri_buf text;
    struct acri_buf filled;
    int r;

    acri_buf_init(&text, TEMPLATE_BYTES);
    acri_buf_init(&filled, TEMPLATE_BYTES);
    r = read_file(from, &text);
    if (r < 0) {
        acri_fail(reterr, r, "the template %s cannot be read: %s", from, strerror(-r));
    } else {
        fill_in(acri_buf_text(&text), name, &filled);
        r = write_file(to, &filled);
        if (r < 0)
            acri_fail(reterr, r, "%s cannot be written: %s", to, strerror(-r));
    }
    acri_buf_done(&text);
    acri_buf_done(&filled);
    free(from);
    free(to);
    return r;
}

static int make_project(const char *name, struct acri_error *reterr)
{
    struct acri_where where;
    char *templates;
    char *source;
    int r = acri_where_find(&where, reterr);

    if (r == 0 && mkdir(name, 0777) < 0)
        r = errno == EEXIST
                ? acri_fail(reterr, -EEXIST, "%s is there already: choose another name", name)
                : acri_fail(reterr, -errno, "the folder %s cannot be made: %s", name,
                            strerror(errno));
    if (r < 0)
        return r;
    templates = acri_printf("%s/acrida/templates", where.include);
    source = acri_printf("%s.c", name);
    r = make(templates, "scenario.c.in", source, name, reterr);
    if (r == 0)
        r = make(templates, "CMakeLists.txt.in", "CMakeLists.txt", name, reterr);
    if (r == 0)
        r = make(templates, "README.md.in", "README.md", name, reterr);
    free(templates);
    free(source);
    return r;
}

int acri_command_new(int argc, char **argv)
{
    struct acri_error error = { "" };

    if (acri_commands_wants_help(argc, argv, usage))
        return 0;
    if (argc != 2 || !is_identifier(argv[1])) {
        fprintf(stderr, "acrida new: give it one name of letters, digits and underscores\n");
        return 2;
    }
    if (make_project(argv[1], &error) < 0) {
        fprintf(stderr, "acrida: %s\n", error.text);
        return 1;
    }
    printf("%s/ is made. Run it: cd %s && acrida -f %s.c -H http://127.0.0.1:8080 -u 10 -t 10s\n",
           argv[1], argv[1], argv[1]);
    return 0;
}
