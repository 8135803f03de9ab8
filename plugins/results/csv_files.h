/* SPDX-License-Identifier: MIT */
/*
 * Files that are read while they are written: replaced whole, or appended to by whole rows.
 */
#ifndef ACRIDA_RESULTS_CSV_FILES_H
#define ACRIDA_RESULTS_CSV_FILES_H

#include "results/csv_text.h"

/* Make the folders that a path lies in. Returns: 0 or a negative errno. */
int csv_files_make_folders(const char *path);

/* All of it. Returns: 0 or a negative errno. */
int csv_files_write(int fd, const char *data, size_t bytes);

/* Write a file beside and put it in the path's place: a reader sees the old or the new one, whole.
 * Returns: 0 or a negative errno, the old file then being untouched. */
int csv_files_replace(const char *path, const struct csv_text *text);

/* Write to what is there, whatever it is: a pipe, a device, a link. Returns: 0 or a negative errno.
 */
int csv_files_overwrite(const char *path, const struct csv_text *text);

/* A file to append to, which begins with the text: whoever reads the path never finds it empty.
 * Returns: a file descriptor or a negative errno. */
int csv_files_create(const char *path, const struct csv_text *text);

/* Append all or nothing. Returns: 0 or a negative errno. */
int csv_files_append(int fd, const struct csv_text *text);

#endif
