/* SPDX-License-Identifier: MIT */
/*
 * The verdict of a run as JUnit XML, which build servers show as tests: a case for whether the
 * numbers are valid, one for failures, and one for each goal.
 */
#ifndef ACRIDA_RESULTS_JUNIT_ROWS_H
#define ACRIDA_RESULTS_JUNIT_ROWS_H

#include "results/csv_text.h"

#include <stdbool.h>

struct acr_snapshot;

/* Append the document. Names and texts are escaped; what XML cannot hold stands as U+FFFD.
 * do_failures_count: else the case of failures is skipped, when there are some. */
void junit_rows_all(struct csv_text *t, const struct acr_snapshot *s, bool do_failures_count);

#endif
