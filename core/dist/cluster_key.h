/* SPDX-License-Identifier: MIT */
/*
 * The key that master and workers share: 32 bytes, written as 64 hexadecimal digits. It is taken
 * from a file that only its owner may read, or from the environment; never from the command line,
 * which all users of a machine can see. No text of an error holds any of it.
 */
#ifndef ACRIDA_DIST_CLUSTER_KEY_H
#define ACRIDA_DIST_CLUSTER_KEY_H

#include "base/check.h"
#include "dist/seal.h"

#define ACRI_CLUSTER_KEY_TEXT (2 * ACRI_SEAL_KEY_BYTES + 1) /* bytes, with the NUL */
#define ACRI_CLUSTER_KEY_ENVIRONMENT "ACRIDA_CLUSTER_KEY"

/* Read digits, upper or lower case, with white space only after them. Returns: 0, or -EINVAL: none,
 * or all of them 0. */
int acri_cluster_key_parse(const char *text, unsigned char ret_key[ACRI_SEAL_KEY_BYTES]);

/* Returns: 0, or a negative errno with its line: not there, not a regular file, open to group or
 * others (-EPERM), not a key (-EINVAL). */
int acri_cluster_key_read(const char *path, unsigned char ret_key[ACRI_SEAL_KEY_BYTES],
                          struct acri_error *reterr);

/* The key of a node: from the file, or, when path is NULL, from the environment. Returns: 1; 0:
 * none is given; or a negative errno with its line. */
int acri_cluster_key_find(const char *path, unsigned char ret_key[ACRI_SEAL_KEY_BYTES],
                          struct acri_error *reterr);

/* A new key; after acri_seal_setup. Owner: the caller wipes it. */
void acri_cluster_key_new(char ret_text[ACRI_CLUSTER_KEY_TEXT]);

/* A new key in a new file that only its owner may read. Returns: 0, or a negative errno with its
 * line; -EEXIST: the file is there, and stays as it is. */
int acri_cluster_key_write(const char *path, struct acri_error *reterr);

#endif
