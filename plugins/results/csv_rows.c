/* SPDX-License-Identifier: MIT */
/* What stands in the files. */
#include "results/csv_rows.h"

#include <acrida/report.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void heading(struct csv_text *t, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        csv_text_plain(t, names[i]);
}

static void percentile_heading(struct csv_text *t)
{
    char title[32];
    const char *name;
    double quantile;

    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++) {
        snprintf(title, sizeof(title), "%s%%", name);
        csv_text_plain(t, title);
    }
}

static uint64_t count(const struct acr_entry *e, uint32_t which)
{
    return acr_entry_count(e, which);
}

/* Microseconds are as fine as our clocks are meant; more digits are noise in a file. */
static double rounded(double ms)
{
    return nearbyint(ms * 1000) / 1000;
}

/* Whole, as in Locust; below 10 ms it would say little, and there Locust's may have decimals too.
 */
static double median(const struct acr_entry *e)
{
    double ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_TOTAL, 0.5);

    return ms < 0 ? 0 : ms < 10 ? rounded(ms) : nearbyint(ms);
}

/* Whole milliseconds, because scripts read them with int(); the metrics file has them precisely. */
static void percentiles(struct csv_text *t, const struct acr_entry *e, uint32_t window)
{
    const char *name;
    double quantile;

    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++) {
        double ms;

        if (count(e, ACR_REQUESTS) == 0) {
            csv_text_plain(t, "N/A");
            continue;
        }
        ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, window, quantile);
        csv_text_fixed(t, ms > 0 ? ms : 0, 0);
    }
}

static double average_bytes(const struct acr_entry *e)
{
    return (double)count(e, ACR_BYTES) / (double)count(e, ACR_REQUESTS);
}

/* The columns that statistics and history have in common. Without requests Locust's are whole
 * zeros. */
static void numbers(struct csv_text *t, const struct acr_entry *e)
{
    csv_text_count(t, count(e, ACR_REQUESTS));
    csv_text_count(t, count(e, ACR_FAILURES));
    csv_text_short_number(t, median(e));
    csv_text_number(t, acr_entry_average_ms(e, ACR_RESPONSE_TIME));
    if (count(e, ACR_REQUESTS) > count(e, ACR_UNTIMED)) {
        csv_text_number(t, acr_entry_min_ms(e, ACR_RESPONSE_TIME));
        csv_text_number(t, acr_entry_max_ms(e, ACR_RESPONSE_TIME));
    } else {
        csv_text_plain(t, "0");
        csv_text_plain(t, "0");
    }
    if (count(e, ACR_REQUESTS) > 0)
        csv_text_number(t, average_bytes(e));
    else
        csv_text_plain(t, "0");
}

/* label: NULL = there is no such column. */
static void stats_row(struct csv_text *t, const char *label, const struct acr_entry *e)
{
    if (label != NULL)
        csv_text_foreign(t, label);
    csv_text_foreign(t, acr_entry_type(e));
    csv_text_foreign(t, acr_entry_name(e));
    numbers(t, e);
    csv_text_number(t, acr_entry_request_rate(e, ACR_TOTAL));
    csv_text_number(t, acr_entry_failure_rate(e, ACR_TOTAL));
    percentiles(t, e, ACR_TOTAL);
    csv_text_end_row(t);
}

static void stats_heading(struct csv_text *t)
{
    static const char *const names[] = {
        "Type",
        "Name",
        "Request Count",
        "Failure Count",
        "Median Response Time",
        "Average Response Time",
        "Min Response Time",
        "Max Response Time",
        "Average Content Size",
        "Requests/s",
        "Failures/s",
    };

    heading(t, names, ACR_LEN(names));
    percentile_heading(t);
    csv_text_end_row(t);
}

static void stats_rows(struct csv_text *t, const char *label, const struct acr_snapshot *s)
{
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++)
        stats_row(t, label, acr_snapshot_entry(s, i));
    stats_row(t, label, acr_snapshot_total(s));
}

