/* SPDX-License-Identifier: MIT */
/* Requests by type and name. What there is too much of is added up in one. */
#include "results/openmetrics_rows.h"

#include <acrida/report.h>

#include <string.h>

#define OTHERS "(other entries)"

/* What is added up of one entry, or of several. */
struct numbers {
    uint64_t counts[ACR_BYTES + 1];
    double sum_ms;
    uint64_t buckets[OPENMETRICS_BUCKETS_MAX + 1];
};

static void add_counts(struct numbers *n, const struct acr_entry *e)
{
    for (uint32_t i = 0; i < ACR_LEN(n->counts); i++)
        n->counts[i] += acr_entry_count(e, i);
}

static void add_times(struct numbers *n, const struct acr_entry *e,
                      const struct openmetrics_options *o)
{
    uint64_t times;
    size_t k = 0;
    double ms;

    n->sum_ms += acr_entry_sum_ms(e, ACR_RESPONSE_TIME);
    for (uint32_t bucket = 0; acr_entry_bucket(e, ACR_RESPONSE_TIME, &bucket, &ms, &times);
         bucket++) {
        while (k < o->n_buckets && ms > o->buckets_s[k] * 1e3)
            k++;
        n->buckets[k] += times;
    }
}

/* Whether an entry has a line of its own. */
static bool is_shown(const struct acr_entry *e, size_t i, const struct openmetrics_options *o)
{
    return i < o->max_series && strcmp(acr_entry_name(e), OTHERS) != 0;
}

static void begin(struct openmetrics_text *x, const char *suffix, const struct acr_entry *e)
{
    openmetrics_text_begin(x, suffix);
    openmetrics_text_label(x, "method", e != NULL ? acr_entry_type(e) : "");
    openmetrics_text_label(x, "name", e != NULL ? acr_entry_name(e) : OTHERS);
}

/* Write one family: for each entry, then (e = NULL) for all others together. */
typedef void (*write_fn)(struct openmetrics_text *x, const struct acr_entry *e,
                         const struct numbers *n, uint32_t which,
                         const struct openmetrics_options *o);

static void write_requests(struct openmetrics_text *x, const struct acr_entry *e,
                           const struct numbers *n, uint32_t which,
                           const struct openmetrics_options *o)
{
    (void)which;
    (void)o;
    begin(x, NULL, e);
    openmetrics_text_label(x, "status", "success");
    openmetrics_text_count(x, n->counts[ACR_REQUESTS] - n->counts[ACR_FAILURES]);
    begin(x, NULL, e);
    openmetrics_text_label(x, "status", "failure");
    openmetrics_text_count(x, n->counts[ACR_FAILURES]);
}

static void write_count(struct openmetrics_text *x, const struct acr_entry *e,
                        const struct numbers *n, uint32_t which,
                        const struct openmetrics_options *o)
{
    (void)o;
    begin(x, NULL, e);
    openmetrics_text_count(x, n->counts[which]);
}

static void write_histogram(struct openmetrics_text *x, const struct acr_entry *e,
                            const struct numbers *n, uint32_t which,
                            const struct openmetrics_options *o)
{
    uint64_t so_far = 0;

    (void)which;
    for (size_t k = 0; k < o->n_buckets; k++) {
        so_far += n->buckets[k];
        begin(x, "_bucket", e);
        openmetrics_text_label_number(x, "le", o->buckets_s[k]);
        openmetrics_text_count(x, so_far);
    }
    so_far += n->buckets[o->n_buckets];
    begin(x, "_bucket", e);
    openmetrics_text_label(x, "le", "+Inf");
    openmetrics_text_count(x, so_far);
    begin(x, "_count", e);
    openmetrics_text_count(x, so_far);
    begin(x, "_sum", e);
    openmetrics_text_value(x, n->sum_ms / 1e3);
}

