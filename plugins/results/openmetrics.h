/* SPDX-License-Identifier: MIT */
/*
 * A snapshot as Prometheus and its kin read it: OpenMetrics 1.0, or the older text format 0.0.4 for
 * those that do not ask for it. The metrics are named in plugins/metrics/README.md.
 *
 * Families and samples come in the same order each time; no two samples have the same labels,
 * whatever names the scenario uses. What there may be many of is bounded: entries, errors, workers
 * and custom metrics beyond max_series of each are added up in one, or left out and counted.
 */
#ifndef ACRIDA_RESULTS_OPENMETRICS_H
#define ACRIDA_RESULTS_OPENMETRICS_H

#include "results/csv_text.h"

#define OPENMETRICS_BUCKETS_MAX 64u

struct acr_snapshot;
struct acr_usage_event;

/* Zero-initialised is a good choice. */
struct openmetrics_options {
    double buckets_s[OPENMETRICS_BUCKETS_MAX]; /* rising upper bounds of response times */
    size_t n_buckets;                          /* 0 = 14 from 1 ms to 30 s */
    size_t max_series;                         /* 0 = 1,000 */
    uint64_t run_number;                       /* acr_run_number() */
    const struct acr_usage_event *usage;       /* of this process; NULL = not known */
    bool is_classic;                           /* the text format 0.0.4 */
};

/* s: NULL before there is any. */
void openmetrics_write(struct csv_text *t, const struct acr_snapshot *s,
                       const struct openmetrics_options *o);

/* Whether a client with this Accept header (NULL = none) gets the older format. */
bool openmetrics_is_classic(const char *accept);
/* For the Content-Type header. */
const char *openmetrics_content_type(bool is_classic);

/*
 * Bounds as on the command line: "5ms,10ms,1s" or "0.005 0.01 1" (seconds).
 *
 * error: a line for a person. Returns: 0 or -EINVAL; "" leaves the defaults.
 */
int openmetrics_read_buckets(struct openmetrics_options *o, const char *text, char *error,
                             size_t error_bytes);

#endif
