/* SPDX-License-Identifier: MIT */
/* StatsD: differences of counters, gauges as they stand. */
#include "formats.h"

#include "results/clean_text.h"

#include <acrida/report.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A counter of an entry or metric, as last told. In the order of the snapshot, which only grows:
 * each is found where it was, or later. */
struct statsd_known {
    char *key; /* kind, type and name, with 0x1f between */
    double counts[4];
};

struct writer {
    struct statsd *d;
    struct csv_text *to;
    const char *tags[2][2]; /* names and values; NULL = no more */
};

/* A name in a path: what is not plain is an underscore, as StatsD's own clients do. */
static void plain(struct csv_text *t, const char *name)
{
    for (; *name != '\0'; name++) {
        char c = isalnum((unsigned char)*name) || *name == '-' ? *name : '_';

        csv_text_append(t, &c, 1);
    }
}

static void text(struct writer *w, const char *what)
{
    csv_text_append(w->to, what, strlen(what));
}

static void line(struct writer *w, const char *metric, const char *value, const char *type)
{
    text(w, w->d->prefix);
    text(w, metric);
    for (int i = 0; i < 2 && w->tags[i][0] != NULL && !w->d->has_tags; i++) {
        text(w, ".");
        plain(w->to, *w->tags[i][1] != '\0' ? w->tags[i][1] : "-");
    }
    text(w, ":");
    text(w, value);
    text(w, "|");
    text(w, type);
    for (int i = 0; i < 2 && w->tags[i][0] != NULL && w->d->has_tags; i++) {
        text(w, i == 0 ? "|#" : ",");
        text(w, w->tags[i][0]);
        text(w, ":");
        clean_text(w->to, w->tags[i][1], ",|");
    }
    text(w, "\n");
}

static void counter(struct writer *w, const char *metric, double difference)
{
    char number[40];

    if (difference == 0)
        return;
    snprintf(number, sizeof(number), "%.15g", difference);
    line(w, metric, number, "c");
}

/* A gauge with a sign is a change of it: set to zero first, it is one to the value. */
static void gauge(struct writer *w, const char *metric, double value)
{
    char number[40];

    if (!isfinite(value))
        return;
    if (value < 0)
        line(w, metric, "0", "g");
    snprintf(number, sizeof(number), "%.15g", value);
    line(w, metric, number, "g");
}

/* --- what was told before
 * ----------------------------------------------------------------------------- */

struct memory {
    struct statsd_known *now; /* room for all */
    size_t n;
    size_t at; /* in what was known before */
};

static struct statsd_known *recall(struct writer *w, struct memory *m, const char *kind,
                                   const char *type, const char *name)
{
    struct statsd_known *now = &m->now[m->n];
    size_t bytes = strlen(kind) + strlen(type) + strlen(name) + 3;

    now->key = malloc(bytes);
    if (now->key == NULL)
        return NULL;
    snprintf(now->key, bytes, "%s\x1f%s\x1f%s", kind, type, name);
    for (size_t i = m->at; i < w->d->n_known; i++)
        if (strcmp(w->d->known[i].key, now->key) == 0) {
            memcpy(now->counts, w->d->known[i].counts, sizeof(now->counts));
            m->at = i + 1;
            break;
        }
    m->n++;
    return now;
}

static double difference(struct statsd_known *k, size_t i, double value)
{
    double d = value - k->counts[i];

    k->counts[i] = value;
    return d;
}

static void forget(struct statsd *d)
{
    for (size_t i = 0; i < d->n_known; i++)
        free(d->known[i].key);
    free(d->known);
    d->known = NULL;
    d->n_known = 0;
}

void statsd_done(struct statsd *d)
{
    forget(d);
    d->dropped = d->iterations = 0;
}

/* --- what there is to tell
 * ---------------------------------------------------------------------------- */

static void write_times(struct writer *w, const struct acr_entry *e)
{
    static const struct {
        const char *name;
        double quantile;
    } quantiles[] = { { "response_time_ms.p50", 0.5 },
                      { "response_time_ms.p95", 0.95 },
                      { "response_time_ms.p99", 0.99 },
                      { "response_time_ms.max", 1 } };

    for (size_t i = 0; i < ACR_LEN(quantiles); i++) {
        double ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_CURRENT, quantiles[i].quantile);

        if (ms >= 0)
            gauge(w, quantiles[i].name, ms);
    }
}

