/* SPDX-License-Identifier: MIT */
/*
 * The parts of the document that json_rows.c puts together: see plugins/report/README.md. A key is
 * NULL within an array.
 */
#ifndef ACRIDA_RESULTS_JSON_PARTS_H
#define ACRIDA_RESULTS_JSON_PARTS_H

#include "results/json_text.h"

#include <stddef.h>

struct acr_entry;
struct acr_snapshot;

/* What an entry tells. */
struct json_entry_parts {
    bool has_histograms;
    bool has_current; /* the last 10 s */
    bool has_history; /* or null */
};

void json_run(struct json_text *j, const struct acr_snapshot *s, int exit_code);
void json_ledger(struct json_text *j, const struct acr_snapshot *s);
void json_load(struct json_text *j, const struct acr_snapshot *s);
void json_verdict(struct json_text *j, const struct acr_snapshot *s);
void json_workers(struct json_text *j, const struct acr_snapshot *s);
/* Entries without histograms. */
void json_labels(struct json_text *j, const struct acr_snapshot *s);

void json_entry(struct json_text *j, const char *key, const struct acr_snapshot *s,
                const struct acr_entry *e, const struct json_entry_parts *parts);

void json_failures(struct json_text *j, const struct acr_snapshot *s);
void json_exceptions(struct json_text *j, const struct acr_snapshot *s);
void json_metrics(struct json_text *j, const struct acr_snapshot *s);

void json_history(struct json_text *j, const char *key, const struct acr_snapshot *s);
void json_entry_history(struct json_text *j, const char *key, const struct acr_snapshot *s,
                        const struct acr_entry *e);

/* environment, scenario, options. */
void json_origin(struct json_text *j);

void json_number_or_null(struct json_text *j, const char *key, bool is_there, double number);

#endif
