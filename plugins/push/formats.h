/* SPDX-License-Identifier: MIT */
/* What is pushed: a snapshot in the words of StatsD, InfluxDB, OpenTelemetry. */
#ifndef ACRIDA_PUSH_FORMATS_H
#define ACRIDA_PUSH_FORMATS_H

#include "results/csv_text.h"

#include <stdint.h>

struct acr_snapshot;

/* InfluxDB's line protocol; times in nanoseconds. */
void influx_write(struct csv_text *t, const struct acr_snapshot *s, double unix_s);

/* OTLP's metrics in JSON: counters and histograms cumulative since the statistics began. */
void otlp_write(struct csv_text *t, const struct acr_snapshot *s, double unix_s);

/* What was told before: StatsD takes differences. Zero-initialised is nothing. */
struct statsd {
    const char *prefix; /* "acrida." */
    bool has_tags;      /* Datadog's: |#name:value */
    double reset_time;  /* of the statistics that these are of */
    struct statsd_known *known;
    size_t n_known;
    uint64_t dropped;
    uint64_t iterations;
};

void statsd_done(struct statsd *d);
void statsd_write(struct statsd *d, struct csv_text *t, const struct acr_snapshot *s);

#endif