static void write_entries(struct writer *w, struct memory *m, const struct acr_snapshot *s)
{
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++) {
        const struct acr_entry *e = acr_snapshot_entry(s, i);
        struct statsd_known *k = recall(w, m, "e", acr_entry_type(e), acr_entry_name(e));

        if (k == NULL)
            return;
        w->tags[0][0] = "method";
        w->tags[0][1] = acr_entry_type(e);
        w->tags[1][0] = "name";
        w->tags[1][1] = acr_entry_name(e);
        counter(w, "requests", difference(k, 0, (double)acr_entry_count(e, ACR_REQUESTS)));
        counter(w, "failures", difference(k, 1, (double)acr_entry_count(e, ACR_FAILURES)));
        counter(w, "bytes", difference(k, 2, (double)acr_entry_count(e, ACR_BYTES)));
        counter(w, "time_ms", difference(k, 3, acr_entry_sum_ms(e, ACR_RESPONSE_TIME)));
        write_times(w, e);
    }
}

static void write_metrics(struct writer *w, struct memory *m, const struct acr_snapshot *s)
{
    w->tags[0][0] = "name";
    w->tags[1][0] = NULL;
    for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++) {
        const struct acr_metric *x = acr_snapshot_metric(s, i);
        char kind[16];
        struct statsd_known *k;

        snprintf(kind, sizeof(kind), "%u", acr_metric_kind(x));
        k = recall(w, m, kind, "", acr_metric_name(x));
        if (k == NULL)
            return;
        w->tags[0][1] = acr_metric_name(x);
        if (acr_metric_kind(x) == ACR_METRIC_COUNTER) {
            counter(w, "counter", difference(k, 0, acr_metric_sum(x)));
        } else if (acr_metric_kind(x) == ACR_METRIC_GAUGE) {
            gauge(w, "gauge", acr_metric_last(x));
        } else if (acr_metric_kind(x) == ACR_METRIC_CHECK) {
            double failed = (double)acr_metric_failures(x);

            counter(w, "check.passed", difference(k, 0, (double)acr_metric_count(x) - failed));
            counter(w, "check.failed", difference(k, 1, failed));
        } else if (acr_metric_kind(x) == ACR_METRIC_TREND && acr_metric_count(x) > 0) {
            gauge(w, "trend.p50", acr_metric_quantile(x, 0.5));
            gauge(w, "trend.p95", acr_metric_quantile(x, 0.95));
        }
    }
}

static void write_run(struct writer *w, const struct acr_snapshot *s)
{
    struct statsd *d = w->d;
    uint64_t iterations = acr_snapshot_load(s, ACR_LOAD_ITERATIONS);
    uint64_t dropped = acr_snapshot_load(s, ACR_LOAD_DROPPED);

    w->tags[0][0] = NULL;
    gauge(w, "users", (double)acr_snapshot_users(s));
    gauge(w, "target_users", (double)acr_snapshot_target_users(s));
    gauge(w, "open_requests", (double)acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT));
    gauge(w, "workers", (double)acr_snapshot_n_workers(s));
    counter(w, "iterations", (double)(iterations - d->iterations));
    counter(w, "dropped_arrivals", (double)(dropped - d->dropped));
    d->iterations = iterations;
    d->dropped = dropped;
    write_times(w, acr_snapshot_total(s));
}

void statsd_write(struct statsd *d, struct csv_text *t, const struct acr_snapshot *s)
{
    struct writer w = { .d = d, .to = t };
    struct memory m = { .n = 0 };
    size_t most = acr_snapshot_n_entries(s) + acr_snapshot_n_metrics(s);

    if (acr_snapshot_reset_time(s) != d->reset_time)
        forget(d);
    d->reset_time = acr_snapshot_reset_time(s);
    write_run(&w, s);
    m.now = calloc(most > 0 ? most : 1, sizeof(*m.now));
    if (m.now == NULL) {
        t->is_incomplete = true;
        return;
    }
    write_entries(&w, &m, s);
    write_metrics(&w, &m, s);
    forget(d);
    d->known = m.now;
    d->n_known = m.n;
}
