/* SPDX-License-Identifier: MIT */
/* What stands in the JSON of --json-file; of --json in json_locust.c. */
#include "json_rows.h"

#include <acrida/report.h>

#include <stdlib.h>
#include <string.h>

#define SCHEMA 1

static const struct {
    const char *name;
    double quantile;
} quantiles[] = {
    { "50", 0.5 },     { "66", 0.66 },      { "75", 0.75 }, { "80", 0.8 },
    { "90", 0.9 },     { "95", 0.95 },      { "98", 0.98 }, { "99", 0.99 },
    { "99.9", 0.999 }, { "99.99", 0.9999 }, { "100", 1 },
};

/* --- the run
 * ------------------------------------------------------------------------------------------ */

static void number_or_null(struct json_text *j, const char *key, bool is_there, double number)
{
    if (is_there)
        json_text_number(j, key, number);
    else
        json_text_null(j, key);
}

static void run(struct json_text *j, const struct acr_snapshot *s, int exit_code)
{
    double last = acr_snapshot_last_request_time(s);

    json_text_open(j, "run", '{');
    json_text_number(j, "start_time", acr_snapshot_start_time(s));
    json_text_number(j, "reset_time", acr_snapshot_reset_time(s));
    number_or_null(j, "last_request_time", last > 0, last);
    json_text_number(j, "duration_s", acr_snapshot_elapsed(s));
    json_text_string(j, "state", acr_snapshot_state(s));
    json_text_count(j, "seed", acr_snapshot_seed(s));
    json_text_number(j, "exit_code", exit_code);
    json_text_count(j, "users", acr_snapshot_users(s));
    json_text_count(j, "target_users", acr_snapshot_target_users(s));
    json_text_number(j, "arrivals_per_s", acr_snapshot_arrival_rate(s));
    json_text_open(j, "user_types", '[');
    for (size_t i = 0; i < acr_snapshot_n_user_types(s); i++) {
        json_text_open(j, NULL, '{');
        json_text_string(j, "name", acr_snapshot_user_type(s, i));
        json_text_count(j, "users", acr_snapshot_users_of_type(s, i));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
    json_text_close(j, '}');
}

static void ledger(struct json_text *j, const struct acr_snapshot *s)
{
    static const char *const names[] = {
        [ACR_LEDGER_STARTED] = "started",     [ACR_LEDGER_SUCCEEDED] = "succeeded",
        [ACR_LEDGER_FAILED] = "failed",       [ACR_LEDGER_CANCELLED] = "cancelled",
        [ACR_LEDGER_IN_FLIGHT] = "in_flight", [ACR_LEDGER_LOST] = "lost",
        [ACR_LEDGER_ATTEMPTS] = "attempts",
    };

    json_text_open(j, "ledger", '{');
    for (uint32_t i = 0; i < ACR_LEN(names); i++)
        json_text_count(j, names[i], acr_snapshot_ledger(s, i));
    json_text_close(j, '}');
}

static void load(struct json_text *j, const struct acr_snapshot *s)
{
    static const char *const names[] = {
        [ACR_LOAD_ITERATIONS] = "iterations", [ACR_LOAD_ARRIVALS] = "arrivals",
        [ACR_LOAD_DROPPED] = "dropped",       [ACR_LOAD_QUEUED] = "queued",
        [ACR_LOAD_QUEUE] = "queue",           [ACR_LOAD_MISSED_SLOTS] = "missed_slots",
        [ACR_LOAD_SPAWNED] = "spawned",       [ACR_LOAD_PARKED] = "parked",
    };

    json_text_open(j, "load", '{');
    for (uint32_t i = 0; i < ACR_LEN(names); i++)
        json_text_count(j, names[i], acr_snapshot_load(s, i));
    json_text_number(j, "open_requests_mean", acr_snapshot_open_requests(s));
    json_text_close(j, '}');
}

/* --- entries
 * ------------------------------------------------------------------------------------------ */

static void times(struct json_text *j, const char *key, const struct acr_entry *e, uint32_t clock)
{
    uint64_t n_timed = acr_entry_count(e, ACR_REQUESTS) - acr_entry_count(e, ACR_UNTIMED);
    bool is_timed = n_timed > 0;
    double ms;
    uint64_t n;

    json_text_open(j, key, '{');
    json_text_count(j, "count", n_timed);
    json_text_number(j, "sum_ms", acr_entry_sum_ms(e, clock));
    number_or_null(j, "min_ms", is_timed, acr_entry_min_ms(e, clock));
    number_or_null(j, "mean_ms", is_timed, acr_entry_average_ms(e, clock));
    number_or_null(j, "max_ms", is_timed, acr_entry_max_ms(e, clock));
    json_text_open(j, "percentiles_ms", '{');
    for (size_t i = 0; i < ACR_LEN(quantiles); i++)
        number_or_null(j, quantiles[i].name, is_timed,
                       acr_entry_quantile_ms(e, clock, ACR_TOTAL, quantiles[i].quantile));
    json_text_close(j, '}');
    json_text_open(j, "histogram", '[');
    for (uint32_t bucket = 0; acr_entry_bucket(e, clock, &bucket, &ms, &n); bucket++) {
        json_text_open(j, NULL, '[');
        json_text_number(j, NULL, ms);
        json_text_count(j, NULL, n);
        json_text_close(j, ']');
    }
    json_text_close(j, ']');
    json_text_close(j, '}');
}

static void entry(struct json_text *j, const char *key, const struct acr_entry *e)
{
    json_text_open(j, key, '{');
    json_text_string(j, "type", acr_entry_type(e));
    json_text_string(j, "name", acr_entry_name(e));
    json_text_count(j, "requests", acr_entry_count(e, ACR_REQUESTS));
    json_text_count(j, "failures", acr_entry_count(e, ACR_FAILURES));
    json_text_count(j, "attempts", acr_entry_count(e, ACR_ATTEMPTS));
    json_text_count(j, "cancelled", acr_entry_count(e, ACR_CANCELLED));
    json_text_count(j, "untimed", acr_entry_count(e, ACR_UNTIMED));
    json_text_count(j, "bytes", acr_entry_count(e, ACR_BYTES));
    json_text_number(j, "requests_per_s", acr_entry_request_rate(e, ACR_TOTAL));
    json_text_number(j, "failures_per_s", acr_entry_failure_rate(e, ACR_TOTAL));
    times(j, "response_time", e, ACR_RESPONSE_TIME);
    times(j, "corrected", e, ACR_CORRECTED);
    times(j, "lateness", e, ACR_LATENESS);
    json_text_close(j, '}');
}

/* --- what went wrong
 * ---------------------------------------------------------------------------------- */

static void failures(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "failures", '[');
    for (size_t i = 0; i < acr_snapshot_n_failures(s); i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        json_text_open(j, NULL, '{');
        json_text_string(j, "type", acr_failure_type(f));
        json_text_string(j, "name", acr_failure_name(f));
        json_text_string(j, "error", acr_failure_error(f));
        json_text_count(j, "count", acr_failure_count(f));
        json_text_number(j, "first_seen", acr_failure_first_seen(f));
        json_text_number(j, "last_seen", acr_failure_last_seen(f));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}

static int compare_exceptions(const void *a, const void *b)
{
    const struct acr_exception *x = *(const struct acr_exception *const *)a;
    const struct acr_exception *y = *(const struct acr_exception *const *)b;
    int order = strcmp(acr_exception_message(x), acr_exception_message(y));

    return order != 0 ? order : strcmp(acr_exception_traceback(x), acr_exception_traceback(y));
}

struct span {
    const char *text;
    size_t bytes;
};

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;
    int order = memcmp(x->text, y->text, x->bytes < y->bytes ? x->bytes : y->bytes);

    return order != 0 ? order : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* Which node was first depends on the network: in the order of their names. */
static void nodes(struct json_text *j, const char *list)
{
    size_t most = strlen(list) / 2 + 1;
    struct span *all = calloc(most, sizeof(*all));
    size_t n = 0;

    if (all == NULL) {
        j->text.is_incomplete = true;
        return;
    }
    for (const char *at = list; *at != '\0' && n < most;) {
        const char *comma = strstr(at, ", ");

        all[n].text = at;
        all[n++].bytes = comma != NULL ? (size_t)(comma - at) : strlen(at);
        at = comma != NULL ? comma + 2 : at + strlen(at);
    }
    qsort(all, n, sizeof(*all), compare_spans);
    json_text_open(j, "nodes", '[');
    for (size_t i = 0; i < n; i++)
        json_text_span(j, NULL, all[i].text, all[i].bytes);
    json_text_close(j, ']');
    free(all);
}

static void exceptions(struct json_text *j, const struct acr_snapshot *s)
{
    size_t n = acr_snapshot_n_exceptions(s);
    const struct acr_exception **all = calloc(n > 0 ? n : 1, sizeof(const struct acr_exception *));

    if (all == NULL) {
        j->text.is_incomplete = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        all[i] = acr_snapshot_exception(s, i);
    qsort(all, n, sizeof(const struct acr_exception *), compare_exceptions);
    json_text_open(j, "exceptions", '[');
    for (size_t i = 0; i < n; i++) {
        json_text_open(j, NULL, '{');
        json_text_string(j, "message", acr_exception_message(all[i]));
        json_text_string(j, "traceback", acr_exception_traceback(all[i]));
        json_text_count(j, "count", acr_exception_count(all[i]));
        nodes(j, acr_exception_nodes(all[i]));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
    free(all);
}

/* --- the scenario's own numbers
 * ----------------------------------------------------------------------- */

static const char *const kinds[] = {
    [ACR_METRIC_COUNTER] = "counter", [ACR_METRIC_GAUGE] = "gauge", [ACR_METRIC_TREND] = "trend",
    [ACR_METRIC_CHECK] = "check",     [ACR_METRIC_TAG] = "tag",
};

static void metric_values(struct json_text *j, const struct acr_metric *m)
{
    /* Of a trend -1 may be a value; requests with a tag may all have been told without a time. */
    bool is_there = acr_metric_count(m) > 0 &&
                    (acr_metric_kind(m) == ACR_METRIC_TREND || acr_metric_quantile(m, 1) >= 0);

    json_text_number(j, "sum", acr_metric_sum(m));
    number_or_null(j, "min", is_there, acr_metric_min(m));
    number_or_null(j, "mean", is_there, acr_metric_average(m));
    number_or_null(j, "max", is_there, acr_metric_max(m));
    json_text_open(j, "percentiles", '{');
    for (size_t i = 0; i < ACR_LEN(quantiles); i++)
        number_or_null(j, quantiles[i].name, is_there,
                       acr_metric_quantile(m, quantiles[i].quantile));
    json_text_close(j, '}');
}

static void metric(struct json_text *j, const struct acr_metric *m)
{
    uint32_t kind = acr_metric_kind(m);

    if (kind >= ACR_LEN(kinds)) /* one that came after this plugin */
        return;
    json_text_open(j, NULL, '{');
    json_text_string(j, "kind", kinds[kind]);
    json_text_string(j, "name", acr_metric_name(m));
    json_text_count(j, "count", acr_metric_count(m));
    if (kind == ACR_METRIC_CHECK || kind == ACR_METRIC_TAG)
        json_text_count(j, "failures", acr_metric_failures(m));
    if (kind == ACR_METRIC_COUNTER) {
        json_text_number(j, "sum", acr_metric_sum(m));
        json_text_number(j, "per_s", acr_metric_rate(m));
    } else if (kind == ACR_METRIC_GAUGE) {
        json_text_number(j, "last", acr_metric_last(m));
        json_text_number(j, "min", acr_metric_min(m));
        json_text_number(j, "max", acr_metric_max(m));
    } else if (kind != ACR_METRIC_CHECK) {
        metric_values(j, m);
    }
    json_text_close(j, '}');
}

void json_rows_all(struct json_text *j, const struct acr_snapshot *s, int exit_code)
{
    json_text_open(j, NULL, '{');
    json_text_count(j, "schema", SCHEMA);
    run(j, s, exit_code);
    ledger(j, s);
    load(j, s);
    entry(j, "total", acr_snapshot_total(s));
    json_text_open(j, "entries", '[');
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++)
        entry(j, NULL, acr_snapshot_entry(s, i));
    json_text_close(j, ']');
    failures(j, s);
    exceptions(j, s);
    json_text_open(j, "metrics", '[');
    for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++)
        metric(j, acr_snapshot_metric(s, i));
    json_text_close(j, ']');
    json_text_close(j, '}');
    json_text_end(j);
}
