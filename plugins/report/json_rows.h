/* SPDX-License-Identifier: MIT */
/* What stands in the JSON of --json and --json-file: see README.md. */
#ifndef ACRIDA_REPORT_JSON_ROWS_H
#define ACRIDA_REPORT_JSON_ROWS_H

#include "json_text.h"

struct acr_snapshot;

/* The list of entries that Locust prints. */
void json_rows_locust(struct json_text *j, const struct acr_snapshot *s);

/* All there is. */
void json_rows_all(struct json_text *j, const struct acr_snapshot *s, int exit_code);

#endif
