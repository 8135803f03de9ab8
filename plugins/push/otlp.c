/* SPDX-License-Identifier: MIT */
/* OpenTelemetry's metrics, as OTLP/HTTP sends them in JSON. 64-bit numbers are strings there. */
#include "formats.h"

#include "results/clean_text.h"
#include "results/json_text.h"

#include <acrida/report.h>

#include <math.h>
#include <stdio.h>

#define CUMULATIVE 2

static const double bounds_s[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                   0.25,  0.5,    1,     2.5,  5,     10,   30 };

struct otlp {
    struct json_text j;
    struct csv_text clean; /* for names */
    char start[32];        /* when the statistics began, and now: nanoseconds */
    char now[32];
};

static void attribute(struct otlp *o, const char *key, const char *value)
{
    csv_text_clear(&o->clean);
    clean_text(&o->clean, value, "");
    json_text_open(&o->j, NULL, '{');
    json_text_string(&o->j, "key", key);
    json_text_open(&o->j, "value", '{');
    json_text_span(&o->j, "stringValue", o->clean.length > 0 ? o->clean.data : "", o->clean.length);
    json_text_close(&o->j, '}');
    json_text_close(&o->j, '}');
}

static void integer(struct otlp *o, const char *key, uint64_t n)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
    json_text_string(&o->j, key, digits);
}

/* --- metrics and their points
 * ------------------------------------------------------------------------- */

enum kind { SUM, GAUGE, HISTOGRAM };

static void begin_metric(struct otlp *o, enum kind kind, const char *name, const char *unit)
{
    static const char *const kinds[] = { "sum", "gauge", "histogram" };

    json_text_open(&o->j, NULL, '{');
    json_text_string(&o->j, "name", name);
    json_text_string(&o->j, "unit", unit);
    json_text_open(&o->j, kinds[kind], '{');
    if (kind != GAUGE)
        json_text_number(&o->j, "aggregationTemporality", CUMULATIVE);
    if (kind == SUM) {
        csv_text_append(&o->j.text, ",\"isMonotonic\":true", 19);
        o->j.has_members = true;
    }
    json_text_open(&o->j, "dataPoints", '[');
}

static void end_metric(struct otlp *o)
{
    json_text_close(&o->j, ']');
    json_text_close(&o->j, '}');
    json_text_close(&o->j, '}');
}

/* A point, with up to two attributes (NULL = none); its value is to follow. */
static void begin_point(struct otlp *o, const char *const attributes[2][2])
{
    json_text_open(&o->j, NULL, '{');
    json_text_open(&o->j, "attributes", '[');
    for (int i = 0; i < 2 && attributes[i][0] != NULL; i++)
        attribute(o, attributes[i][0], attributes[i][1]);
    json_text_close(&o->j, ']');
    json_text_string(&o->j, "startTimeUnixNano", o->start);
    json_text_string(&o->j, "timeUnixNano", o->now);
}

static void value_point(struct otlp *o, const char *const attributes[2][2], double value)
{
    if (!isfinite(value))
        return;
    begin_point(o, attributes);
    json_text_number(&o->j, "asDouble", value);
    json_text_close(&o->j, '}');
}

static void count_point(struct otlp *o, const char *const attributes[2][2], uint64_t n)
{
    begin_point(o, attributes);
    integer(o, "asInt", n);
    json_text_close(&o->j, '}');
}

static void gauge(struct otlp *o, const char *name, const char *unit, double value)
{
    static const char *const none[2][2] = { { NULL, NULL }, { NULL, NULL } };

    begin_metric(o, GAUGE, name, unit);
    value_point(o, none, value);
    end_metric(o);
}

/* --- requests
 * ----------------------------------------------------------------------------------------- */

static void count_buckets(const struct acr_entry *e, uint64_t counts[ACR_LEN(bounds_s) + 1])
{
    size_t k = 0;
    uint64_t n;
    double ms;

    for (uint32_t bucket = 0; acr_entry_bucket(e, ACR_RESPONSE_TIME, &bucket, &ms, &n); bucket++) {
        while (k < ACR_LEN(bounds_s) && ms > bounds_s[k] * 1e3)
            k++;
        counts[k] += n;
    }
}

