/* SPDX-License-Identifier: MIT */
/* From what -f names (files, folders, nothing) to the objects to load. */
#ifndef ACRIDA_PLUGIN_RESOLVE_H
#define ACRIDA_PLUGIN_RESOLVE_H

#include "plugin/where.h"

#include <stddef.h>

struct acri_paths {
    char **paths; /* n elements: the objects */
    char **names; /* n elements: what each was made of, for messages */
    size_t n;
};

/*
 * Sources are compiled; objects taken as they are; a folder with a CMakeLists.txt is one scenario,
 * of another each .c, .cc, .cpp and .so is one (names that begin with _ or . are left out, and x.so
 * beside x.c). With n = 0: scenario.c, else scenario.so, in the working folder.
 *
 * Returns: 0, or a negative errno with its line. Free with acri_paths_done, also after an error.
 */
int acri_resolve(const struct acri_where *where, const char *const *given, size_t n,
                 struct acri_paths *ret_paths, struct acri_error *reterr);
/* Add all sources of a folder, uncompiled, by the same rule. The same. */
int acri_resolve_sources(const char *folder, struct acri_paths *p, struct acri_error *reterr);

void acri_paths_add(struct acri_paths *p, const char *path, const char *name);
void acri_paths_done(struct acri_paths *p);

#endif
