/* SPDX-License-Identifier: MIT */
/* The page, and what concerns the run as a whole. */
#include "results/openmetrics.h"

#include "results/openmetrics_rows.h"

#include <acrida/events.h>
#include <acrida/report.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_SERIES 1000

void openmetrics_rows_states(struct openmetrics_text *x, const char *const *states, size_t n,
                             const char *state)
{
    bool is_known = false;

    for (size_t i = 0; i < n; i++) {
        bool is_it = strcmp(states[i], state) == 0;

        openmetrics_text_begin(x, NULL);
        openmetrics_text_label(x, x->family, states[i]);
        openmetrics_text_count(x, is_it);
        is_known = is_known || is_it;
    }
    if (is_known || *state == '\0')
        return;
    openmetrics_text_begin(x, NULL);
    openmetrics_text_label(x, x->family, state);
    openmetrics_text_count(x, 1);
}

/* --- the run
 * ------------------------------------------------------------------------------------------ */

static void gauge(struct openmetrics_text *x, const char *name, const char *unit, const char *help,
                  double value)
{
    openmetrics_text_family(x, name, OPENMETRICS_GAUGE, unit, help);
    openmetrics_text_begin(x, NULL);
    openmetrics_text_value(x, value);
}

static void tell_run(struct openmetrics_text *x, const struct acr_snapshot *s,
                     const struct openmetrics_options *o)
{
    static const char *const states[] = { "ready", "spawning", "running", "stopping", "stopped" };
    double last = acr_snapshot_last_request_time(s);

    openmetrics_text_family(x, "acrida_build", OPENMETRICS_INFO, "", "What writes this page.");
    openmetrics_text_begin(x, NULL);
    openmetrics_text_label(x, "version", ACRIDA_VERSION);
    openmetrics_text_count(x, 1);
    openmetrics_text_family(x, "acrida_state", OPENMETRICS_STATES, "", "What the run does.");
    openmetrics_rows_states(x, states, ACR_LEN(states),
                            s != NULL ? acr_snapshot_state(s) : "ready");
    gauge(x, "acrida_run_number", "", "The first run of this process is 1; 0 before it.",
          (double)o->run_number);
    if (s == NULL)
        return;
    openmetrics_text_family(x, "acrida_run", OPENMETRICS_INFO, "", "Which run it is.");
    openmetrics_text_begin(x, NULL);
    openmetrics_text_label_count(x, "run", o->run_number);
    openmetrics_text_label_count(x, "seed", acr_snapshot_seed(s));
    openmetrics_text_count(x, 1);
    gauge(x, "acrida_start_time_seconds", "seconds", "When the run started, since the epoch.",
          acr_snapshot_start_time(s));
    gauge(x, "acrida_reset_time_seconds", "seconds",
          "When the statistics began: at the start, or the last reset.",
          acr_snapshot_reset_time(s));
    if (last > 0)
        gauge(x, "acrida_last_request_time_seconds", "seconds", "When a request was last answered.",
              last);
    gauge(x, "acrida_elapsed_seconds", "seconds", "Since the run started.",
          acr_snapshot_elapsed(s));
}

static void tell_users(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    size_t n_stages;

    gauge(x, "acrida_users", "", "Users now.", (double)acr_snapshot_users(s));
    gauge(x, "acrida_target_users", "", "Users that there should be.",
          (double)acr_snapshot_target_users(s));
    gauge(x, "acrida_target_arrivals_per_second", "", "Arrivals that there should be.",
          acr_snapshot_arrival_rate(s));
    gauge(x, "acrida_stage", "", "Of a load in stages: the one it is in, from 1; 0 without stages.",
          (double)(acr_snapshot_stage(s, &n_stages) + 1));
    gauge(x, "acrida_stages", "", "How many stages there are.", (double)n_stages);
    openmetrics_text_family(x, "acrida_user_type_users", OPENMETRICS_GAUGE, "",
                            "Users by user type.");
    for (size_t i = 0; i < acr_snapshot_n_user_types(s); i++) {
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label(x, "user_type", acr_snapshot_user_type(s, i));
        openmetrics_text_count(x, acr_snapshot_users_of_type(s, i));
    }
}

