/* SPDX-License-Identifier: MIT */
/* Writing to the file system. */
#include "csv_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int csv_files_make_folders(const char *path)
{
    char folder[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof(folder))
        return -ENAMETOOLONG;
    memcpy(folder, path, length + 1);
    for (char *at = strchr(folder + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(folder, 0777) < 0 && errno != EEXIST) {
            int r = -errno;
            struct stat st;

            /* A folder that is there but may not be made, as on a read-only file system, is fine.
             */
            if (stat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
                return r;
        }
        *at = '/';
    }
    return 0;
}

int csv_files_write(int fd, const char *data, size_t bytes)
{
    while (bytes > 0) {
        ssize_t n = write(fd, data, bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        data += n;
        bytes -= (size_t)n;
    }
    return 0;
}

int csv_files_replace(const char *path, const struct csv_text *text)
{
    char beside[PATH_MAX];
    int fd;
    int r;

    if (text->is_incomplete)
        return -ENOMEM;
    if (strlen(path) + sizeof(".tmp") > sizeof(beside))
        return -ENAMETOOLONG;
    snprintf(beside, sizeof(beside), "%s.tmp", path);
    /* Left by who was killed; or laid there, as a link to somewhere else or a pipe. */
    unlink(beside);
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    r = csv_files_write(fd, text->data, text->length);
    /* Some file systems tell only here that the disk is full. */
    if (close(fd) < 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(beside, path) < 0)
        r = -errno;
    if (r < 0)
        unlink(beside);
    return r;
}

int csv_files_overwrite(const char *path, const struct csv_text *text)
{
    /* A pipe that nobody reads is an error, not to be waited for. */
    int fd = text->is_incomplete
                 ? -1
                 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    int r;

    if (fd < 0)
        return text->is_incomplete ? -ENOMEM : -errno;
    fcntl(fd, F_SETFL, O_WRONLY);
    r = csv_files_write(fd, text->data, text->length);
    if (close(fd) < 0 && r == 0)
        r = -errno;
    return r;
}

int csv_files_append(int fd, const struct csv_text *text)
{
    struct stat before;
    int r;

    if (text->is_incomplete)
        return -ENOMEM;
    if (fstat(fd, &before) < 0)
        return -errno;
    r = csv_files_write(fd, text->data, text->length);
    /* Half a row would spoil the file for its readers; what cannot be cut (a pipe) is left. */
    if (r < 0 && S_ISREG(before.st_mode) && ftruncate(fd, before.st_size) < 0)
        return -errno;
    return r;
}

int csv_files_create(const char *path, const struct csv_text *text)
{
    struct stat st;
    /* What is no file (a pipe, /dev/null) is written to, and not put aside. */
    bool is_file = stat(path, &st) < 0 || S_ISREG(st.st_mode);
    int r = is_file ? csv_files_replace(path, text) : 0;
    int fd;

    if (r < 0)
        return r;
    fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    r = is_file ? 0 : csv_files_append(fd, text);
    if (r < 0)
        close(fd);
    return r < 0 ? r : fd;
}
