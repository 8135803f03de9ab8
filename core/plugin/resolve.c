/* SPDX-License-Identifier: MIT */
#include "plugin/resolve.h"

#include "plugin/compile.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void acri_paths_add(struct acri_paths *p, const char *path, const char *name)
{
    p->paths = acri_realloc(p->paths, (p->n + 1) * sizeof(*p->paths));
    p->names = acri_realloc(p->names, (p->n + 1) * sizeof(*p->names));
    p->paths[p->n] = acri_strdup(path);
    p->names[p->n++] = acri_strdup(name);
}

void acri_paths_done(struct acri_paths *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->paths[i]);
        free(p->names[i]);
    }
    free(p->paths);
    free(p->names);
    *p = (struct acri_paths){ 0 };
}

static int add_file(const struct acri_where *where, const char *path, struct acri_paths *p,
                    struct acri_error *reterr)
{
    char object[PATH_MAX];
    int r;

    if (!acri_compile_is_source(path)) {
        acri_paths_add(p, path, path);
        return 0;
    }
    r = acri_compile_sources(where, &path, 1, NULL, object, reterr);
    if (r == 0)
        acri_paths_add(p, object, path);
    return r;
}

static bool is_object(const char *name)
{
    size_t n = strlen(name);

    return n > 3 && strcmp(name + n - 3, ".so") == 0;
}

static int is_scenario(const struct dirent *entry)
{
    const char *name = entry->d_name;

    return name[0] != '.' && name[0] != '_' && entry->d_type != DT_DIR &&
           (acri_compile_is_source(name) || is_object(name));
}

/* shop.so beside shop.c is what `acrida build` made of it: one scenario, not two. */
static bool is_built_here(const char *name, struct dirent *const *entries, int n)
{
    size_t stem = strlen(name) - strlen(".so") + 1; /* with the dot */

    for (int i = 0; i < n && is_object(name); i++)
        if (strncmp(entries[i]->d_name, name, stem) == 0 &&
            acri_compile_is_source(entries[i]->d_name) &&
            strchr(entries[i]->d_name + stem, '.') == NULL)
            return true;
    return false;
}

static int add_folder(const struct acri_where *where, const char *folder, struct acri_paths *p,
                      struct acri_error *reterr)
{
    char *lists = acri_printf("%s/CMakeLists.txt", folder);
    bool is_project = access(lists, R_OK) == 0;
    struct dirent **entries;
    char object[PATH_MAX];
    int r = 0;
    int n;

    free(lists);
    if (is_project) {
        r = acri_compile_cmake(where, folder, object, reterr);
        if (r == 0)
            acri_paths_add(p, object, folder);
        return r;
    }
    n = scandir(folder, &entries, is_scenario, alphasort);
    if (n < 0)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", folder, strerror(errno));
    if (n == 0)
        r = acri_fail(reterr, -ENOENT, "%s holds no scenario: no .c and no .so file in it", folder);
    for (int i = 0; i < n; i++) {
        char *path = acri_printf("%s/%s", folder, entries[i]->d_name);

        if (r == 0 && !is_built_here(entries[i]->d_name, entries, n))
            r = add_file(where, path, p, reterr);
        free(path);
    }
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return r;
}

static int is_source(const struct dirent *entry)
{
    return is_scenario(entry) && acri_compile_is_source(entry->d_name);
}

int acri_resolve_sources(const char *folder, struct acri_paths *p, struct acri_error *reterr)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_source, alphasort);

    if (n < 0)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", folder, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *path = acri_printf("%s/%s", folder, entries[i]->d_name);

        acri_paths_add(p, path, path);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return n > 0 ? 0 : acri_fail(reterr, -ENOENT, "%s holds no source: no .c file in it", folder);
}

static int add_given(const struct acri_where *where, const char *path, struct acri_paths *p,
                     struct acri_error *reterr)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", path, strerror(errno));
    return S_ISDIR(st.st_mode) ? add_folder(where, path, p, reterr)
                               : add_file(where, path, p, reterr);
}

int acri_resolve(const struct acri_where *where, const char *const *given, size_t n,
                 struct acri_paths *ret_paths, struct acri_error *reterr)
{
    int r = 0;

    *ret_paths = (struct acri_paths){ 0 };
    if (n == 0) {
        if (access("scenario.c", R_OK) == 0)
            return add_file(where, "scenario.c", ret_paths, reterr);
        if (access("scenario.so", R_OK) == 0)
            return add_file(where, "./scenario.so", ret_paths, reterr);
        return acri_fail(
            reterr, -ENOENT,
            "no scenario: give one with -f FILE (there is no scenario.c and no scenario.so "
            "in this folder)");
    }
    for (size_t i = 0; i < n && r == 0; i++)
        r = add_given(where, given[i], ret_paths, reterr);
    return r;
}