static void tell_load(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    static const struct {
        const char *name;
        const char *help;
        uint32_t which;
        enum openmetrics_type type;
    } loads[] = {
        { "acrida_iterations", "Iterations begun.", ACR_LOAD_ITERATIONS, OPENMETRICS_COUNTER },
        { "acrida_arrivals", "Of open load: due so far.", ACR_LOAD_ARRIVALS, OPENMETRICS_COUNTER },
        { "acrida_dropped_arrivals", "All users were busy.", ACR_LOAD_DROPPED,
          OPENMETRICS_COUNTER },
        { "acrida_queued_arrivals", "Waited for a user.", ACR_LOAD_QUEUED, OPENMETRICS_COUNTER },
        { "acrida_waiting_arrivals", "Wait for a user now.", ACR_LOAD_QUEUE, OPENMETRICS_GAUGE },
        { "acrida_missed_slots", "Of constant pacing: not made up for.", ACR_LOAD_MISSED_SLOTS,
          OPENMETRICS_COUNTER },
        { "acrida_spawned_coroutines", "Started by users, live now.", ACR_LOAD_SPAWNED,
          OPENMETRICS_GAUGE },
        { "acrida_parked_users", "Never returned from their task.", ACR_LOAD_PARKED,
          OPENMETRICS_GAUGE },
    };

    for (size_t i = 0; i < ACR_LEN(loads); i++) {
        openmetrics_text_family(x, loads[i].name, loads[i].type, "", loads[i].help);
        openmetrics_text_begin(x, NULL);
        openmetrics_text_count(x, acr_snapshot_load(s, loads[i].which));
    }
    gauge(x, "acrida_mean_open_requests", "", "Requests open at once, mean of the whole run.",
          acr_snapshot_open_requests(s));
}

static void tell_ledger(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    static const char *const names[] = {
        [ACR_LEDGER_SUCCEEDED] = "success",
        [ACR_LEDGER_FAILED] = "failure",
        [ACR_LEDGER_CANCELLED] = "cancelled",
        [ACR_LEDGER_LOST] = "lost",
    };

    openmetrics_text_family(x, "acrida_started_requests", OPENMETRICS_COUNTER, "",
                            "Begun in the whole run, never reset.");
    openmetrics_text_begin(x, NULL);
    openmetrics_text_count(x, acr_snapshot_ledger(s, ACR_LEDGER_STARTED));
    openmetrics_text_family(x, "acrida_ended_requests", OPENMETRICS_COUNTER, "",
                            "What became of them, never reset.");
    for (uint32_t i = 0; i < ACR_LEN(names); i++) {
        if (names[i] == NULL)
            continue;
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label(x, "status", names[i]);
        openmetrics_text_count(x, acr_snapshot_ledger(s, i));
    }
    gauge(x, "acrida_open_requests", "", "In flight now.",
          (double)acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT));
}

/* --- times of all requests
 * ---------------------------------------------------------------------------- */

static void tell_summary(struct openmetrics_text *x, const struct acr_snapshot *s, uint32_t clock,
                         const char *name, const char *help)
{
    static const double quantiles[] = { 0.5, 0.9, 0.95, 0.99, 0.999, 1 };
    const struct acr_entry *total = acr_snapshot_total(s);

    openmetrics_text_family(x, name, OPENMETRICS_SUMMARY, "seconds", help);
    for (size_t i = 0; i < ACR_LEN(quantiles); i++) {
        double ms = acr_entry_quantile_ms(total, clock, ACR_TOTAL, quantiles[i]);

        if (ms < 0)
            continue;
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label_number(x, "quantile", quantiles[i]);
        openmetrics_text_value(x, ms / 1e3);
    }
    openmetrics_text_begin(x, "_count");
    openmetrics_text_count(x, acr_entry_count(total, ACR_REQUESTS) -
                                  acr_entry_count(total, ACR_UNTIMED));
    openmetrics_text_begin(x, "_sum");
    openmetrics_text_value(x, acr_entry_sum_ms(total, clock) / 1e3);
}

