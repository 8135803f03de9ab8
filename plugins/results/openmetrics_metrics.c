/* SPDX-License-Identifier: MIT */
/* The scenario's own numbers: counters, gauges, trends, checks, tags. */
#include "results/openmetrics_rows.h"

#include <acrida/report.h>

#include <math.h>

static const double quantiles[] = { 0.5, 0.9, 0.95, 0.99, 1 };

static void begin(struct openmetrics_text *x, const char *suffix, const struct acr_metric *m)
{
    openmetrics_text_begin(x, suffix);
    openmetrics_text_label(x, acr_metric_kind(m) == ACR_METRIC_TAG ? "tag" : "name",
                           acr_metric_name(m));
}

/* A counter that was counted down is none to OpenMetrics, and a sum of negative values neither. */
static bool is_below_zero(const struct acr_metric *m)
{
    return acr_metric_kind(m) == ACR_METRIC_COUNTER ? acr_metric_sum(m) < 0 : acr_metric_min(m) < 0;
}

static void write_counter(struct openmetrics_text *x, const struct acr_metric *m)
{
    if (is_below_zero(m))
        return;
    begin(x, NULL, m);
    openmetrics_text_value(x, acr_metric_sum(m));
}

static void write_negative_counter(struct openmetrics_text *x, const struct acr_metric *m)
{
    if (!is_below_zero(m))
        return;
    begin(x, NULL, m);
    openmetrics_text_value(x, acr_metric_sum(m));
}

static void write_gauge(struct openmetrics_text *x, const struct acr_metric *m)
{
    begin(x, NULL, m);
    openmetrics_text_value(x, acr_metric_last(m));
}

static void write_quantiles(struct openmetrics_text *x, const struct acr_metric *m, double unit)
{
    for (size_t i = 0; acr_metric_count(m) > 0 && i < ACR_LEN(quantiles); i++) {
        double value = acr_metric_quantile(m, quantiles[i]);

        if (acr_metric_kind(m) == ACR_METRIC_TAG && value < 0) /* none had a time */
            continue;
        begin(x, "", m);
        if (x->type == OPENMETRICS_SUMMARY)
            openmetrics_text_label_number(x, "quantile", quantiles[i]);
        else
            openmetrics_text_label_count(x, "percentile", (uint64_t)lround(quantiles[i] * 100));
        openmetrics_text_value(x, value / unit);
    }
}

static void write_trend(struct openmetrics_text *x, const struct acr_metric *m)
{
    if (is_below_zero(m))
        return;
    write_quantiles(x, m, 1);
    begin(x, "_count", m);
    openmetrics_text_count(x, acr_metric_count(m));
    begin(x, "_sum", m);
    openmetrics_text_value(x, acr_metric_sum(m));
}

static void write_negative_trend(struct openmetrics_text *x, const struct acr_metric *m)
{
    if (!is_below_zero(m))
        return;
    write_quantiles(x, m, 1);
    begin(x, "", m);
    openmetrics_text_label(x, "percentile", "0");
    openmetrics_text_value(x, acr_metric_min(m));
}

static void write_outcomes(struct openmetrics_text *x, const struct acr_metric *m, const char *well,
                           const char *badly)
{
    begin(x, NULL, m);
    openmetrics_text_label(x, "status", well);
    openmetrics_text_count(x, acr_metric_count(m) - acr_metric_failures(m));
    begin(x, NULL, m);
    openmetrics_text_label(x, "status", badly);
    openmetrics_text_count(x, acr_metric_failures(m));
}

static void write_check(struct openmetrics_text *x, const struct acr_metric *m)
{
    write_outcomes(x, m, "passed", "failed");
}

static void write_tag(struct openmetrics_text *x, const struct acr_metric *m)
{
    write_outcomes(x, m, "success", "failure");
}

static void write_tag_times(struct openmetrics_text *x, const struct acr_metric *m)
{
    write_quantiles(x, m, 1e3);
}

void openmetrics_rows_metrics(struct openmetrics_text *x, const struct acr_snapshot *s,
                              const struct openmetrics_options *o)
{
    static const struct {
        const char *name;
        uint32_t kind;
        enum openmetrics_type type;
        const char *unit;
        const char *help;
        void (*write)(struct openmetrics_text *x, const struct acr_metric *m);
    } families[] = {
        { "acrida_custom", ACR_METRIC_COUNTER, OPENMETRICS_COUNTER, "",
          "The scenario's own counters.", write_counter },
        { "acrida_custom_below_zero", ACR_METRIC_COUNTER, OPENMETRICS_GAUGE, "",
          "Those that stand below zero.", write_negative_counter },
        { "acrida_custom_value", ACR_METRIC_GAUGE, OPENMETRICS_GAUGE, "",
          "The scenario's own gauges: the last value.", write_gauge },
        { "acrida_custom_trend", ACR_METRIC_TREND, OPENMETRICS_SUMMARY, "",
          "The scenario's own trends.", write_trend },
        { "acrida_custom_trend_below_zero", ACR_METRIC_TREND, OPENMETRICS_GAUGE, "",
          "Percentiles of those that have values below zero.", write_negative_trend },
        { "acrida_checks", ACR_METRIC_CHECK, OPENMETRICS_COUNTER, "", "The scenario's own checks.",
          write_check },
        { "acrida_tagged_requests", ACR_METRIC_TAG, OPENMETRICS_COUNTER, "",
          "Requests that carry a tag.", write_tag },
        { "acrida_tagged_response_time_seconds", ACR_METRIC_TAG, OPENMETRICS_GAUGE, "seconds",
          "Percentiles of their response times.", write_tag_times },
    };
    size_t n = acr_snapshot_n_metrics(s);

    for (size_t k = 0; k < ACR_LEN(families); k++) {
        openmetrics_text_family(x, families[k].name, families[k].type, families[k].unit,
                                families[k].help);
        for (size_t i = 0; i < n && i < o->max_series; i++) {
            const struct acr_metric *m = acr_snapshot_metric(s, i);

            if (acr_metric_kind(m) == families[k].kind)
                families[k].write(x, m);
        }
    }
}
