/* SPDX-License-Identifier: MIT */
/* What stands in the JSON of --json. */
#include "results/json_rows.h"

#include <acrida/report.h>

#include <math.h>
#include <stdio.h>

/* Locust's keys of times: whole milliseconds, with two digits that count from 100 up. */
static double rounded(double ms)
{
    double step = ms < 100 ? 1 : ms < 1000 ? 10 : ms < 10000 ? 100 : 1000;

    return nearbyint(ms / step) * step;
}

static void response_time(struct json_text *j, double ms, uint64_t n)
{
    char key[32];

    snprintf(key, sizeof(key), "%.0f", ms);
    json_text_count(j, key, n);
}

static void response_times(struct json_text *j, const struct acr_entry *e)
{
    double key = 0;
    uint64_t n_key = 0;
    double ms;
    uint64_t n;

    json_text_open(j, "response_times", '{');
    for (uint32_t bucket = 0; acr_entry_bucket(e, ACR_RESPONSE_TIME, &bucket, &ms, &n); bucket++) {
        if (n_key > 0 && rounded(ms) != key) {
            response_time(j, key, n_key);
            n_key = 0;
        }
        key = rounded(ms);
        n_key += n;
    }
    if (n_key > 0)
        response_time(j, key, n_key);
    json_text_close(j, '}');
}

static void entry(struct json_text *j, const struct acr_snapshot *s, const struct acr_entry *e)
{
    uint64_t n_requests = acr_entry_count(e, ACR_REQUESTS);
    uint64_t n_untimed = acr_entry_count(e, ACR_UNTIMED);

    json_text_open(j, NULL, '{');
    json_text_string(j, "name", acr_entry_name(e));
    json_text_string(j, "method", acr_entry_type(e));
    if (n_requests > 0)
        json_text_number(j, "last_request_timestamp", acr_snapshot_last_request_time(s));
    else
        json_text_null(j, "last_request_timestamp");
    json_text_number(j, "start_time", acr_snapshot_reset_time(s));
    json_text_count(j, "num_requests", n_requests);
    json_text_count(j, "num_none_requests", n_untimed);
    json_text_count(j, "num_failures", acr_entry_count(e, ACR_FAILURES));
    json_text_number(j, "total_response_time", acr_entry_sum_ms(e, ACR_RESPONSE_TIME));
    json_text_number(j, "max_response_time", acr_entry_max_ms(e, ACR_RESPONSE_TIME));
    if (n_requests > n_untimed)
        json_text_number(j, "min_response_time", acr_entry_min_ms(e, ACR_RESPONSE_TIME));
    else
        json_text_null(j, "min_response_time");
    json_text_count(j, "total_content_length", acr_entry_count(e, ACR_BYTES));
    response_times(j, e);
    /* Seconds are not kept one by one: a run of days must not fill the memory. */
    json_text_open(j, "num_reqs_per_sec", '{');
    json_text_close(j, '}');
    json_text_open(j, "num_fail_per_sec", '{');
    json_text_close(j, '}');
    json_text_close(j, '}');
}

void json_rows_locust(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, NULL, '[');
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++)
        entry(j, s, acr_snapshot_entry(s, i));
    json_text_close(j, ']');
    json_text_end(j);
}
