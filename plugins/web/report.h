/* SPDX-License-Identifier: MIT */
/*
 * A run as one HTML file that needs no network: --html, and what `acrida report` renders.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_WEB_REPORT_H
#define ACRIDA_WEB_REPORT_H

#include "results/csv_text.h"

#include <limits.h>

struct acr_snapshot;

/* Zero-initialised is closed. */
struct web_report {
    char path[PATH_MAX]; /* "" = none */
    int fd;
};

/*
 * Make the file, and its folders. It is kept open: at the end users may have taken all descriptors.
 * What is in it stays until it is written.
 *
 * Returns: 0, or a negative errno about w->path.
 */
int web_report_open(struct web_report *w, const char *path);

/* Write the file; nothing when none is open. Returns: 0, or a negative errno. */
int web_report_final(struct web_report *w, const struct acr_snapshot *s, int exit_code);

void web_report_close(struct web_report *w);

/*
 * A JSON document (as of --json-file) as a report.
 *
 * error: a line for a person. Returns: 0; -EINVAL: it is no such document; -ENOMEM.
 */
int web_report_write(const char *json, size_t n, struct csv_text *t, char *error,
                     size_t error_bytes);

#endif
