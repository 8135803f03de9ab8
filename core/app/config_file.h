/* SPDX-License-Identifier: MIT */
/*
 * The syntax of configuration files, that of Locust's: lines "key = value", "key: value", "key
 * value", or "flag"; "#" and ";" start comments; "[a, b]" is a list; "[name]" alone on a line is
 * passed over.
 */
#ifndef ACRIDA_APP_CONFIG_FILE_H
#define ACRIDA_APP_CONFIG_FILE_H

#include "base/check.h"

#include <stdbool.h>
#include <stddef.h>

struct acri_config_item {
    char *key;
    char **values;
    size_t n_values; /* 0 = the key alone */
    bool is_list;
    char *text; /* of a list: as it stands, with its brackets; else NULL */
    unsigned line;
};

struct acri_config_file {
    struct acri_config_item *items;
    size_t n_items;
};

/* Parse a text; name is for errors. Returns: 0, or -EINVAL. Owner: the caller
 * (acri_config_file_done). */
int acri_config_file_parse(const char *text, size_t bytes, const char *name,
                           struct acri_config_file *ret_file, struct acri_error *reterr);

/* Read and parse a file of at most 1 MiB. Returns: 0, -ENOENT, another negative errno, or -EINVAL.
 */
int acri_config_file_read(const char *path, struct acri_config_file *ret_file,
                          struct acri_error *reterr);

void acri_config_file_done(struct acri_config_file *file);

#endif
