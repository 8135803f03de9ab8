/* SPDX-License-Identifier: MIT */
/*
 * Loading shared objects: every refusal is one line. What is loaded stays loaded until the process
 * ends.
 *
 * Thread: main, before loops run.
 */
#ifndef ACRIDA_PLUGIN_LOADER_H
#define ACRIDA_PLUGIN_LOADER_H

#include "base/arena.h"
#include "base/check.h"

#include <acrida/plugin.h>

#include <limits.h>

struct acri_loaded {
    const struct acr_plugin *plugin; /* widened and validated */
    struct acr_abi abi;              /* as the plugin saw it */
    char *path;
    char *copy; /* what was loaded: a private copy of it, or the path */
    char *name; /* for messages: the path, or what it was made of */
};

struct acri_loader {
    struct acri_loaded *loaded; /* n elements, in load order */
    size_t n;
    struct acri_arena arena;
    char copies[PATH_MAX]; /* the folder of private copies; "" until one was made */
    size_t n_copies;
};

void acri_loader_init(struct acri_loader *l);
/* Free our side, and remove the private copies. The objects stay mapped. */
void acri_loader_done(struct acri_loader *l);

/* The files only: for a process that ends while threads still use what was loaded. */
void acri_loader_remove_copies(struct acri_loader *l);

/*
 * Load a scenario or plugin by path: a private copy of it, so that the file may be overwritten
 * while it runs. Libraries that it links are also found beside it.
 *
 * Returns: 0, or -ENOENT, -ENOEXEC, -EINVAL with its line.
 */
int acri_loader_open(struct acri_loader *l, const char *path, struct acri_error *reterr);
/* The same; messages call it by a name, such as the source it was compiled from. */
int acri_loader_open_as(struct acri_loader *l, const char *path, const char *name,
                        struct acri_error *reterr);

/* Load every lib*.so.0 of a folder, in place and in the order of their names; a missing folder is
 * empty. A scenario that links one of them gets this one, by its soname. */
int acri_loader_open_folder(struct acri_loader *l, const char *folder, struct acri_error *reterr);

#endif
