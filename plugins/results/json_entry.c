/* SPDX-License-Identifier: MIT */
/* What stands in JSON of an entry. */
#include "results/json_parts.h"

#include <acrida/report.h>

static void histogram(struct json_text *j, const struct acr_entry *e, uint32_t clock)
{
    double ms;
    uint64_t n;

    json_text_open(j, "histogram", '[');
    for (uint32_t bucket = 0; acr_entry_bucket(e, clock, &bucket, &ms, &n); bucket++) {
        json_text_open(j, NULL, '[');
        json_text_number(j, NULL, ms);
        json_text_count(j, NULL, n);
        json_text_close(j, ']');
    }
    json_text_close(j, ']');
}

static void times(struct json_text *j, const char *key, const struct acr_entry *e, uint32_t clock,
                  bool has_histogram)
{
    uint64_t n_timed = acr_entry_count(e, ACR_REQUESTS) - acr_entry_count(e, ACR_UNTIMED);
    bool is_timed = n_timed > 0;
    const char *name;
    double quantile;

    json_text_open(j, key, '{');
    json_text_count(j, "count", n_timed);
    json_text_number(j, "sum_ms", acr_entry_sum_ms(e, clock));
    json_number_or_null(j, "min_ms", is_timed, acr_entry_min_ms(e, clock));
    json_number_or_null(j, "mean_ms", is_timed, acr_entry_average_ms(e, clock));
    json_number_or_null(j, "max_ms", is_timed, acr_entry_max_ms(e, clock));
    json_text_open(j, "percentiles_ms", '{');
    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++)
        json_number_or_null(j, name, is_timed,
                            acr_entry_quantile_ms(e, clock, ACR_TOTAL, quantile));
    json_text_close(j, '}');
    if (has_histogram)
        histogram(j, e, clock);
    json_text_close(j, '}');
}

/* The last 10 seconds. */
static void current(struct json_text *j, const struct acr_entry *e)
{
    static const struct {
        const char *key;
        double quantile;
    } shown[] = { { "p50_ms", 0.5 }, { "p95_ms", 0.95 }, { "p99_ms", 0.99 } };

    json_text_open(j, "current", '{');
    json_text_number(j, "requests_per_s", acr_entry_request_rate(e, ACR_CURRENT));
    json_text_number(j, "failures_per_s", acr_entry_failure_rate(e, ACR_CURRENT));
    for (size_t i = 0; i < ACR_LEN(shown); i++) {
        double ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_CURRENT, shown[i].quantile);

        json_number_or_null(j, shown[i].key, ms >= 0, ms);
    }
    json_text_close(j, '}');
}

void json_entry(struct json_text *j, const char *key, const struct acr_snapshot *s,
                const struct acr_entry *e, const struct json_entry_parts *parts)
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
    times(j, "response_time", e, ACR_RESPONSE_TIME, parts->has_histograms);
    times(j, "corrected", e, ACR_CORRECTED, parts->has_histograms);
    times(j, "lateness", e, ACR_LATENESS, parts->has_histograms);
    if (parts->has_current)
        current(j, e);
    if (parts->has_history)
        json_entry_history(j, "history", s, e);
    json_text_close(j, '}');
}