void csv_rows_stats(struct csv_text *t, const struct acr_snapshot *s)
{
    stats_heading(t);
    if (s != NULL)
        stats_rows(t, NULL, s);
}

void csv_rows_labels(struct csv_text *t, const struct acr_snapshot *s)
{
    csv_text_plain(t, "Label");
    stats_heading(t);
    for (size_t i = 0; i < acr_snapshot_n_labels(s); i++)
        stats_rows(t, acr_snapshot_label(s, i), acr_snapshot_of_label(s, i));
}

/* --- workers
 * -------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t which;
} worker_numbers[] = {
    { "Users", ACR_WORKER_USERS },
    { "Max Users", ACR_WORKER_USERS_MAX },
    { "Threads", ACR_WORKER_THREADS },
    { "CPU %", ACR_WORKER_CPU_PERCENT },
    { "Busiest Thread %", ACR_WORKER_LOOP_PERCENT },
    { "Memory Bytes", ACR_WORKER_MEMORY_BYTES },
    { "Lateness 99% ms", ACR_WORKER_LATENESS_MS },
    { "Recent Lateness 99% ms", ACR_WORKER_LATENESS_RECENT_MS },
    { "Last Seen s", ACR_WORKER_SILENT_S },
    { "Clock Offset ms", ACR_WORKER_CLOCK_OFFSET_MS },
    { "Reports", ACR_WORKER_REPORTS },
};

static const struct {
    const char *name;
    uint32_t which;
} worker_ledger[] = {
    { "Started", ACR_LEDGER_STARTED },     { "Succeeded", ACR_LEDGER_SUCCEEDED },
    { "Failed", ACR_LEDGER_FAILED },       { "Cancelled", ACR_LEDGER_CANCELLED },
    { "In Flight", ACR_LEDGER_IN_FLIGHT }, { "Lost", ACR_LEDGER_LOST },
    { "Attempts", ACR_LEDGER_ATTEMPTS },
};

static void workers_heading(struct csv_text *t)
{
    static const char *const names[] = { "Index", "Name", "Host", "Labels", "State" };
    static const char *const counts[] = { "Request Count", "Failure Count", "Bytes",
                                          "Average Response Time" };

    heading(t, names, ACR_LEN(names));
    for (size_t i = 0; i < ACR_LEN(worker_numbers); i++)
        csv_text_plain(t, worker_numbers[i].name);
    heading(t, counts, ACR_LEN(counts));
    percentile_heading(t);
    for (size_t i = 0; i < ACR_LEN(worker_ledger); i++)
        csv_text_plain(t, worker_ledger[i].name);
    csv_text_end_row(t);
}

static void worker_row(struct csv_text *t, const struct acr_worker *w)
{
    const struct acr_entry *total = acr_worker_total(w);

    csv_text_count(t, acr_worker_number_of(w));
    csv_text_foreign(t, acr_worker_name(w));
    csv_text_foreign(t, acr_worker_host(w));
    csv_text_foreign(t, acr_worker_labels(w));
    csv_text_plain(t, acr_worker_state(w));
    for (size_t i = 0; i < ACR_LEN(worker_numbers); i++)
        csv_text_short_number(t, rounded(acr_worker_value(w, worker_numbers[i].which)));
    csv_text_count(t, count(total, ACR_REQUESTS));
    csv_text_count(t, count(total, ACR_FAILURES));
    csv_text_count(t, count(total, ACR_BYTES));
    csv_text_number(t, acr_entry_average_ms(total, ACR_RESPONSE_TIME));
    percentiles(t, total, ACR_TOTAL);
    for (size_t i = 0; i < ACR_LEN(worker_ledger); i++)
        csv_text_count(t, acr_worker_ledger(w, worker_ledger[i].which));
    csv_text_end_row(t);
}

void csv_rows_workers(struct csv_text *t, const struct acr_snapshot *s)
{
    workers_heading(t);
    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++)
        worker_row(t, acr_snapshot_worker(s, i));
}

void csv_rows_history_heading(struct csv_text *t)
{
    static const char *const before[] = {
        "Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s",
    };
    static const char *const after[] = {
        "Total Request Count",         "Total Failure Count",     "Total Median Response Time",
        "Total Average Response Time", "Total Min Response Time", "Total Max Response Time",
        "Total Average Content Size",
    };

    heading(t, before, ACR_LEN(before));
    percentile_heading(t);
    heading(t, after, ACR_LEN(after));
    csv_text_end_row(t);
}

static void history_row(struct csv_text *t, const struct acr_snapshot *s, double unix_s,
                        const struct acr_entry *e, bool is_full)
{
    csv_text_fixed(t, floor(unix_s), 0);
    csv_text_count(t, acr_snapshot_users(s));
    csv_text_foreign(t, acr_entry_type(e));
    csv_text_foreign(t, acr_entry_name(e));
    csv_text_fixed(t, acr_entry_request_rate(e, ACR_CURRENT), 6);
    csv_text_fixed(t, acr_entry_failure_rate(e, ACR_CURRENT), 6);
    percentiles(t, e, is_full ? ACR_CURRENT : ACR_TOTAL);
    numbers(t, e);
    csv_text_end_row(t);
}

void csv_rows_history(struct csv_text *t, const struct acr_snapshot *s, double unix_s, bool is_full)
{
    for (size_t i = 0; is_full && i < acr_snapshot_n_entries(s); i++)
        history_row(t, s, unix_s, acr_snapshot_entry(s, i), is_full);
    history_row(t, s, unix_s, acr_snapshot_total(s), is_full);
}

void csv_rows_failures(struct csv_text *t, const struct acr_snapshot *s)
{
    static const char *const names[] = { "Method",      "Name",       "Error",
                                         "Occurrences", "First Seen", "Last Seen" };

    heading(t, names, ACR_LEN(names));
    csv_text_end_row(t);
    for (size_t i = 0; s != NULL && i < acr_snapshot_n_failures(s); i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        csv_text_foreign(t, acr_failure_type(f));
        csv_text_foreign(t, acr_failure_name(f));
        csv_text_foreign(t, acr_failure_error(f));
        csv_text_count(t, acr_failure_count(f));
        csv_text_time(t, acr_failure_first_seen(f));
        csv_text_time(t, acr_failure_last_seen(f));
        csv_text_end_row(t);
    }
}

void csv_rows_exceptions(struct csv_text *t, const struct acr_snapshot *s)
{
    static const char *const names[] = { "Count", "Message", "Traceback", "Nodes" };

    heading(t, names, ACR_LEN(names));
    csv_text_end_row(t);
    for (size_t i = 0; s != NULL && i < acr_snapshot_n_exceptions(s); i++) {
        const struct acr_exception *x = acr_snapshot_exception(s, i);

        csv_text_count(t, acr_exception_count(x));
        csv_text_foreign(t, acr_exception_message(x));
        csv_text_foreign(t, acr_exception_traceback(x));
        csv_text_foreign(t, acr_exception_nodes(x));
        csv_text_end_row(t);
    }
}

/* --- metrics
 * -------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    double quantile;
} few_quantiles[] = { { "p50", 0.5 },  { "p90", 0.9 },     { "p95", 0.95 },
                      { "p99", 0.99 }, { "p99.9", 0.999 }, { "p99.99", 0.9999 } };

static void start_metric(struct csv_text *t, const struct acr_entry *e, const char *metric)
{
    csv_text_foreign(t, e != NULL ? acr_entry_type(e) : "");
    csv_text_foreign(t, e != NULL ? acr_entry_name(e) : "");
    csv_text_plain(t, metric);
}

static void metric_count(struct csv_text *t, const struct acr_entry *e, const char *metric,
                         uint64_t value)
{
    start_metric(t, e, metric);
    csv_text_count(t, value);
    csv_text_end_row(t);
}

static void metric_ms(struct csv_text *t, const struct acr_entry *e, const char *clock,
                      const char *what, double ms)
{
    char metric[64];

    snprintf(metric, sizeof(metric), "%s_%s_ms", clock, what);
    start_metric(t, e, metric);
    if (ms >= 0)
        csv_text_short_number(t, rounded(ms));
    else
        csv_text_plain(t, "N/A");
    csv_text_end_row(t);
}

static void metrics_of(struct csv_text *t, const struct acr_entry *e)
{
    static const char *const clocks[] = {
        [ACR_RESPONSE_TIME] = "response_time",
        [ACR_CORRECTED] = "corrected",
        [ACR_LATENESS] = "lateness",
    };

    metric_count(t, e, "attempts", count(e, ACR_ATTEMPTS));
    metric_count(t, e, "cancelled", count(e, ACR_CANCELLED));
    metric_count(t, e, "untimed", count(e, ACR_UNTIMED));
    metric_count(t, e, "bytes", count(e, ACR_BYTES));
    for (uint32_t clock = 0; clock < ACR_LEN(clocks); clock++) {
        bool is_timed = count(e, ACR_REQUESTS) > count(e, ACR_UNTIMED);

        metric_ms(t, e, clocks[clock], "avg", is_timed ? acr_entry_average_ms(e, clock) : -1);
        for (size_t i = 0; i < ACR_LEN(few_quantiles); i++)
            metric_ms(t, e, clocks[clock], few_quantiles[i].name,
                      acr_entry_quantile_ms(e, clock, ACR_TOTAL, few_quantiles[i].quantile));
        metric_ms(t, e, clocks[clock], "max", is_timed ? acr_entry_max_ms(e, clock) : -1);
    }
}

/* --- the scenario's own: its kind is the type, and begins the metric, so that no request of that
 * type and name has the same row --- */

