/* SPDX-License-Identifier: MIT */
/* The console's tables of counters, gauges, trends, tags and checks, and its line about the load.
 */
#include "app/console_metric.h"

#include "app/console_table.h"

#include <acrida/report.h>

#include <stdio.h>

static const double quantiles[] = { 0.50, 0.90, 0.95, 0.99 };

typedef unsigned long long count_t;

static void add_number(struct acri_console_table *t, double number)
{
    char text[32];

    acri_console_table_add(t, "%s", acri_console_table_number(number, text, sizeof(text)));
}

/* An exact 100 or 0 is for all or none of them. */
static double percent(uint64_t part, uint64_t whole)
{
    double share = whole > 0 ? 100 * (double)part / (double)whole : 0;

    if (part > 0 && share < 0.01)
        return 0.01;
    return part < whole && share > 99.99 ? 99.99 : share;
}

static void add_counter(struct acri_console_table *t, const struct acr_metric *m)
{
    add_number(t, acr_metric_sum(m));
    add_number(t, acr_metric_rate(m));
}

static void add_gauge(struct acri_console_table *t, const struct acr_metric *m)
{
    add_number(t, acr_metric_last(m));
    add_number(t, acr_metric_min(m));
    add_number(t, acr_metric_max(m));
}

/* A trend may have -1 as its value; a tag's requests may all have been reported without a time. */
static bool has_values(const struct acr_metric *m)
{
    return acr_metric_count(m) > 0 &&
           (acr_metric_kind(m) == ACR_METRIC_TREND || acr_metric_quantile(m, 1) >= 0);
}

static void add_values(struct acri_console_table *t, const struct acr_metric *m)
{
    if (!has_values(m)) {
        for (size_t i = 0; i < ACR_LEN(quantiles) + 2; i++)
            acri_console_table_add(t, "-");
        return;
    }
    add_number(t, acr_metric_average(m));
    for (size_t i = 0; i < ACR_LEN(quantiles); i++)
        add_number(t, acr_metric_quantile(m, quantiles[i]));
    add_number(t, acr_metric_max(m));
}

static void add_trend(struct acri_console_table *t, const struct acr_metric *m)
{
    acri_console_table_add(t, "%llu", (count_t)acr_metric_count(m));
    add_values(t, m);
}

static void add_tag(struct acri_console_table *t, const struct acr_metric *m)
{
    acri_console_table_add(t, "%llu", (count_t)acr_metric_count(m));
    acri_console_table_add(t, "%llu(%.2f%%)", (count_t)acr_metric_failures(m),
                           percent(acr_metric_failures(m), acr_metric_count(m)));
    add_values(t, m);
}

static void add_check(struct acri_console_table *t, const struct acr_metric *m)
{
    uint64_t n_passed = acr_metric_count(m) - acr_metric_failures(m);

    acri_console_table_add(t, "%llu", (count_t)n_passed);
    acri_console_table_add(t, "%llu", (count_t)acr_metric_failures(m));
    if (acr_metric_count(m) > 0)
        acri_console_table_add(t, "%.2f%%", percent(n_passed, acr_metric_count(m)));
    else
        acri_console_table_add(t, "-");
}

#define NAME                                                                     \
    {                                                                            \
        .gap = "", .title = "Name", .width = 20, .is_left = true, .is_cut = true \
    }
#define NUMBER(gap_, title_)                         \
    {                                                \
        .gap = (gap_), .title = (title_), .width = 8 \
    }
#define VALUES                                                                        \
    NUMBER(" | ", "Avg"), NUMBER(" ", "50%"), NUMBER(" ", "90%"), NUMBER(" ", "95%"), \
        NUMBER(" ", "99%"), NUMBER(" ", "Max")

static const struct acri_console_column counter_columns[] = { NAME, NUMBER(" | ", "Sum"),
                                                              NUMBER(" ", "per second") };
static const struct acri_console_column gauge_columns[] = { NAME, NUMBER(" | ", "Last"),
                                                            NUMBER(" ", "Min"),
                                                            NUMBER(" ", "Max") };
static const struct acri_console_column trend_columns[] = { NAME, NUMBER(" | ", "Count"), VALUES };
static const struct acri_console_column check_columns[] = { NAME, NUMBER(" | ", "Passed"),
                                                            NUMBER(" ", "Failed"),
                                                            NUMBER(" ", "% passed") };
static const struct acri_console_column tag_columns[] = {
    NAME, NUMBER(" | ", "# reqs"), { .gap = " ", .title = "# fails", .width = 12 }, VALUES
};

/* In the order of enum acr_metric_kind. */
static const struct {
    const char *heading;
    const char *word;
    const struct acri_console_column *columns;
    size_t n_columns;
    void (*add)(struct acri_console_table *t, const struct acr_metric *m);
} kinds[] = {
    { "Counters", "counter", counter_columns, ACR_LEN(counter_columns), add_counter },
    { "Gauges", "gauge", gauge_columns, ACR_LEN(gauge_columns), add_gauge },
    { "Trends", "trend", trend_columns, ACR_LEN(trend_columns), add_trend },
    { "Checks", "check", check_columns, ACR_LEN(check_columns), add_check },
    { "Tags of requests (response times in ms)", "tag", tag_columns, ACR_LEN(tag_columns),
      add_tag },
};

