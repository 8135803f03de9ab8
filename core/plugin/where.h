/* SPDX-License-Identifier: MIT */
/* Where things lie, relative to libacrida itself: an installed tree can be moved as it is. */
#ifndef ACRIDA_PLUGIN_WHERE_H
#define ACRIDA_PLUGIN_WHERE_H

#include "base/check.h"

#include <limits.h>
#include <stdbool.h>

struct acri_where {
    char library[PATH_MAX]; /* libacrida.so.0 */
    char plugins[PATH_MAX]; /* libacrida-http.so.0 and the like */
    char include[PATH_MAX]; /* holds acrida/acrida.h; "" when the headers are not installed */
};

/* Returns: 0 or a negative errno with its line. */
int acri_where_find(struct acri_where *w, struct acri_error *reterr);

/* The folder for what is compiled: made if need be, and nobody else's, because what lies there is
 * run. $XDG_CACHE_HOME/acrida, else ~/.cache/acrida, else one in $TMPDIR. Returns: as above. */
int acri_where_cache(char ret_path[PATH_MAX], struct acri_error *reterr);

/* Whether who asks for this symbol first gets the one of the executable. */
bool acri_where_is_of_program(const char *symbol);

#endif