static void tell_times(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    static const uint64_t percentiles[] = { 50, 95, 99 };

    tell_summary(x, s, ACR_RESPONSE_TIME, "acrida_all_response_times_seconds",
                 "Response times of all requests since the statistics began.");
    tell_summary(x, s, ACR_CORRECTED, "acrida_all_corrected_times_seconds",
                 "The same from when they should have been sent.");
    tell_summary(x, s, ACR_LATENESS, "acrida_all_latenesses_seconds",
                 "How late they were sent: the generator's own delay.");
    openmetrics_text_family(x, "acrida_all_current_response_times_seconds", OPENMETRICS_GAUGE,
                            "seconds", "Percentiles of all response times of the last 10 s.");
    for (size_t i = 0; i < ACR_LEN(percentiles); i++) {
        double ms = acr_entry_quantile_ms(acr_snapshot_total(s), ACR_RESPONSE_TIME, ACR_CURRENT,
                                          (double)percentiles[i] / 100);

        if (ms < 0)
            continue;
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label_count(x, "percentile", percentiles[i]);
        openmetrics_text_value(x, ms / 1e3);
    }
}

/* --- what is thought of it
 * ---------------------------------------------------------------------------- */

static void tell_verdict(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    static const char *const verdicts[] = { [ACR_VERDICT_NONE] = "none",
                                            [ACR_VERDICT_PASS] = "pass",
                                            [ACR_VERDICT_FAIL] = "fail",
                                            [ACR_VERDICT_INVALID] = "invalid" };
    uint32_t verdict = acr_snapshot_verdict(s);

    openmetrics_text_family(x, "acrida_verdict", OPENMETRICS_STATES, "",
                            "As it would be if the run ended now.");
    openmetrics_rows_states(x, verdicts, ACR_LEN(verdicts),
                            verdict < ACR_LEN(verdicts) ? verdicts[verdict] : "");
    openmetrics_text_family(x, "acrida_goal_met", OPENMETRICS_GAUGE, "",
                            "1 or 0; nothing while it waits for a value.");
    for (size_t i = 0; i < acr_snapshot_n_goals(s); i++) {
        const struct acr_goal *g = acr_snapshot_goal(s, i);

        if (acr_goal_state(g) == ACR_GOAL_WAITING)
            continue;
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label_count(x, "number", i + 1); /* one may be given twice */
        openmetrics_text_label(x, "goal", acr_goal_text(g));
        openmetrics_text_count(x, acr_goal_state(g) == ACR_GOAL_MET);
    }
}

static void tell_exceptions(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    uint64_t n = 0;

    for (size_t i = 0; i < acr_snapshot_n_exceptions(s); i++)
        n += acr_exception_count(acr_snapshot_exception(s, i));
    openmetrics_text_family(x, "acrida_exceptions", OPENMETRICS_COUNTER, "",
                            "Exceptions of tasks.");
    openmetrics_text_begin(x, NULL);
    openmetrics_text_count(x, n);
}

static void tell_usage(struct openmetrics_text *x, const struct acr_usage_event *usage)
{
    if (usage == NULL)
        return;
    gauge(x, "acrida_cpu_ratio", "ratio", "Used by this process, of all CPUs that it may use.",
          usage->cpu_percent / 100);
    gauge(x, "acrida_busiest_thread_ratio", "ratio",
          "Of one CPU; above 0.9 the numbers are the generator's.", usage->loop_percent / 100);
    gauge(x, "acrida_memory_bytes", "bytes", "Resident memory of this process.",
          (double)usage->memory_bytes);
}

static void tell_left_out(struct openmetrics_text *x, const struct acr_snapshot *s,
                          const struct openmetrics_options *o)
{
    const struct {
        const char *what;
        size_t n;
    } lists[] = { { "entries", acr_snapshot_n_entries(s) },
                  { "errors", acr_snapshot_n_failures(s) },
                  { "metrics", acr_snapshot_n_metrics(s) },
                  { "workers", acr_snapshot_n_workers(s) } };

    openmetrics_text_family(x, "acrida_left_out", OPENMETRICS_GAUGE, "",
                            "Without series of their own: there are too many.");
    for (size_t i = 0; i < ACR_LEN(lists); i++) {
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label(x, "what", lists[i].what);
        openmetrics_text_count(x, lists[i].n > o->max_series ? lists[i].n - o->max_series : 0);
    }
}

