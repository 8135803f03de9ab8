/* SPDX-License-Identifier: MIT */
/* The parts of the page that openmetrics.c puts together. */
#ifndef ACRIDA_RESULTS_OPENMETRICS_ROWS_H
#define ACRIDA_RESULTS_OPENMETRICS_ROWS_H

#include "results/openmetrics.h"
#include "results/openmetrics_text.h"

/* Requests by type and name, and their failures by error. o: with its defaults filled in. */
void openmetrics_rows_entries(struct openmetrics_text *x, const struct acr_snapshot *s,
                              const struct openmetrics_options *o);
/* The scenario's own numbers. */
void openmetrics_rows_metrics(struct openmetrics_text *x, const struct acr_snapshot *s,
                              const struct openmetrics_options *o);
/* A master's workers. */
void openmetrics_rows_workers(struct openmetrics_text *x, const struct acr_snapshot *s,
                              const struct openmetrics_options *o);

/* One sample for each of n states, and for that which is, if it is none of them. */
void openmetrics_rows_states(struct openmetrics_text *x, const char *const *states, size_t n,
                             const char *state);

#endif
