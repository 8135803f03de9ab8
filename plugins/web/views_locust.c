/* SPDX-License-Identifier: MIT */
/* Results as Locust's page and exporters read them. */
#include "views.h"

#include <acrida/cluster.h>
#include <acrida/control.h>
#include <acrida/report.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX 500u /* Locust's */

static bool has_times(const struct acr_entry *e)
{
    return acr_entry_count(e, ACR_REQUESTS) > acr_entry_count(e, ACR_UNTIMED);
}

/* Milliseconds as a whole number; 0 without any. */
static void whole_ms(struct json_text *j, const char *key, const struct acr_entry *e, double ms)
{
    json_text_number(j, key, has_times(e) && ms > 0 ? nearbyint(ms) : 0);
}

static void row(struct json_text *j, const struct acr_entry *e)
{
    uint64_t n = acr_entry_count(e, ACR_REQUESTS);
    uint64_t n_timed = n - acr_entry_count(e, ACR_UNTIMED);

    json_text_open(j, NULL, '{');
    json_text_string(j, "method", acr_entry_type(e));
    json_text_string(j, "name", acr_entry_name(e));
    json_text_count(j, "num_requests", n);
    json_text_count(j, "num_failures", acr_entry_count(e, ACR_FAILURES));
    whole_ms(j, "min_response_time", e, acr_entry_min_ms(e, ACR_RESPONSE_TIME));
    whole_ms(j, "max_response_time", e, acr_entry_max_ms(e, ACR_RESPONSE_TIME));
    json_text_number(j, "current_rps", acr_entry_request_rate(e, ACR_CURRENT));
    json_text_number(j, "current_fail_per_sec", acr_entry_failure_rate(e, ACR_CURRENT));
    json_text_number(j, "avg_response_time",
                     n_timed > 0 ? acr_entry_average_ms(e, ACR_RESPONSE_TIME) : 0);
    whole_ms(j, "median_response_time", e,
             acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_TOTAL, 0.5));
    json_text_number(j, "total_rps", acr_entry_request_rate(e, ACR_TOTAL));
    json_text_number(j, "total_fail_per_sec", acr_entry_failure_rate(e, ACR_TOTAL));
    whole_ms(j, "response_time_percentile_0.95", e,
             acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_TOTAL, 0.95));
    whole_ms(j, "response_time_percentile_0.99", e,
             acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_TOTAL, 0.99));
    json_text_number(j, "avg_content_length",
                     n > 0 ? (double)acr_entry_count(e, ACR_BYTES) / (double)n : 0);
    json_text_close(j, '}');
}

static void seen(struct json_text *j, const char *key, double unix_s)
{
    if (unix_s > 0)
        json_text_number(j, key, unix_s);
    else
        json_text_null(j, key);
}

static void errors(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "errors", '[');
    for (size_t i = 0; i < acr_snapshot_n_failures(s) && i < ROWS_MAX; i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        json_text_open(j, NULL, '{');
        json_text_string(j, "name", acr_failure_name(f));
        json_text_string(j, "method", acr_failure_type(f));
        json_text_string(j, "error", acr_failure_error(f));
        json_text_count(j, "occurrences", acr_failure_count(f));
        seen(j, "first_seen", acr_failure_first_seen(f));
        seen(j, "last_seen", acr_failure_last_seen(f));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}

static bool has_left(const struct acr_worker *w)
{
    return strcmp(acr_worker_state(w), "left") == 0;
}

static size_t n_workers(const struct acr_snapshot *s)
{
    size_t n = 0;

    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++)
        n += !has_left(acr_snapshot_worker(s, i));
    return n;
}

static void workers(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "workers", '[');
    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++) {
        const struct acr_worker *w = acr_snapshot_worker(s, i);

        if (has_left(w))
            continue;
        json_text_open(j, NULL, '{');
        json_text_string(j, "id", acr_worker_name(w));
        json_text_string(j, "state", acr_worker_state(w));
        json_text_number(j, "user_count", acr_worker_value(w, ACR_WORKER_USERS));
        json_text_number(j, "cpu_usage", acr_worker_value(w, ACR_WORKER_LOOP_PERCENT));
        json_text_number(j, "memory_usage", acr_worker_value(w, ACR_WORKER_MEMORY_BYTES));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
    json_text_count(j, "worker_count", n_workers(s));
}

static void current_ms(struct json_text *j, const char *key, const struct acr_entry *total,
                       double quantile)
{
    double ms = acr_entry_quantile_ms(total, ACR_RESPONSE_TIME, ACR_CURRENT, quantile);

    if (ms >= 0)
        json_text_number(j, key, nearbyint(ms));
    else
        json_text_null(j, key);
}