static const char *const kinds[] = {
    [ACR_METRIC_COUNTER] = "counter", [ACR_METRIC_GAUGE] = "gauge", [ACR_METRIC_TREND] = "trend",
    [ACR_METRIC_CHECK] = "check",     [ACR_METRIC_TAG] = "tag",
};

static void start_own(struct csv_text *t, const struct acr_metric *m, const char *before,
                      const char *what, const char *after)
{
    const char *kind = kinds[acr_metric_kind(m)];
    char metric[64];

    snprintf(metric, sizeof(metric), "%s_%s%s%s", kind, before, what, after);
    csv_text_plain(t, kind);
    csv_text_foreign(t, acr_metric_name(m));
    csv_text_plain(t, metric);
}

static void own_count(struct csv_text *t, const struct acr_metric *m, const char *what,
                      uint64_t value)
{
    start_own(t, m, "", what, "");
    csv_text_count(t, value);
    csv_text_end_row(t);
}

static void own_number(struct csv_text *t, const struct acr_metric *m, const char *what,
                       double value)
{
    start_own(t, m, "", what, "");
    csv_text_short_number(t, value);
    csv_text_end_row(t);
}

/* Quantiles have hardly three digits that mean something, and the mean has no more use. */
static double few_digits(double value)
{
    char text[40];

    snprintf(text, sizeof(text), "%.6g", value);
    return strtod(text, NULL);
}

