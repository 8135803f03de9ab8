/* SPDX-License-Identifier: MIT */
#include "results/report_file.h"

#include "results/csv_files.h"
#include "results/csv_thread.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_own(const char *path)
{
    struct stat st;

    return lstat(path, &st) < 0 || S_ISREG(st.st_mode);
}

static int write_there(void *arg)
{
    const struct report_file *f = arg;
    int r = is_own(f->path) ? csv_files_replace(f->path, f->text) : -EACCES;

    /* A folder may take no file beside; one that is mounted by itself (in a container) stays. */
    if (r != -EACCES && r != -EPERM && r != -EROFS && r != -EBUSY)
        return r;
    return csv_files_overwrite(f->path, f->text);
}

/* Before the run, so that it does not start in vain. Who reads a pipe waits for the results. */
static int try_there(void *arg)
{
    const struct report_file *f = arg;
    struct stat st;
    int fd;

    if (is_own(f->path))
        return write_there(arg);
    if (stat(f->path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return 0;
    fd = open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int run(struct report_file *f, int (*function)(void *arg), const struct csv_text *text)
{
    int r;

    f->text = text;
    r = csv_thread_run(f->thread, function, f);
    f->text = NULL;
    return r;
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
    return r < 0 ? r : run(f, try_there, &empty);
}

int report_file_write(struct report_file *f, const struct csv_text *text)
{
    return f->path[0] != '\0' ? run(f, write_there, text) : 0;
}

void report_file_close(struct report_file *f)
{
    csv_thread_free(f->thread);
    *f = (struct report_file){ .thread = NULL };
}
