/* SPDX-License-Identifier: MIT */
/* What stands in JSON of a run as a whole. */
#include "results/json_parts.h"
#include "results/json_rows.h"

#include <acrida/report.h>

void json_number_or_null(struct json_text *j, const char *key, bool is_there, double number)
{
    if (is_there)
        json_text_number(j, key, number);
    else
        json_text_null(j, key);
}

void json_run(struct json_text *j, const struct acr_snapshot *s, int exit_code)
{
    double last = acr_snapshot_last_request_time(s);
    size_t n_stages;
    int64_t stage = acr_snapshot_stage(s, &n_stages);

    json_text_open(j, "run", '{');
    json_text_number(j, "start_time", acr_snapshot_start_time(s));
    json_text_number(j, "reset_time", acr_snapshot_reset_time(s));
    json_number_or_null(j, "last_request_time", last > 0, last);
    json_text_number(j, "duration_s", acr_snapshot_elapsed(s));
    json_text_string(j, "state", acr_snapshot_state(s));
    json_text_count(j, "seed", acr_snapshot_seed(s));
    json_number_or_null(j, "exit_code", exit_code != JSON_ROWS_NO_EXIT_CODE, exit_code);
    json_text_count(j, "users", acr_snapshot_users(s));
    json_text_count(j, "target_users", acr_snapshot_target_users(s));
    json_text_number(j, "arrivals_per_s", acr_snapshot_arrival_rate(s));
    json_number_or_null(j, "stage", stage >= 0, (double)stage + 1);
    json_text_count(j, "n_stages", n_stages);
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

static const char *const ledger_names[] = {
    [ACR_LEDGER_STARTED] = "started",     [ACR_LEDGER_SUCCEEDED] = "succeeded",
    [ACR_LEDGER_FAILED] = "failed",       [ACR_LEDGER_CANCELLED] = "cancelled",
    [ACR_LEDGER_IN_FLIGHT] = "in_flight", [ACR_LEDGER_LOST] = "lost",
    [ACR_LEDGER_ATTEMPTS] = "attempts",
};

void json_ledger(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "ledger", '{');
    for (uint32_t i = 0; i < ACR_LEN(ledger_names); i++)
        json_text_count(j, ledger_names[i], acr_snapshot_ledger(s, i));
    json_text_close(j, '}');
}

void json_load(struct json_text *j, const struct acr_snapshot *s)
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

/* --- verdict
 * --------------------------------------------------------------------------------------- */

static void goals(struct json_text *j, const struct acr_snapshot *s)
{
    static const char *const states[] = {
        [ACR_GOAL_WAITING] = "waiting",
        [ACR_GOAL_MET] = "met",
        [ACR_GOAL_MISSED] = "missed",
        [ACR_GOAL_NOT_TESTED] = "not tested",
    };

    json_text_open(j, "goals", '[');
    for (size_t i = 0; i < acr_snapshot_n_goals(s); i++) {
        const struct acr_goal *g = acr_snapshot_goal(s, i);
        uint32_t state = acr_goal_state(g);

        json_text_open(j, NULL, '{');
        json_text_string(j, "text", acr_goal_text(g));
        json_text_string(j, "wanted", acr_goal_wanted(g));
        json_text_string(j, "measured", acr_goal_measured(g));
        json_text_string(j, "state", state < ACR_LEN(states) ? states[state] : "waiting");
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}

void json_verdict(struct json_text *j, const struct acr_snapshot *s)
{
    static const char *const verdicts[] = {
        [ACR_VERDICT_NONE] = "none",
        [ACR_VERDICT_PASS] = "pass",
        [ACR_VERDICT_FAIL] = "fail",
        [ACR_VERDICT_INVALID] = "invalid",
    };
    uint32_t verdict = acr_snapshot_verdict(s);
    const char *reason;

    json_text_open(j, "verdict", '{');
    json_text_string(j, "state", verdict < ACR_LEN(verdicts) ? verdicts[verdict] : "none");
    json_text_open(j, "reasons", '[');
    for (size_t i = 0; (reason = acr_snapshot_reason(s, i)) != NULL; i++)
        json_text_string(j, NULL, reason);
    json_text_close(j, ']');
    json_text_close(j, '}');
    goals(j, s);
}

/* --- workers
 * --------------------------------------------------------------------------------------- */

static void worker(struct json_text *j, const struct acr_worker *w)
{
    static const char *const numbers[] = {
        [ACR_WORKER_USERS] = "users",
        [ACR_WORKER_USERS_MAX] = "users_max",
        [ACR_WORKER_THREADS] = "threads",
        [ACR_WORKER_CPU_PERCENT] = "cpu_percent",
        [ACR_WORKER_LOOP_PERCENT] = "loop_percent",
        [ACR_WORKER_MEMORY_BYTES] = "memory_bytes",
        [ACR_WORKER_LATENESS_MS] = "lateness_ms",
        [ACR_WORKER_SILENT_S] = "silent_s",
        [ACR_WORKER_CLOCK_OFFSET_MS] = "clock_offset_ms",
        [ACR_WORKER_REPORTS] = "reports",
        [ACR_WORKER_LATENESS_RECENT_MS] = "lateness_recent_ms",
    };

    json_text_open(j, NULL, '{');
    json_text_count(j, "index", acr_worker_number_of(w));
    json_text_string(j, "name", acr_worker_name(w));
    json_text_string(j, "host", acr_worker_host(w));
    json_text_string(j, "labels", acr_worker_labels(w));
    json_text_string(j, "state", acr_worker_state(w));
    for (uint32_t i = 0; i < ACR_LEN(numbers); i++)
        json_text_number(j, numbers[i], acr_worker_value(w, i));
    json_text_open(j, "ledger", '{');
    for (uint32_t i = 0; i < ACR_LEN(ledger_names); i++)
        json_text_count(j, ledger_names[i], acr_worker_ledger(w, i));
    json_text_close(j, '}');
    json_text_close(j, '}');
}

void json_workers(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "workers", '[');
    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++)
        worker(j, acr_snapshot_worker(s, i));
    json_text_close(j, ']');
}

void json_labels(struct json_text *j, const struct acr_snapshot *s)
{
    static const struct json_entry_parts brief = { .has_histograms = false };

    json_text_open(j, "labels", '[');
    for (size_t i = 0; i < acr_snapshot_n_labels(s); i++) {
        const struct acr_snapshot *of = acr_snapshot_of_label(s, i);

        json_text_open(j, NULL, '{');
        json_text_string(j, "label", acr_snapshot_label(s, i));
        json_entry(j, "total", of, acr_snapshot_total(of), &brief);
        json_text_open(j, "entries", '[');
        for (size_t k = 0; k < acr_snapshot_n_entries(of); k++)
            json_entry(j, NULL, of, acr_snapshot_entry(of, k), &brief);
        json_text_close(j, ']');
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}
