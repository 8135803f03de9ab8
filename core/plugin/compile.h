/* SPDX-License-Identifier: MIT */
/*
 * From C files to a shared object: `-f shop.c` compiles as `acrida build` does, and keeps what it
 * made by the content of all that went in.
 */
#ifndef ACRIDA_PLUGIN_COMPILE_H
#define ACRIDA_PLUGIN_COMPILE_H

#include "base/check.h"
#include "plugin/where.h"

#include <limits.h>
#include <stdbool.h>

/* Whether the file is a source by its ending: .c, .cc, .cpp. */
bool acri_compile_is_source(const char *path);

/*
 * Compile n sources into one object: `output`, or, when that is NULL, into the cache, where it is
 * found again while neither the sources, what they include, the flags nor the compiler change.
 *
 * The compiler is $CC (or $CXX), else cc (or c++); its messages go to stderr as they are. Packages
 * come from a comment at the top of a source: acrida: pkg hiredis libpq
 *
 * Returns: 0 with the path in ret_path, or a negative errno with its line.
 */
int acri_compile_sources(const struct acri_where *where, const char *const *sources, size_t n,
                         const char *output, char ret_path[PATH_MAX], struct acri_error *reterr);

/* Configure and build a folder with a CMakeLists.txt that makes one shared object. As above. */
int acri_compile_cmake(const struct acri_where *where, const char *folder, char ret_path[PATH_MAX],
                       struct acri_error *reterr);

#endif
