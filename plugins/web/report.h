/* SPDX-License-Identifier: MIT */
/*
 * A run as one HTML file that needs no network: --html, and what `acrida report` renders.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_WEB_REPORT_H
#define ACRIDA_WEB_REPORT_H

#include "results/csv_text.h"

struct acr_snapshot;
struct report_file;

/* Write it; nothing when none is open. exit_code: as json_rows_all takes it. Returns: 0, or a
 * negative errno. */
int web_report_save(struct report_file *f, const struct acr_snapshot *s, int exit_code);

/*
 * A JSON document (as of --json-file) as a report.
 *
 * error: a line for a person. Returns: 0; -EINVAL: it is no such document; -ENOMEM.
 */
int web_report_write(const char *json, size_t n, struct csv_text *t, char *error,
                     size_t error_bytes);

#endif
