/* SPDX-License-Identifier: MIT */
#include "app/watch_files.h"

#include "base/check.h"
#include "plugin/compile.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_FILES 2000
#define MOST_FOLDERS 200
#define DEEPEST 8
#define MOST_BYTES (1u << 20)

static void add_file(struct acri_watch_files *w, const char *path);

/* --- paths --------------------------------------------------------------------------------------
 */

/* Takes the text. */
static void list_folder(struct acri_watch_files *w, char *folder)
{
    bool is_new = w->n_folders < MOST_FOLDERS;

    for (size_t i = 0; i < w->n_folders && is_new; i++)
        is_new = strcmp(w->folders[i], folder) != 0;
    if (!is_new) {
        free(folder);
        return;
    }
    w->folders = acri_realloc(w->folders, (w->n_folders + 1) * sizeof(*w->folders));
    w->folders[w->n_folders++] = folder;
}

/* The folder that a file is in, with its name behind. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    if (name[0] == '/' || slash == NULL)
        return acri_strdup(name);
    return acri_printf("%.*s/%s", (int)(slash - path), path, name);
}

static void add_folder_of(struct acri_watch_files *w, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL   ? acri_strdup(".")
                   : slash == path ? acri_strdup("/")
                                   : acri_printf("%.*s", (int)(slash - path), path);

    list_folder(w, folder);
}

/* --- includes -----------------------------------------------------------------------------------
 */

static char *read_text(const char *path)
{
    char *text = acri_alloc(MOST_BYTES + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t bytes = 0;
    ssize_t n;

    while (fd >= 0 && bytes < MOST_BYTES && (n = read(fd, text + bytes, MOST_BYTES - bytes)) > 0)
        bytes += (size_t)n;
    if (fd >= 0)
        close(fd);
    text[bytes] = '\0';
    return text;
}

/* Follow a line if it is `#include "name"`. */
static void add_include(struct acri_watch_files *w, const char *path, char *line)
{
    char *name;
    char *end;

    line += strspn(line, " \t");
    if (*line++ != '#')
        return;
    line += strspn(line, " \t");
    if (strncmp(line, "include", 7) != 0)
        return;
    name = line + 7 + strspn(line + 7, " \t");
    end = *name == '"' ? strchr(name + 1, '"') : NULL;
    if (end == NULL)
        return;
    *end = '\0';
    name = beside(path, name + 1);
    add_file(w, name);
    free(name);
}

/* Files that include each other have ever longer paths: a/../a/../b.h. Returns: whether it is new.
 */
static bool add_id(struct acri_watch_files *w, const struct stat *st)
{
    for (size_t i = 0; i < w->n_files; i++)
        if (w->ids[i].device == st->st_dev && w->ids[i].inode == st->st_ino)
            return false;
    if (w->n_files == MOST_FILES)
        return false;
    w->ids = acri_realloc(w->ids, (w->n_files + 1) * sizeof(*w->ids));
    w->ids[w->n_files] = (struct acri_watch_file_id){ st->st_dev, st->st_ino };
    return true;
}

/* A scenario may include what is generated later: its folder is watched even if it is not there. */
static void add_file(struct acri_watch_files *w, const char *path)
{
    struct stat st;
    char *text;
    char *rest;
    char *line;

    add_folder_of(w, path);
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || !add_id(w, &st))
        return;
    w->files = acri_realloc(w->files, (w->n_files + 1) * sizeof(*w->files));
    w->files[w->n_files++] = acri_strdup(path);
    text = rest = read_text(path);
    /* What starts like an ELF file has no lines. */
    while (text[0] != 0x7f && (line = strsep(&rest, "\n")) != NULL)
        add_include(w, path, line);
    free(text);
}

/* --- folders ------------------------------------------------------------------------------------
 */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_part(const char *name)
{
    static const char *const ends[] = { ".h", ".hh", ".hpp", ".so", ".cmake", "CMakeLists.txt" };

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (ends_with(name, ends[i]))
            return true;
    return acri_compile_is_source(name);
}

static void add_folder(struct acri_watch_files *w, const char *path, unsigned depth)
{
    DIR *folder = depth < DEEPEST ? opendir(path) : NULL;
    const struct dirent *entry;

    if (folder == NULL)
        return;
    list_folder(w, acri_strdup(path));
    while ((entry = readdir(folder)) != NULL) {
        char *inside = acri_printf("%s/%s", path, entry->d_name);
        struct stat st;

        if (entry->d_name[0] != '.' && stat(inside, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                add_folder(w, inside, depth + 1);
            else if (is_part(entry->d_name))
                add_file(w, inside);
        }
        free(inside);
    }
    closedir(folder);
}

/* --- all of it ----------------------------------------------------------------------------------
 */

void acri_watch_files_find(struct acri_watch_files *w, const char *const *given, size_t n)
{
    *w = (struct acri_watch_files){ 0 };
    if (n == 0) {
        add_file(w, "scenario.c");
        add_file(w, "scenario.so");
    }
    for (size_t i = 0; i < n; i++) {
        struct stat st;

        if (stat(given[i], &st) == 0 && S_ISDIR(st.st_mode))
            add_folder(w, given[i], 0);
        else
            add_file(w, given[i]);
    }
}

void acri_watch_files_done(struct acri_watch_files *w)
{
    for (size_t i = 0; i < w->n_files; i++)
        free(w->files[i]);
    for (size_t i = 0; i < w->n_folders; i++)
        free(w->folders[i]);
    free(w->files);
    free(w->ids);
    free(w->folders);
    *w = (struct acri_watch_files){ 0 };
}

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t stamp_of(const char *path)
{
    uint64_t hash = mix(0xcbf29ce484222325u, path, strlen(path));
    struct stat st;

    if (stat(path, &st) < 0)
        return hash;
    hash = mix(hash, &st.st_ino, sizeof(st.st_ino));
    hash = mix(hash, &st.st_size, sizeof(st.st_size));
    hash = mix(hash, &st.st_mtim.tv_sec, sizeof(st.st_mtim.tv_sec));
    return mix(hash, &st.st_mtim.tv_nsec, sizeof(st.st_mtim.tv_nsec));
}

/* In any order: readdir has none. */
uint64_t acri_watch_files_stamp(const struct acri_watch_files *w)
{
    uint64_t stamp = w->n_files;

    for (size_t i = 0; i < w->n_files; i++)
        stamp += stamp_of(w->files[i]);
    return stamp;
}
