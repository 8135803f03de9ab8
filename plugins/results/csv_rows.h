/* SPDX-License-Identifier: MIT */
/*
 * The rows of each file, from a snapshot. Columns, their order and meaning are Locust's; what
 * Locust does not have is in the metrics file.
 */
#ifndef ACRIDA_RESULTS_CSV_ROWS_H
#define ACRIDA_RESULTS_CSV_ROWS_H

#include "results/csv_text.h"

struct acr_snapshot;

/* With s NULL: the heading alone, as all of these. */
void csv_rows_stats(struct csv_text *t, const struct acr_snapshot *s);
void csv_rows_failures(struct csv_text *t, const struct acr_snapshot *s);
void csv_rows_exceptions(struct csv_text *t, const struct acr_snapshot *s);

/* A master's: one row for each worker. */
void csv_rows_workers(struct csv_text *t, const struct acr_snapshot *s);
/* A master's: as csv_rows_stats for each label, whose name stands before. */
void csv_rows_labels(struct csv_text *t, const struct acr_snapshot *s);

/* Type,Name,Metric,Value: one row for each number, so that more metrics need no new columns. */
void csv_rows_metrics(struct csv_text *t, const struct acr_snapshot *s);

/* The history grows: its heading, and what to append at a time (seconds since the epoch). */
void csv_rows_history_heading(struct csv_text *t);
/* As Locust: the aggregate alone has percentiles of the whole run; with is_full, there is a row for
 * each entry too, and all percentiles are those of the last 10 seconds. */
void csv_rows_history(struct csv_text *t, const struct acr_snapshot *s, double unix_s,
                      bool is_full);

#endif