static void own_value(struct csv_text *t, const struct acr_metric *m, const char *what,
                      bool is_there, double value)
{
    bool is_tag = acr_metric_kind(m) == ACR_METRIC_TAG;

    start_own(t, m, is_tag ? "response_time_" : "", what, is_tag ? "_ms" : "");
    if (!is_there)
        csv_text_plain(t, "N/A");
    else
        csv_text_short_number(t, is_tag ? rounded(value) : value);
    csv_text_end_row(t);
}

static void own_values(struct csv_text *t, const struct acr_metric *m)
{
    /* Of a trend -1 may be a value; requests with a tag may all have been reported without a time.
     */
    bool is_there = acr_metric_count(m) > 0 &&
                    (acr_metric_kind(m) == ACR_METRIC_TREND || acr_metric_quantile(m, 1) >= 0);

    own_value(t, m, "avg", is_there, few_digits(acr_metric_average(m)));
    own_value(t, m, "min", is_there, acr_metric_min(m));
    for (size_t i = 0; i < ACR_LEN(few_quantiles); i++)
        own_value(t, m, few_quantiles[i].name, is_there,
                  few_digits(acr_metric_quantile(m, few_quantiles[i].quantile)));
    own_value(t, m, "max", is_there, acr_metric_max(m));
}

