/* SPDX-License-Identifier: MIT */
/* What stands in JSON of the run over time: columns, because their names would be most of it. */
#include "results/json_parts.h"

#include <acrida/report.h>

#define DIGITS 6 /* rates and times are measured no better */

struct column {
    const char *name;
    uint32_t series;
};

static const struct column run_columns[] = {
    { "users", ACR_SERIES_USERS },
    { "target_users", ACR_SERIES_TARGET_USERS },
    { "arrivals_per_s", ACR_SERIES_ARRIVAL_RATE },
    { "requests_per_s", ACR_SERIES_REQUEST_RATE },
    { "failures_per_s", ACR_SERIES_FAILURE_RATE },
    { "average_ms", ACR_SERIES_AVERAGE_MS },
    { "p50_ms", ACR_SERIES_P50_MS },
    { "p95_ms", ACR_SERIES_P95_MS },
    { "p99_ms", ACR_SERIES_P99_MS },
    { "max_ms", ACR_SERIES_MAX_MS },
    { "open_requests", ACR_SERIES_OPEN_REQUESTS },
    { "lateness_ms", ACR_SERIES_LATENESS_MS },
    { "cpu_percent", ACR_SERIES_CPU_PERCENT },
};

static const struct column entry_columns[] = {
    { "requests_per_s", ACR_SERIES_REQUEST_RATE },
    { "failures_per_s", ACR_SERIES_FAILURE_RATE },
    { "average_ms", ACR_SERIES_AVERAGE_MS },
    { "p50_ms", ACR_SERIES_P50_MS },
    { "p95_ms", ACR_SERIES_P95_MS },
    { "p99_ms", ACR_SERIES_P99_MS },
};

void json_history(struct json_text *j, const char *key, const struct acr_snapshot *s)
{
    size_t n = acr_snapshot_n_points(s);

    json_text_open(j, key, '{');
    json_text_number(j, "interval_s", acr_snapshot_point_interval(s));
    json_text_open(j, "time_s", '[');
    for (size_t i = 0; i < n; i++)
        json_text_rounded(j, NULL, acr_snapshot_point_time(s, i), 9);
    json_text_close(j, ']');
    for (size_t k = 0; k < ACR_LEN(run_columns); k++) {
        uint32_t series = run_columns[k].series;

        json_text_open(j, run_columns[k].name, '[');
        for (size_t i = 0; i < n; i++)
            json_text_rounded(j, NULL, acr_snapshot_point(s, i, series), DIGITS);
        json_text_close(j, ']');
    }
    json_text_close(j, '}');
}

void json_entry_history(struct json_text *j, const char *key, const struct acr_snapshot *s,
                        const struct acr_entry *e)
{
    size_t n = acr_snapshot_n_points(s);

    json_text_open(j, key, '{');
    for (size_t k = 0; k < ACR_LEN(entry_columns); k++) {
        json_text_open(j, entry_columns[k].name, '[');
        for (size_t i = 0; i < n; i++)
            json_text_rounded(j, NULL, acr_entry_point(e, i, entry_columns[k].series), DIGITS);
        json_text_close(j, ']');
    }
    json_text_close(j, '}');
}
