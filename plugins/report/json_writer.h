/* SPDX-License-Identifier: MIT */
/*
 * The outputs of --json and --json-file, written once, when the process is about to end.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_REPORT_JSON_WRITER_H
#define ACRIDA_REPORT_JSON_WRITER_H

#include "results/json_text.h"

#include <limits.h>

struct acr_snapshot;
struct csv_thread;

/* Zero-initialised is closed. */
struct json_writer {
    char path[PATH_MAX];       /* of the file; "" = none */
    struct csv_thread *thread; /* that opens it, or NULL */
    struct json_text json;
};

/* Make folders and the file, empty. The name gets ".json", if it has it not. Returns: 0, or a
 * negative errno about w->path. */
int json_writer_open(struct json_writer *w, const char *name);

/* Write the file; nothing when none is open. Returns: 0, or a negative errno. */
int json_writer_final(struct json_writer *w, const struct acr_snapshot *s, int exit_code);

void json_writer_close(struct json_writer *w);

/* Print Locust's list. Returns: 0, or a negative errno. */
int json_writer_print(const struct acr_snapshot *s);

#endif