static void own_metric(struct csv_text *t, const struct acr_metric *m)
{
    switch (acr_metric_kind(m)) {
    case ACR_METRIC_COUNTER:
        own_number(t, m, "sum", acr_metric_sum(m));
        own_number(t, m, "rate", few_digits(acr_metric_rate(m)));
        return;
    case ACR_METRIC_GAUGE:
        own_number(t, m, "last", acr_metric_last(m));
        own_number(t, m, "min", acr_metric_min(m));
        own_number(t, m, "max", acr_metric_max(m));
        return;
    case ACR_METRIC_TREND:
        own_count(t, m, "count", acr_metric_count(m));
        own_number(t, m, "sum", acr_metric_sum(m));
        own_values(t, m);
        return;
    case ACR_METRIC_CHECK:
        own_count(t, m, "passed", acr_metric_count(m) - acr_metric_failures(m));
        own_count(t, m, "failed", acr_metric_failures(m));
        return;
    case ACR_METRIC_TAG:
        own_count(t, m, "requests", acr_metric_count(m));
        own_count(t, m, "failures", acr_metric_failures(m));
        own_values(t, m);
        return;
    default: /* a kind that came after this plugin */
        return;
    }
}

void csv_rows_metrics(struct csv_text *t, const struct acr_snapshot *s)
{
    static const char *const names[] = { "Type", "Name", "Metric", "Value" };
    static const char *const ledger[] = {
        [ACR_LEDGER_STARTED] = "ledger_started",     [ACR_LEDGER_SUCCEEDED] = "ledger_succeeded",
        [ACR_LEDGER_FAILED] = "ledger_failed",       [ACR_LEDGER_CANCELLED] = "ledger_cancelled",
        [ACR_LEDGER_IN_FLIGHT] = "ledger_in_flight", [ACR_LEDGER_LOST] = "ledger_lost",
        [ACR_LEDGER_ATTEMPTS] = "ledger_attempts",
    };
    static const char *const load[] = {
        [ACR_LOAD_ITERATIONS] = "load_iterations", [ACR_LOAD_ARRIVALS] = "load_arrivals",
        [ACR_LOAD_DROPPED] = "load_dropped",       [ACR_LOAD_QUEUED] = "load_queued",
        [ACR_LOAD_QUEUE] = "load_queue",           [ACR_LOAD_MISSED_SLOTS] = "load_missed_slots",
        [ACR_LOAD_SPAWNED] = "load_spawned",       [ACR_LOAD_PARKED] = "load_parked",
    };

    heading(t, names, ACR_LEN(names));
    csv_text_end_row(t);
    if (s == NULL)
        return;
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++)
        metrics_of(t, acr_snapshot_entry(s, i));
    metrics_of(t, acr_snapshot_total(s));
    for (uint32_t which = 0; which < ACR_LEN(ledger); which++)
        metric_count(t, NULL, ledger[which], acr_snapshot_ledger(s, which));
    start_metric(t, NULL, "open_requests_mean");
    csv_text_short_number(t, rounded(acr_snapshot_open_requests(s)));
    csv_text_end_row(t);
    for (uint32_t which = 0; which < ACR_LEN(load); which++)
        metric_count(t, NULL, load[which], acr_snapshot_load(s, which));
    for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++)
        own_metric(t, acr_snapshot_metric(s, i));
}
