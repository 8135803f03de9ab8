/* SPDX-License-Identifier: MIT */
/*
 * Which files a scenario is made of, and whether they are still as they were: sources, what they
 * include in quotes, and what lies in a folder that is a scenario.
 */
#ifndef ACRIDA_APP_WATCH_FILES_H
#define ACRIDA_APP_WATCH_FILES_H

#include <stddef.h>
#include <stdint.h>

struct acri_watch_files {
    char **files; /* n_files elements, each once, whatever the path to it */
    struct acri_watch_file_id {
        uint64_t device;
        uint64_t inode;
    } * ids; /* the same */
    size_t n_files;
    char **folders; /* n_folders elements: of these files, each once */
    size_t n_folders;
};

/*
 * Look at what -f names: files and folders; without any, scenario.c and scenario.so. What cannot be
 * read is left out, but its folder is listed.
 *
 * Owner: the caller (acri_watch_files_done).
 */
void acri_watch_files_find(struct acri_watch_files *w, const char *const *given, size_t n);
void acri_watch_files_done(struct acri_watch_files *w);

/* A number that is another when a file was changed, replaced, added or removed. */
uint64_t acri_watch_files_stamp(const struct acri_watch_files *w);

#endif