static void histogram_point(struct otlp *o, const struct acr_entry *e)
{
    const char *const names[2][2] = { { "request.method", acr_entry_type(e) },
                                      { "request.name", acr_entry_name(e) } };
    uint64_t n = acr_entry_count(e, ACR_REQUESTS) - acr_entry_count(e, ACR_UNTIMED);
    uint64_t counts[ACR_LEN(bounds_s) + 1] = { 0 };

    count_buckets(e, counts);
    begin_point(o, names);
    integer(o, "count", n);
    json_text_number(&o->j, "sum", acr_entry_sum_ms(e, ACR_RESPONSE_TIME) / 1e3);
    if (n > 0) {
        json_text_number(&o->j, "min", acr_entry_min_ms(e, ACR_RESPONSE_TIME) / 1e3);
        json_text_number(&o->j, "max", acr_entry_max_ms(e, ACR_RESPONSE_TIME) / 1e3);
    }
    json_text_open(&o->j, "bucketCounts", '[');
    for (size_t i = 0; i < ACR_LEN(counts); i++)
        integer(o, NULL, counts[i]);
    json_text_close(&o->j, ']');
    json_text_open(&o->j, "explicitBounds", '[');
    for (size_t i = 0; i < ACR_LEN(bounds_s); i++)
        json_text_number(&o->j, NULL, bounds_s[i]);
    json_text_close(&o->j, ']');
    json_text_close(&o->j, '}');
}

static void write_entries(struct otlp *o, const struct acr_snapshot *s)
{
    static const struct {
        const char *name;
        const char *unit;
        uint32_t which;
    } counters[] = { { "acrida.requests", "{request}", ACR_REQUESTS },
                     { "acrida.failures", "{request}", ACR_FAILURES },
                     { "acrida.attempts", "{request}", ACR_ATTEMPTS },
                     { "acrida.response.size", "By", ACR_BYTES } };
    size_t n = acr_snapshot_n_entries(s);

    if (n == 0)
        return;
    for (size_t k = 0; k < ACR_LEN(counters); k++) {
        begin_metric(o, SUM, counters[k].name, counters[k].unit);
        for (size_t i = 0; i < n; i++) {
            const struct acr_entry *e = acr_snapshot_entry(s, i);
            const char *const names[2][2] = { { "request.method", acr_entry_type(e) },
                                              { "request.name", acr_entry_name(e) } };

            count_point(o, names, acr_entry_count(e, counters[k].which));
        }
        end_metric(o);
    }
    begin_metric(o, HISTOGRAM, "acrida.request.duration", "s");
    for (size_t i = 0; i < n; i++)
        histogram_point(o, acr_snapshot_entry(s, i));
    end_metric(o);
}

/* --- the scenario's own numbers, and the run
 * ---------------------------------------------------------- */

static void metric_points(struct otlp *o, const struct acr_metric *m)
{
    const char *const named[2][2] = { { "name", acr_metric_name(m) }, { NULL, NULL } };
    const char *status[2][2] = { { "name", acr_metric_name(m) }, { "status", "passed" } };

    switch (acr_metric_kind(m)) {
    case ACR_METRIC_COUNTER: /* may be counted down */
        value_point(o, named, acr_metric_sum(m));
        break;
    case ACR_METRIC_GAUGE:
        value_point(o, named, acr_metric_last(m));
        break;
    case ACR_METRIC_TREND:
        if (acr_metric_count(m) == 0)
            break;
        status[1][0] = "quantile";
        status[1][1] = "0.5";
        value_point(o, (const char *const(*)[2])status, acr_metric_quantile(m, 0.5));
        status[1][1] = "0.95";
        value_point(o, (const char *const(*)[2])status, acr_metric_quantile(m, 0.95));
        status[1][1] = "0.99";
        value_point(o, (const char *const(*)[2])status, acr_metric_quantile(m, 0.99));
        break;
    case ACR_METRIC_CHECK:
        count_point(o, (const char *const(*)[2])status,
                    acr_metric_count(m) - acr_metric_failures(m));
        status[1][1] = "failed";
        count_point(o, (const char *const(*)[2])status, acr_metric_failures(m));
        break;
    default:
        break;
    }
}

