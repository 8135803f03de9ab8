/* SPDX-License-Identifier: MIT */
/* A master's workers. */
#include "results/openmetrics_rows.h"

#include <acrida/report.h>

#include <string.h>

static const char *const states[] = { "ready",    "preparing", "prepared", "spawning", "running",
                                      "stopping", "stopped",   "failed",   "missing",  "left" };

/* By its index: several may have one name. */
static void begin(struct openmetrics_text *x, const struct acr_worker *w)
{
    openmetrics_text_begin(x, NULL);
    openmetrics_text_label_count(x, "worker", acr_worker_number_of(w));
    openmetrics_text_label(x, "worker_name", acr_worker_name(w));
}

static size_t n_shown(const struct acr_snapshot *s, const struct openmetrics_options *o)
{
    size_t n = acr_snapshot_n_workers(s);

    return n < o->max_series ? n : o->max_series;
}

static void tell_who(struct openmetrics_text *x, const struct acr_snapshot *s,
                     const struct openmetrics_options *o)
{
    openmetrics_text_family(x, "acrida_worker", OPENMETRICS_INFO, "", "A worker of this master.");
    for (size_t i = 0; i < n_shown(s, o); i++) {
        const struct acr_worker *w = acr_snapshot_worker(s, i);

        begin(x, w);
        openmetrics_text_label(x, "host", acr_worker_host(w));
        openmetrics_text_label(x, "labels", acr_worker_labels(w));
        openmetrics_text_count(x, 1);
    }
}

/* How many are in each state: a series for each worker and state would be ten times as many. */
static void tell_states(struct openmetrics_text *x, const struct acr_snapshot *s)
{
    size_t n = acr_snapshot_n_workers(s);

    openmetrics_text_family(x, "acrida_workers", OPENMETRICS_GAUGE, "", "Workers by state.");
    for (size_t k = 0; n > 0 && k < ACR_LEN(states); k++) {
        uint64_t n_so = 0;

        for (size_t i = 0; i < n; i++)
            n_so += strcmp(acr_worker_state(acr_snapshot_worker(s, i)), states[k]) == 0;
        openmetrics_text_begin(x, NULL);
        openmetrics_text_label(x, "state", states[k]);
        openmetrics_text_count(x, n_so);
    }
}

static void tell_ledgers(struct openmetrics_text *x, const struct acr_snapshot *s,
                         const struct openmetrics_options *o)
{
    static const char *const names[] = {
        [ACR_LEDGER_SUCCEEDED] = "success",
        [ACR_LEDGER_FAILED] = "failure",
        [ACR_LEDGER_CANCELLED] = "cancelled",
        [ACR_LEDGER_LOST] = "lost",
    };

    openmetrics_text_family(x, "acrida_worker_requests", OPENMETRICS_COUNTER, "",
                            "What became of its requests, of the whole run.");
    for (size_t i = 0; i < n_shown(s, o); i++)
        for (uint32_t k = 0; k < ACR_LEN(names); k++) {
            const struct acr_worker *w = acr_snapshot_worker(s, i);

            if (names[k] == NULL)
                continue;
            begin(x, w);
            openmetrics_text_label(x, "status", names[k]);
            openmetrics_text_count(x, acr_worker_ledger(w, k));
        }
}

void openmetrics_rows_workers(struct openmetrics_text *x, const struct acr_snapshot *s,
                              const struct openmetrics_options *o)
{
    static const struct {
        const char *name;
        const char *unit;
        const char *help;
        double divisor; /* so many of the number are one of the unit */
        uint32_t which;
        enum openmetrics_type type;
    } numbers[] = {
        { "acrida_worker_users", "", "Users on a worker.", 1, ACR_WORKER_USERS, OPENMETRICS_GAUGE },
        { "acrida_worker_max_users", "", "The most users on it in this run.", 1,
          ACR_WORKER_USERS_MAX, OPENMETRICS_GAUGE },
        { "acrida_worker_threads", "", "Threads that its users run on.", 1, ACR_WORKER_THREADS,
          OPENMETRICS_GAUGE },
        { "acrida_worker_cpu_ratio", "ratio", "Of all CPUs that it may use.", 100,
          ACR_WORKER_CPU_PERCENT, OPENMETRICS_GAUGE },
        { "acrida_worker_busiest_thread_ratio", "ratio",
          "Of one CPU; above 0.9 the numbers are the generator's.", 100, ACR_WORKER_LOOP_PERCENT,
          OPENMETRICS_GAUGE },
        { "acrida_worker_memory_bytes", "bytes", "Resident memory.", 1, ACR_WORKER_MEMORY_BYTES,
          OPENMETRICS_GAUGE },
        { "acrida_worker_lateness_seconds", "seconds",
          "99 % of its requests were sent at most so late.", 1e3, ACR_WORKER_LATENESS_MS,
          OPENMETRICS_GAUGE },
        { "acrida_worker_recent_lateness_seconds", "seconds",
          "Lateness of 99 % of its requests of the last 10 s.", 1e3, ACR_WORKER_LATENESS_RECENT_MS,
          OPENMETRICS_GAUGE },
        { "acrida_worker_silent_seconds", "seconds", "Since its last word.", 1, ACR_WORKER_SILENT_S,
          OPENMETRICS_GAUGE },
        { "acrida_worker_clock_offset_seconds", "seconds", "Of its clock to the master's.", 1e3,
          ACR_WORKER_CLOCK_OFFSET_MS, OPENMETRICS_GAUGE },
        { "acrida_worker_reports", "", "Reports taken from it.", 1, ACR_WORKER_REPORTS,
          OPENMETRICS_COUNTER },
    };

    tell_states(x, s);
    tell_who(x, s, o);
    for (size_t k = 0; k < ACR_LEN(numbers); k++) {
        openmetrics_text_family(x, numbers[k].name, numbers[k].type, numbers[k].unit,
                                numbers[k].help);
        for (size_t i = 0; i < n_shown(s, o); i++) {
            const struct acr_worker *w = acr_snapshot_worker(s, i);

            begin(x, w);
            openmetrics_text_value(x, acr_worker_value(w, numbers[k].which) / numbers[k].divisor);
        }
    }
    tell_ledgers(x, s, o);
}
