/* SPDX-License-Identifier: MIT */
#include "results/report_file.h"

#include "results/csv_files.h"
#include "results/csv_thread.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool is_own(const char *path)
{
    struct stat st;

    return lstat(path, &st) < 0 || S_ISREG(st.st_mode);
}

static int write_there(void *arg)
{
    const struct report_file *f = arg;
    int r = is_own(f->path) ? csv_files_replace(f->path, f->text) : -EACCES;

    /* A folder may take no file beside. */
    return r == -EACCES ? csv_files_overwrite(f->path, f->text) : r;
}

int report_file_open(struct report_file *f, const char *name, const char *ending)
{
    const struct csv_text empty = { .length = 0 };
    size_t n = strlen(name);
    size_t n_ending = strlen(ending);
    bool has_ending = n >= n_ending && strcmp(name + n - n_ending, ending) == 0;
    int r;

    *f = (struct report_file){ .thread = NULL };
    acr_copy(f->path, sizeof(f->path), name);
    if (n + n_ending >= sizeof(f->path))
        return -ENAMETOOLONG;
    if (!has_ending)
        acr_copy(f->path + n, sizeof(f->path) - n, ending);
    f->thread = csv_thread_new();
    r = csv_files_make_folders(f->path);
    /* Who reads a pipe waits for the results. */
    return r < 0 || !is_own(f->path) ? r : report_file_write(f, &empty);
}

int report_file_write(struct report_file *f, const struct csv_text *text)
{
    int r;

    if (f->path[0] == '\0')
        return 0;
    f->text = text;
    r = csv_thread_run(f->thread, write_there, f);
    f->text = NULL;
    return r;
}

void report_file_close(struct report_file *f)
{
    csv_thread_free(f->thread);
    *f = (struct report_file){ .thread = NULL };
}