void web_views_requests(struct web_request *q, struct web_reply *a)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    const struct acr_entry *total = acr_snapshot_total(s);
    uint64_t n = acr_entry_count(total, ACR_REQUESTS);
    struct json_text *j = &a->json;

    (void)q;
    json_text_open(j, NULL, '{');
    json_text_open(j, "stats", '[');
    for (size_t i = 0; i < acr_snapshot_n_entries(s) && i < ROWS_MAX; i++)
        row(j, acr_snapshot_entry(s, i));
    row(j, total);
    json_text_close(j, ']');
    errors(j, s);
    json_text_number(j, "current_rps", acr_entry_request_rate(total, ACR_CURRENT));
    json_text_number(j, "current_fail_per_sec", acr_entry_failure_rate(total, ACR_CURRENT));
    json_text_number(j, "total_rps", acr_entry_request_rate(total, ACR_TOTAL));
    json_text_number(j, "total_fail_per_sec", acr_entry_failure_rate(total, ACR_TOTAL));
    json_text_number(j, "fail_ratio",
                     n > 0 ? (double)acr_entry_count(total, ACR_FAILURES) / (double)n : 0);
    json_text_open(j, "current_response_time_percentiles", '{');
    current_ms(j, "response_time_percentile_0.5", total, 0.5);
    current_ms(j, "response_time_percentile_0.95", total, 0.95);
    json_text_close(j, '}');
    json_text_string(j, "state", acr_snapshot_state(s));
    json_text_count(j, "user_count", acr_snapshot_users(s));
    if (acr_is_master())
        workers(j, s);
    json_text_close(j, '}');
    json_text_end(j);
}

void web_views_exceptions(struct web_request *q, struct web_reply *a)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    struct json_text *j = &a->json;

    (void)q;
    json_text_open(j, NULL, '{');
    json_text_open(j, "exceptions", '[');
    for (size_t i = 0; i < acr_snapshot_n_exceptions(s); i++) {
        const struct acr_exception *x = acr_snapshot_exception(s, i);

        json_text_open(j, NULL, '{');
        json_text_count(j, "count", acr_exception_count(x));
        json_text_string(j, "msg", acr_exception_message(x));
        json_text_string(j, "traceback", acr_exception_traceback(x));
        json_text_string(j, "nodes", acr_exception_nodes(x));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
    json_text_close(j, '}');
    json_text_end(j);
}

void web_views_tasks(struct web_request *q, struct web_reply *a)
{
    const char *ratio = acr_ratio_json();

    (void)q;
    csv_text_append(&a->json.text, ratio, strlen(ratio));
}

void web_views_worker_count(struct web_request *q, struct web_reply *a)
{
    (void)q;
    json_text_open(&a->json, NULL, '{');
    json_text_count(&a->json, "worker_count", acr_is_master() ? n_workers(acr_snapshot_now()) : 0);
    json_text_close(&a->json, '}');
    json_text_end(&a->json);
}

/* --- the log
 * ------------------------------------------------------------------------------------------ */

static const char *const levels[] = {
    [ACR_LOG_DEBUG] = "DEBUG",
    [ACR_LOG_INFO] = "INFO",
    [ACR_LOG_WARNING] = "WARNING",
    [ACR_LOG_ERROR] = "ERROR",
};

static void log_line(struct json_text *j, const struct acr_log_line *line)
{
    struct csv_text text = { .length = 0 };
    time_t seconds = (time_t)line->unix_s;
    struct tm local;
    char head[64] = "";
    size_t n = 0;

    if (localtime_r(&seconds, &local) != NULL)
        n = strftime(head, sizeof(head), "[%Y-%m-%d %H:%M:%S", &local);
    csv_text_append(&text, head, n);
    snprintf(head, sizeof(head), ",%03d] ", (int)(fmod(line->unix_s, 1) * 1000));
    csv_text_append(&text, head, strlen(head));
    csv_text_append(&text, line->source, strlen(line->source));
    snprintf(head, sizeof(head), "/%s: ",
             line->level < ACR_LEN(levels) && levels[line->level] != NULL ? levels[line->level]
                                                                          : "INFO");
    csv_text_append(&text, head, strlen(head));
    csv_text_append(&text, line->text, strlen(line->text));
    j->text.is_incomplete |= text.is_incomplete;
    if (!text.is_incomplete)
        json_text_span(j, NULL, text.data, text.length);
    csv_text_done(&text);
}

/* worker: NULL = lines of anybody but the workers there are. */
static void log_of(struct json_text *j, const struct acr_snapshot *s, const char *key,
                   const char *worker)
{
    struct acr_log_line line;

    json_text_open(j, key, '[');
    for (uint64_t i = 0; acr_log_line_at(&i, &line); i++) {
        bool is_wanted = worker == NULL || strcmp(line.source, worker) == 0;

        for (size_t k = 0; worker == NULL && is_wanted && k < acr_snapshot_n_workers(s); k++)
            is_wanted = strcmp(line.source, acr_worker_name(acr_snapshot_worker(s, k))) != 0;
        if (is_wanted)
            log_line(j, &line);
    }
    json_text_close(j, ']');
}

void web_views_logs(struct web_request *q, struct web_reply *a)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    struct json_text *j = &a->json;

    (void)q;
    json_text_open(j, NULL, '{');
    log_of(j, s, "master", NULL);
    json_text_open(j, "workers", '{');
    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++)
        if (!has_left(acr_snapshot_worker(s, i)))
            log_of(j, s, acr_worker_name(acr_snapshot_worker(s, i)),
                   acr_worker_name(acr_snapshot_worker(s, i)));
    json_text_close(j, '}');
    json_text_close(j, '}');
    json_text_end(j);
}
