/* SPDX-License-Identifier: MIT */
/* InfluxDB's line protocol. */
#include "formats.h"

#include "results/clean_text.h"

#include <acrida/report.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
    struct csv_text *to;
    bool has_fields;
};

static void text(struct line *l, const char *what)
{
    csv_text_append(l->to, what, strlen(what));
}

static void begin(struct line *l, const char *measurement)
{
    text(l, measurement);
    l->has_fields = false;
}

/* A tag without a value is none. A backslash would escape what follows: it cannot stay. */
static void tag(struct line *l, const char *name, const char *value)
{
    if (*value == '\0')
        return;
    text(l, ",");
    text(l, name);
    text(l, "=");
    while (*value != '\0') {
        if (*value == ',' || *value == '=' || *value == ' ')
            text(l, "\\");
        if (*value == '\\')
            clean_text_byte(l->to, *value++);
        else
            value += clean_text_character(l->to, value);
    }
}

static void field_name(struct line *l, const char *name)
{
    text(l, l->has_fields ? "," : " ");
    l->has_fields = true;
    text(l, name);
    text(l, "=");
}

static void count(struct line *l, const char *name, uint64_t n)
{
    char number[32];

    field_name(l, name);
    snprintf(number, sizeof(number), "%llui", (unsigned long long)n);
    text(l, number);
}

static void number(struct line *l, const char *name, double value)
{
    char digits[40];

    if (!isfinite(value))
        return;
    field_name(l, name);
    for (int n = 15; n <= 17; n++) { /* the shortest that reads back the same */
        snprintf(digits, sizeof(digits), "%.*g", n, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text(l, digits);
}

static void string(struct line *l, const char *name, const char *value)
{
    field_name(l, name);
    text(l, "\"");
    clean_text(l->to, value, "\"\\");
    text(l, "\"");
}

static void end(struct line *l, double unix_s)
{
    char time[40];

    /* Microseconds are what a double can tell. */
    snprintf(time, sizeof(time), " %.0f000\n", unix_s * 1e6);
    text(l, time);
}

/* --- what there is to tell
 * ---------------------------------------------------------------------------- */

static void write_times(struct line *l, const struct acr_entry *e)
{
    static const struct {
        const char *name;
        double quantile;
    } quantiles[] = { { "p50_ms", 0.5 },
                      { "p90_ms", 0.9 },
                      { "p95_ms", 0.95 },
                      { "p99_ms", 0.99 },
                      { "max_ms", 1 } };

    number(l, "sum_ms", acr_entry_sum_ms(e, ACR_RESPONSE_TIME));
    for (size_t i = 0; i < ACR_LEN(quantiles); i++) {
        double ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_CURRENT, quantiles[i].quantile);

        if (ms >= 0)
            number(l, quantiles[i].name, ms);
    }
}

static void write_entry(struct line *l, const struct acr_entry *e)
{
    count(l, "requests", acr_entry_count(e, ACR_REQUESTS));
    count(l, "failures", acr_entry_count(e, ACR_FAILURES));
    count(l, "attempts", acr_entry_count(e, ACR_ATTEMPTS));
    count(l, "bytes", acr_entry_count(e, ACR_BYTES));
    number(l, "requests_per_s", acr_entry_request_rate(e, ACR_CURRENT));
    number(l, "failures_per_s", acr_entry_failure_rate(e, ACR_CURRENT));
    write_times(l, e);
}

static void write_run(struct line *l, const struct acr_snapshot *s, double unix_s)
{
    static const char *const verdicts[] = { [ACR_VERDICT_NONE] = "none",
                                            [ACR_VERDICT_PASS] = "pass",
                                            [ACR_VERDICT_FAIL] = "fail",
                                            [ACR_VERDICT_INVALID] = "invalid" };
    const struct acr_entry *total = acr_snapshot_total(s);
    double late_ms = acr_entry_quantile_ms(total, ACR_LATENESS, ACR_TOTAL, 0.99);

    begin(l, "acrida_run");
    string(l, "state", acr_snapshot_state(s));
    count(l, "users", acr_snapshot_users(s));
    count(l, "target_users", acr_snapshot_target_users(s));
    number(l, "arrivals_per_s", acr_snapshot_arrival_rate(s));
    number(l, "elapsed_s", acr_snapshot_elapsed(s));
    count(l, "open_requests", acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT));
    count(l, "iterations", acr_snapshot_load(s, ACR_LOAD_ITERATIONS));
    count(l, "dropped_arrivals", acr_snapshot_load(s, ACR_LOAD_DROPPED));
    if (late_ms >= 0)
        number(l, "lateness_p99_ms", late_ms);
    if (acr_snapshot_verdict(s) < ACR_LEN(verdicts))
        string(l, "verdict", verdicts[acr_snapshot_verdict(s)]);
    write_entry(l, total);
    end(l, unix_s);
    for (size_t i = 0; i < acr_snapshot_n_user_types(s); i++) {
        begin(l, "acrida_users");
        tag(l, "user_type", acr_snapshot_user_type(s, i));
        count(l, "users", acr_snapshot_users_of_type(s, i));
        end(l, unix_s);
    }
}

