/* SPDX-License-Identifier: MIT */
/*
 * --watch: a process that watches the scenario's files, and one child after the other that compiles
 * and runs them. When a file changes, the child is stopped as by Ctrl-C, and the next one started.
 * Ctrl-C and SIGTERM end both.
 */
#ifndef ACRIDA_APP_WATCH_H
#define ACRIDA_APP_WATCH_H

#include "app/options.h"
#include "base/check.h"

enum acri_watch_role {
    ACRI_WATCH_CHILD,  /* to do one run, and then end */
    ACRI_WATCH_PARENT, /* all is over */
};

/*
 * Watch what --scenario and --plugin name. Returns several times: in each child, with SIGINT and
 * SIGTERM blocked until the run takes them, and in the end in the parent.
 *
 * Returns: 0 with *ret_role and, for the parent, *ret_exit_code, that of the last child; or a
 * negative errno with its line. Thread: main, before there are others.
 */
int acri_watch_run(const struct acri_options *o, enum acri_watch_role *ret_role, int *ret_exit_code,
                   struct acri_error *reterr);

#endif