/* Percentiles of several entries cannot be added up: the others have none. */
static void write_current(struct openmetrics_text *x, const struct acr_entry *e,
                          const struct numbers *n, uint32_t which,
                          const struct openmetrics_options *o)
{
    static const uint64_t percentiles[] = { 50, 95, 99 };

    (void)n;
    (void)which;
    (void)o;
    for (size_t i = 0; e != NULL && i < ACR_LEN(percentiles); i++) {
        double ms =
            acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_CURRENT, (double)percentiles[i] / 100);

        if (ms < 0)
            continue;
        begin(x, NULL, e);
        openmetrics_text_label_count(x, "percentile", percentiles[i]);
        openmetrics_text_value(x, ms / 1e3);
    }
}

static void each(struct openmetrics_text *x, const struct acr_snapshot *s,
                 const struct openmetrics_options *o, write_fn write, uint32_t which)
{
    struct numbers others = { .sum_ms = 0 };
    bool are_others = false;

    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++) {
        const struct acr_entry *e = acr_snapshot_entry(s, i);
        bool is_own = is_shown(e, i, o);
        struct numbers own = { .sum_ms = 0 };
        struct numbers *n = is_own ? &own : &others;

        add_counts(n, e);
        if (write == write_histogram)
            add_times(n, e, o);
        if (is_own)
            write(x, e, n, which, o);
        are_others = are_others || !is_own;
    }
    if (are_others)
        write(x, NULL, &others, which, o);
}

static void failures(struct openmetrics_text *x, const struct acr_snapshot *s,
                     const struct openmetrics_options *o)
{
    size_t n = acr_snapshot_n_failures(s);
    uint64_t n_others = 0;

    openmetrics_text_family(x, "acrida_errors", OPENMETRICS_COUNTER, "",
                            "Failed requests by what went wrong.");
    for (size_t i = 0; i < n; i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        if (i >= o->max_series || strcmp(acr_failure_name(f), OTHERS) == 0) {
            n_others += acr_failure_count(f);
            continue;
        }
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label(x, "method", acr_failure_type(f));
        openmetrics_text_label(x, "name", acr_failure_name(f));
        openmetrics_text_label(x, "error", acr_failure_error(f));
        openmetrics_text_count(x, acr_failure_count(f));
    }
    if (n_others == 0)
        return;
    begin(x, NULL, NULL);
    openmetrics_text_label(x, "error", "(other errors)");
    openmetrics_text_count(x, n_others);
}

void openmetrics_rows_entries(struct openmetrics_text *x, const struct acr_snapshot *s,
                              const struct openmetrics_options *o)
{
    static const struct {
        const char *name;
        enum openmetrics_type type;
        const char *unit;
        const char *help;
        write_fn write;
        uint32_t which;
    } families[] = {
        { "acrida_requests", OPENMETRICS_COUNTER, "", "Requests that were answered, or failed.",
          write_requests, 0 },
        { "acrida_attempts", OPENMETRICS_COUNTER, "",
          "Request heads written: redirects and resends too.", write_count, ACR_ATTEMPTS },
        { "acrida_cancelled_requests", OPENMETRICS_COUNTER, "",
          "Requests in flight when their user was ended.", write_count, ACR_CANCELLED },
        { "acrida_untimed_requests", OPENMETRICS_COUNTER, "",
          "Requests that were reported without a time.", write_count, ACR_UNTIMED },
        { "acrida_response_bytes", OPENMETRICS_COUNTER, "bytes", "Sum of the lengths of responses.",
          write_count, ACR_BYTES },
        { "acrida_response_time_seconds", OPENMETRICS_HISTOGRAM, "seconds",
          "Response times. Sum and count are exact; a time within 0.4 % of a bound may be on "
          "either side of it.",
          write_histogram, 0 },
        { "acrida_current_response_time_seconds", OPENMETRICS_GAUGE, "seconds",
          "Percentiles of the response times of the last 10 s, within 0.4 %.", write_current, 0 },
    };

    for (size_t i = 0; i < ACR_LEN(families); i++) {
        openmetrics_text_family(x, families[i].name, families[i].type, families[i].unit,
                                families[i].help);
        each(x, s, o, families[i].write, families[i].which);
    }
    failures(x, s, o);
}