static void write_metrics(struct otlp *o, const struct acr_snapshot *s)
{
    static const struct {
        uint32_t kind;
        enum kind as;
        const char *name;
    } families[] = { { ACR_METRIC_COUNTER, GAUGE, "acrida.counter" },
                     { ACR_METRIC_GAUGE, GAUGE, "acrida.gauge" },
                     { ACR_METRIC_TREND, GAUGE, "acrida.trend" },
                     { ACR_METRIC_CHECK, SUM, "acrida.checks" } };

    for (size_t k = 0; k < ACR_LEN(families); k++) {
        bool is_begun = false;

        for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++) {
            const struct acr_metric *m = acr_snapshot_metric(s, i);

            if (acr_metric_kind(m) != families[k].kind)
                continue;
            if (!is_begun)
                begin_metric(o, families[k].as, families[k].name, "1");
            is_begun = true;
            metric_points(o, m);
        }
        if (is_begun)
            end_metric(o);
    }
}

static void write_run(struct otlp *o, const struct acr_snapshot *s)
{
    double late_ms = acr_entry_quantile_ms(acr_snapshot_total(s), ACR_LATENESS, ACR_TOTAL, 0.99);

    begin_metric(o, GAUGE, "acrida.users", "{user}");
    for (size_t i = 0; i < acr_snapshot_n_user_types(s); i++) {
        const char *const type[2][2] = { { "user.type", acr_snapshot_user_type(s, i) },
                                         { NULL, NULL } };

        count_point(o, type, acr_snapshot_users_of_type(s, i));
    }
    end_metric(o);
    gauge(o, "acrida.target_users", "{user}", (double)acr_snapshot_target_users(s));
    gauge(o, "acrida.target_arrivals", "{arrival}/s", acr_snapshot_arrival_rate(s));
    gauge(o, "acrida.open_requests", "{request}",
          (double)acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT));
    gauge(o, "acrida.workers", "{worker}", (double)acr_snapshot_n_workers(s));
    if (late_ms >= 0)
        gauge(o, "acrida.lateness.p99", "s", late_ms / 1e3);
}

void otlp_write(struct csv_text *t, const struct acr_snapshot *s, double unix_s)
{
    struct otlp o = { .j = { .text = *t } };

    /* Microseconds are what a double can tell. */
    snprintf(o.start, sizeof(o.start), "%.0f000", acr_snapshot_reset_time(s) * 1e6);
    snprintf(o.now, sizeof(o.now), "%.0f000", unix_s * 1e6);
    json_text_open(&o.j, NULL, '{');
    json_text_open(&o.j, "resourceMetrics", '[');
    json_text_open(&o.j, NULL, '{');
    json_text_open(&o.j, "resource", '{');
    json_text_open(&o.j, "attributes", '[');
    attribute(&o, "service.name", "acrida");
    attribute(&o, "service.version", ACRIDA_VERSION);
    json_text_close(&o.j, ']');
    json_text_close(&o.j, '}');
    json_text_open(&o.j, "scopeMetrics", '[');
    json_text_open(&o.j, NULL, '{');
    json_text_open(&o.j, "scope", '{');
    json_text_string(&o.j, "name", "acrida");
    json_text_close(&o.j, '}');
    json_text_open(&o.j, "metrics", '[');
    write_run(&o, s);
    write_entries(&o, s);
    write_metrics(&o, s);
    for (const char *close = "]}]}]}"; *close != '\0'; close++)
        json_text_close(&o.j, *close);
    json_text_end(&o.j);
    csv_text_done(&o.clean);
    *t = o.j.text;
}
