/* SPDX-License-Identifier: MIT */
/*
 * A file that holds the results of the last run: --json-file, --junit, --html. It is there, empty,
 * from the start, and replaced whole: a reader sees the results of one run, and what ends the
 * process while it is written leaves those of the run before.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_RESULTS_REPORT_FILE_H
#define ACRIDA_RESULTS_REPORT_FILE_H

#include "results/csv_text.h"

#include <limits.h>

struct csv_thread;

/* Zero-initialised is closed. */
struct report_file {
    char path[PATH_MAX];         /* "" = none */
    struct csv_thread *thread;   /* that opens it: users may have taken all descriptors; or NULL */
    const struct csv_text *text; /* to be written, during a call */
};

/* Make folders and the file; of a link only whether it can be written to is tried. ending: is added
 * to a name that has it not; "" = none. Returns: 0, or a negative errno about f->path; close it
 * then, too. */
int report_file_open(struct report_file *f, const char *name, const char *ending);

/* Replace what is in it; nothing when none is open. What is no file of its own (a link, a pipe, a
 * device) is written to as it is. Returns: 0, or a negative errno: it is as it was. */
int report_file_write(struct report_file *f, const struct csv_text *text);

void report_file_close(struct report_file *f);

#endif