static void write_metric(struct line *l, const struct acr_metric *m, double unix_s)
{
    static const char *const kinds[] = {
        [ACR_METRIC_COUNTER] = "counter", [ACR_METRIC_GAUGE] = "gauge",
        [ACR_METRIC_TREND] = "trend",     [ACR_METRIC_CHECK] = "check",
        [ACR_METRIC_TAG] = "tag",
    };
    uint32_t kind = acr_metric_kind(m);

    if (kind >= ACR_LEN(kinds))
        return;
    begin(l, "acrida_metric");
    tag(l, "kind", kinds[kind]);
    tag(l, "name", acr_metric_name(m));
    count(l, "count", acr_metric_count(m));
    if (kind == ACR_METRIC_CHECK || kind == ACR_METRIC_TAG)
        count(l, "failures", acr_metric_failures(m));
    if (kind != ACR_METRIC_CHECK)
        number(l, "sum", acr_metric_sum(m));
    if (kind == ACR_METRIC_GAUGE)
        number(l, "last", acr_metric_last(m));
    if (kind == ACR_METRIC_TREND && acr_metric_count(m) > 0) {
        number(l, "min", acr_metric_min(m));
        number(l, "max", acr_metric_max(m));
        number(l, "p50", acr_metric_quantile(m, 0.5));
        number(l, "p95", acr_metric_quantile(m, 0.95));
        number(l, "p99", acr_metric_quantile(m, 0.99));
    }
    end(l, unix_s);
}

static void write_worker(struct line *l, const struct acr_worker *w, double unix_s)
{
    char index[16];

    snprintf(index, sizeof(index), "%u", acr_worker_number_of(w));
    begin(l, "acrida_worker");
    tag(l, "worker", index);
    tag(l, "name", acr_worker_name(w));
    tag(l, "host", acr_worker_host(w));
    string(l, "state", acr_worker_state(w));
    number(l, "users", acr_worker_value(w, ACR_WORKER_USERS));
    number(l, "cpu_percent", acr_worker_value(w, ACR_WORKER_CPU_PERCENT));
    number(l, "busiest_thread_percent", acr_worker_value(w, ACR_WORKER_LOOP_PERCENT));
    number(l, "memory_bytes", acr_worker_value(w, ACR_WORKER_MEMORY_BYTES));
    number(l, "lateness_ms", acr_worker_value(w, ACR_WORKER_LATENESS_MS));
    end(l, unix_s);
}

void influx_write(struct csv_text *t, const struct acr_snapshot *s, double unix_s)
{
    struct line l = { .to = t };

    write_run(&l, s, unix_s);
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++) {
        const struct acr_entry *e = acr_snapshot_entry(s, i);

        begin(&l, "acrida_requests");
        tag(&l, "method", acr_entry_type(e));
        tag(&l, "name", acr_entry_name(e));
        write_entry(&l, e);
        end(&l, unix_s);
    }
    for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++)
        write_metric(&l, acr_snapshot_metric(s, i), unix_s);
    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++)
        write_worker(&l, acr_snapshot_worker(s, i), unix_s);
}