void acri_console_metric_final(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns)
{
    const size_t n = acr_snapshot_n_metrics(s);

    for (size_t i = 0; i < n;) {
        uint32_t kind = acr_metric_kind(acr_snapshot_metric(s, i));
        struct acri_console_table t;

        acri_console_table_init(&t, kinds[kind].columns, kinds[kind].n_columns);
        for (; i < n && acr_metric_kind(acr_snapshot_metric(s, i)) == kind; i++) {
            acri_console_table_add(&t, "%s", acr_metric_name(acr_snapshot_metric(s, i)));
            kinds[kind].add(&t, acr_snapshot_metric(s, i));
        }
        acri_buf_printf(out, "%s\n", kinds[kind].heading);
        acri_console_table_write(&t, out, columns);
        acri_buf_puts(out, "\n");
        acri_console_table_done(&t);
    }
}

/* --- during the run
 * -------------------------------------------------------------------------------- */

static void add_brief(struct acri_console_table *t, const struct acr_metric *m)
{
    char a[32], b[32], c[32];
    char failed[48] = "";
    uint64_t n = acr_metric_count(m);

    switch (acr_metric_kind(m)) {
    case ACR_METRIC_COUNTER:
        acri_console_table_add(t, "%s, %s/s",
                               acri_console_table_number(acr_metric_sum(m), a, sizeof(a)),
                               acri_console_table_number(acr_metric_rate(m), b, sizeof(b)));
        return;
    case ACR_METRIC_GAUGE:
        acri_console_table_add(t, "%s (%s to %s)",
                               acri_console_table_number(acr_metric_last(m), a, sizeof(a)),
                               acri_console_table_number(acr_metric_min(m), b, sizeof(b)),
                               acri_console_table_number(acr_metric_max(m), c, sizeof(c)));
        return;
    case ACR_METRIC_CHECK:
        if (n > 0)
            acri_console_table_add(t, "%.2f%% of %llu passed",
                                   percent(n - acr_metric_failures(m), n), (count_t)n);
        else
            acri_console_table_add(t, "0");
        return;
    default: /* a trend, or a tag */
        break;
    }
    if (acr_metric_failures(m) > 0)
        snprintf(failed, sizeof(failed), " (%llu failed)", (count_t)acr_metric_failures(m));
    if (has_values(m))
        acri_console_table_add(
            t, "%llu%s, avg %s, 95%% %s, max %s", (count_t)n, failed,
            acri_console_table_number(acr_metric_average(m), a, sizeof(a)),
            acri_console_table_number(acr_metric_quantile(m, 0.95), b, sizeof(b)),
            acri_console_table_number(acr_metric_max(m), c, sizeof(c)));
    else
        acri_console_table_add(t, "%llu%s", (count_t)n, failed);
}

void acri_console_metric_brief(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns)
{
    static const struct acri_console_column layout[] = {
        { .gap = "", .title = "Metric", .width = 8, .is_left = true },
        { .gap = " ", .title = "Name", .width = 10, .is_left = true, .is_cut = true },
        { .gap = " | ", .title = "Value", .width = 20, .is_left = true },
    };
    struct acri_console_table t;

    if (acr_snapshot_n_metrics(s) == 0)
        return;
    acri_console_table_init(&t, layout, ACR_LEN(layout));
    for (size_t i = 0; i < acr_snapshot_n_metrics(s); i++) {
        const struct acr_metric *m = acr_snapshot_metric(s, i);

        acri_console_table_add(&t, "%s", kinds[acr_metric_kind(m)].word);
        acri_console_table_add(&t, "%s", acr_metric_name(m));
        add_brief(&t, m);
    }
    acri_console_table_write(&t, out, columns);
    acri_console_table_done(&t);
}

/* --- the load
 * -------------------------------------------------------------------------------------- */

void acri_console_metric_load(struct acri_buf *out, const struct acr_snapshot *s)
{
    count_t n_arrivals = acr_snapshot_load(s, ACR_LOAD_ARRIVALS);
    count_t n_missed = acr_snapshot_load(s, ACR_LOAD_MISSED_SLOTS);
    count_t n_parked = acr_snapshot_load(s, ACR_LOAD_PARKED);
    const char *gap = "";

    if (n_arrivals > 0) {
        acri_buf_printf(out,
                        "arrivals: %llu due, %llu dropped (all users busy), %llu waited for a user",
                        n_arrivals, (count_t)acr_snapshot_load(s, ACR_LOAD_DROPPED),
                        (count_t)acr_snapshot_load(s, ACR_LOAD_QUEUED));
        gap = " | ";
    }
    if (n_missed > 0) {
        acri_buf_printf(out, "%smissed pacing slots: %llu", gap, n_missed);
        gap = " | ";
    }
    if (n_parked > 0) {
        acri_buf_printf(out, "%susers that never returned: %llu", gap, n_parked);
        gap = " | ";
    }
    if (*gap != '\0')
        acri_buf_puts(out, "\n");
}
