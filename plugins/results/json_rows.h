/* SPDX-License-Identifier: MIT */
/* What stands in the JSON of --json, --json-file, and of the page: see plugins/report/README.md. */
#ifndef ACRIDA_RESULTS_JSON_ROWS_H
#define ACRIDA_RESULTS_JSON_ROWS_H

#include "results/json_text.h"

struct acr_entry;
struct acr_snapshot;

#define JSON_ROWS_LIVE_ENTRIES 1000u

/* The list of entries that Locust prints. */
void json_rows_locust(struct json_text *j, const struct acr_snapshot *s);

/* As an exit code: it is not decided, because the process goes on. */
#define JSON_ROWS_NO_EXIT_CODE (-1)

/* All there is. */
void json_rows_all(struct json_text *j, const struct acr_snapshot *s, int exit_code);

/* The same without where it comes from (environment, scenario, options): equal snapshots give equal
 * bytes. */
void json_rows_measured(struct json_text *j, const struct acr_snapshot *s, int exit_code);

/* What a page wants each second: without history and histograms, with what is current, of at most
 * JSON_ROWS_LIVE_ENTRIES entries. */
void json_rows_live(struct json_text *j, const struct acr_snapshot *s, uint64_t run_number);

/* The columns of the run over time; of one entry. As a document of their own. */
void json_rows_history(struct json_text *j, const struct acr_snapshot *s);
void json_rows_entry_history(struct json_text *j, const struct acr_snapshot *s,
                             const struct acr_entry *e);

#endif
