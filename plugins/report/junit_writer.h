/* SPDX-License-Identifier: MIT */
/* The output of --junit, written once, when the process is about to end. Thread: the control loop.
 */
#ifndef ACRIDA_REPORT_JUNIT_WRITER_H
#define ACRIDA_REPORT_JUNIT_WRITER_H

#include "results/csv_text.h"

#include <limits.h>

struct acr_snapshot;
struct csv_thread;

/* Zero-initialised is closed. */
struct junit_writer {
    char path[PATH_MAX];       /* "" = none */
    struct csv_thread *thread; /* that opens it, or NULL */
    struct csv_text text;
};

/* Make folders and the file, empty. Returns: 0, or a negative errno about w->path. */
int junit_writer_open(struct junit_writer *w, const char *path);

/* Write the file; nothing when none is open. Returns: 0, or a negative errno. */
int junit_writer_final(struct junit_writer *w, const struct acr_snapshot *s);

void junit_writer_close(struct junit_writer *w);

#endif
