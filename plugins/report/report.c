/* SPDX-License-Identifier: MIT */
/*
 * libacrida-report: --csv PREFIX, --json, --json-file NAME and --junit FILE, as a plugin over the
 * public SDK alone.
 */
#include "compare_show.h"
#include "csv_writer.h"
#include "pattern_lines.h"
#include "results/json_rows.h"
#include "results/junit_rows.h"
#include "results/report_file.h"

#include <acrida/acrida.h>
#include <acrida/cluster.h>
#include <acrida/control.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One per process; hooks run one after another on the control loop. */
static struct csv_writer writer;
static struct report_file json;
static struct report_file junit;
/* A full disk is told once, not every second. */
static bool has_complained;

static int fail(struct acr_user *u, int r)
{
    return acr_raise(u, "--csv: cannot write %s: %s", writer.path, strerror(-r));
}

static int fail_json(struct acr_user *u, int r)
{
    return acr_raise(u, "--json-file: cannot write %s: %s", json.path, strerror(-r));
}

static int fail_junit(struct acr_user *u, int r)
{
    return acr_raise(u, "--junit: cannot write %s: %s", junit.path, strerror(-r));
}

static int init_csv(struct acr_user *u)
{
    const char *prefix = acr_option_string("csv");
    bool is_full_history = acr_option_flag("csv-full-history");
    int r;

    has_complained = false; /* a program may run several loads */
    if (*prefix == '\0' && is_full_history) {
        acr_set_exit_code(2); /* a mistake of usage */
        return acr_raise(u, "--csv-full-history wants --csv too");
    }
    if (*prefix == '\0')
        return 0;
    r = csv_writer_open(&writer, prefix, is_full_history);
    return r < 0 ? fail(u, r) : 0;
}

/* A run whose results cannot be kept must not start. A worker has none: its master's files, which
 * may have the same names, are left alone. */
static int init(struct acr_user *u)
{
    const char *name = acr_option_string("json-file");
    const char *path = acr_option_string("junit");
    int r;

    if (acr_is_worker())
        return 0;
    r = init_csv(u);
    if (r == 0 && *name != '\0') {
        r = report_file_open(&json, name, ".json");
        if (r < 0) {
            r = fail_json(u, r);
            report_file_close(&json);
        }
    }
    if (r == 0 && *path != '\0') {
        r = report_file_open(&junit, path, "");
        if (r < 0) {
            r = fail_junit(u, r);
            report_file_close(&junit);
        }
    }
    return r;
}

/* The run goes on when a disk is full: it may have room again by the end. */
static int tick(struct acr_user *u, const struct acr_snapshot *s)
{
    int r = csv_writer_tick(&writer, s);

    if (r < 0 && !has_complained) {
        has_complained = true;
        acr_log_at(u, ACR_LOG_ERROR, "--csv: cannot write %s: %s", writer.path, strerror(-r));
    }
    return 0;
}

/* --- what is written when a run is over
 * ---------------------------------------------------------- */

static int write_json(struct acr_user *u, const struct acr_snapshot *s, int exit_code)
{
    struct json_text j = { .depth = 0 };
    int r;

    if (json.path[0] == '\0')
        return 0;
    json_rows_all(&j, s, exit_code);
    r = report_file_write(&json, &j.text);
    csv_text_done(&j.text);
    return r < 0 ? fail_json(u, r) : 0;
}

static int write_junit(struct acr_user *u, const struct acr_snapshot *s)
{
    struct csv_text t = { .length = 0 };
    int r;

    if (junit.path[0] == '\0')
        return 0;
    junit_rows_all(&t, s, acr_option_int("exit-code-on-error", 1) != 0);
    r = report_file_write(&junit, &t);
    csv_text_done(&t);
    return r < 0 ? fail_junit(u, r) : 0;
}

static int write_csv(struct acr_user *u, const struct acr_snapshot *s)
{
    int r = csv_writer_final(&writer, s);

    return r < 0 ? fail(u, r) : 0;
}

/* Locust's list. */
static int print_json(struct acr_user *u, const struct acr_snapshot *s)
{
    struct json_text j = { .depth = 0 };
    int r = 0;

    if (!acr_option_flag("json") || acr_is_worker())
        return 0;
    json_rows_locust(&j, s);
    errno = EIO;
    if (j.text.is_incomplete)
        r = -ENOMEM;
    else if (fwrite(j.text.data, 1, j.text.length, stdout) != j.text.length || fflush(stdout) != 0)
        r = -errno;
    csv_text_done(&j.text);
    return r < 0 ? acr_raise(u, "--json: cannot write to stdout: %s", strerror(-r)) : 0;
}

static int first_of(int a, int b)
{
    return a != 0 ? a : b;
}

/* Of a process that stays, whatever becomes of it, each run's results are there from its end on. */
static int test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    int r = write_csv(u, s);

    if (s != NULL && !acr_is_worker() && !acr_option_flag("no-patterns"))
        pattern_lines_log(u, s);
    if (s == NULL || !acr_control_is_held())
        return r;
    r = first_of(r, write_json(u, s, JSON_ROWS_NO_EXIT_CODE));
    return first_of(r, write_junit(u, s));
}

/* Now the exit code is known, too. */
static int quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    int r = 0;

    if (e->snapshot != NULL) {
        r = write_csv(u, e->snapshot);
        r = first_of(r, write_json(u, e->snapshot, e->exit_code));
        r = first_of(r, print_json(u, e->snapshot));
        r = first_of(r, write_junit(u, e->snapshot));
    }
    csv_writer_close(&writer);
    report_file_close(&json);
    report_file_close(&junit);
    return r;
}

static const struct acr_option options[] = {
    { .name = "csv",
      .is_local = true,
      .metavar = "PREFIX",
      .help =
          "Write statistics to PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv, "
          "PREFIX_exceptions.csv (as Locust) and PREFIX_metrics.csv; a master's also to "
          "PREFIX_workers.csv and "
          "PREFIX_labels_stats.csv. Folders are made." },
    { .name = "csv-full-history",
      .help = "Write every entry, not only the aggregate, to PREFIX_stats_history.csv.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "json",
      .help =
          "Print the statistics of each entry to stdout at the end, as Locust's JSON. Tables go "
          "to stderr.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "json-file",
      .is_local = true,
      .metavar = "NAME",
      .help = "Write all results to NAME.json at the end of each run: run, entries with "
              "histograms, failures, "
              "exceptions, metrics, ledger. Folders are made." },
    { .name = "no-patterns",
      .help = "Do not log at the end in which pattern the system degraded.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "junit",
      .is_local = true,
      .metavar = "FILE",
      .help = "Write the verdict to FILE as JUnit XML at the end of each run: a test case for each "
              "goal, for "
              "failures, and for whether the numbers are valid. Folders are made." },
};

static const struct acr_hooks hooks = {
    .init = init,
    .tick = tick,
    .test_stop = test_stop,
    .quitting = quitting,
};

static const struct acr_command commands[] = {
    { .name = "compare", .help = COMPARE_HELP, .usage = COMPARE_USAGE, .run = compare_command },
};

ACR_PLUGIN(.name = "report", .version = ACRIDA_VERSION, .options = options,
           .n_options = ACR_LEN(options), .hooks = &hooks, .commands = commands,
           .n_commands = ACR_LEN(commands));