void openmetrics_write(struct csv_text *t, const struct acr_snapshot *s,
                       const struct openmetrics_options *o)
{
    static const double buckets_s[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,  0.5,    1,     2.5,  5,     10,   30 };
    struct openmetrics_text x = { .to = t, .is_classic = o->is_classic };
    struct openmetrics_options own = *o;

    if (own.n_buckets == 0) {
        memcpy(own.buckets_s, buckets_s, sizeof(buckets_s));
        own.n_buckets = ACR_LEN(buckets_s);
    }
    if (own.max_series == 0)
        own.max_series = MAX_SERIES;
    tell_run(&x, s, &own);
    tell_usage(&x, own.usage);
    if (s != NULL) {
        tell_users(&x, s);
        tell_load(&x, s);
        tell_ledger(&x, s);
        tell_times(&x, s);
        tell_verdict(&x, s);
        tell_exceptions(&x, s);
        openmetrics_rows_entries(&x, s, &own);
        openmetrics_rows_metrics(&x, s, &own);
        openmetrics_rows_workers(&x, s, &own);
        tell_left_out(&x, s, &own);
    }
    openmetrics_text_end(&x);
}

/* --- what is asked for
 * -------------------------------------------------------------------------------- */

/* Whether an element of the header has q=0: not wanted. */
static bool is_refused(const char *element, const char *end)
{
    const char *q = strstr(element, "q=");

    return q != NULL && q < end && strtod(q + 2, NULL) <= 0;
}

bool openmetrics_is_classic(const char *accept)
{
    static const char wanted[] = "application/openmetrics-text";

    for (const char *at = accept; at != NULL && *at != '\0';) {
        const char *end = at + strcspn(at, ",");

        at += strspn(at, " \t");
        if (strncasecmp(at, wanted, sizeof(wanted) - 1) == 0 && !is_refused(at, end))
            return false;
        at = *end == ',' ? end + 1 : end;
    }
    return true;
}

const char *openmetrics_content_type(bool is_classic)
{
    return is_classic ? "text/plain; version=0.0.4; charset=utf-8"
                      : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

/* One bound in seconds; 0 when it is none. */
static double read_bound(const char *at, const char *end)
{
    static const struct {
        const char *name;
        double per_s;
    } units[] = { { "", 1 }, { "us", 1e6 }, { "ms", 1e3 }, { "s", 1 } };
    char *rest;
    double value = strtod(at, &rest);

    if (rest == at || rest > end || !isfinite(value) || value <= 0)
        return 0;
    for (size_t i = 0; i < ACR_LEN(units); i++)
        if ((size_t)(end - rest) == strlen(units[i].name) &&
            strncmp(rest, units[i].name, (size_t)(end - rest)) == 0)
            return value / units[i].per_s;
    return 0;
}

int openmetrics_read_buckets(struct openmetrics_options *o, const char *text, char *error,
                             size_t error_bytes)
{
    size_t n = 0;

    for (const char *at = text + strspn(text, ", "); *at != '\0'; at += strspn(at, ", ")) {
        const char *end = at + strcspn(at, ", ");
        double bound = read_bound(at, end);
        const char *why = NULL;

        if (bound <= 0)
            why = "is no time: write 5ms, 0.5s or seconds";
        else if (n > 0 && bound <= o->buckets_s[n - 1])
            why = "is not above the one before: let them rise";
        else if (n == OPENMETRICS_BUCKETS_MAX)
            why = "is one too many: 64 will do";
        if (why != NULL) {
            snprintf(error, error_bytes, "'%.*s' %s", (int)(end - at < 40 ? end - at : 40), at,
                     why);
            return -EINVAL;
        }
        o->buckets_s[n++] = bound;
        at = end;
    }
    o->n_buckets = n;
    return 0;
}
