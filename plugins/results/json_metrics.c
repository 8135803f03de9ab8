/* SPDX-License-Identifier: MIT */
/* What stands in JSON of the scenario's own numbers. */
#include "results/json_parts.h"

#include <acrida/report.h>

static const char *const kinds[] = {
    [ACR_METRIC_COUNTER] = "counter", [ACR_METRIC_GAUGE] = "gauge", [ACR_METRIC_TREND] = "trend",
    [ACR_METRIC_CHECK] = "check",     [ACR_METRIC_TAG] = "tag",
};

static void metric_values(struct json_text *j, const struct acr_metric *m)
{
    /* Of a trend -1 may be a value; requests with a tag may all have been told without a time. */
    bool is_there = acr_metric_count(m) > 0 &&
                    (acr_metric_kind(m) == ACR_METRIC_TREND || acr_metric_quantile(m, 1) >= 0);
    const char *name;
    double quantile;

    json_text_number(j, "sum", acr_metric_sum(m));
    json_number_or_null(j, "min", is_there, acr_metric_min(m));
    json_number_or_null(j, "mean", is_there, acr_metric_average(m));
    json_number_or_null(j, "max", is_there, acr_metric_max(m));
    json_text_open(j, "percentiles", '{');
    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++)
        json_number_or_null(j, name, is_there, acr_metric_quantile(m, quantile));
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

void json_metrics(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "metrics", '[');
    for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++)
        metric(j, acr_snapshot_metric(s, i));
    json_text_close(j, ']');
}
