/* SPDX-License-Identifier: MIT */
/*
 * libacrida-report: --csv PREFIX, as a plugin over the public SDK alone.
 */
#include "csv_writer.h"

#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <string.h>

/* One per process; hooks run one after another on the control loop. */
static struct csv_writer writer;
/* A full disk is told once, not every second. */
static bool has_complained;

static int fail(struct acr_user *u, int r)
{
    return acr_raise(u, "--csv: cannot write %s: %s", writer.path, strerror(-r));
}

/* A run whose results cannot be kept must not start. */
static int init(struct acr_user *u)
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

static int test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    int r = csv_writer_final(&writer, s);

    return r < 0 ? fail(u, r) : 0;
}

static int quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    int r = e->snapshot != NULL ? csv_writer_final(&writer, e->snapshot) : 0;

    csv_writer_close(&writer);
    return r < 0 ? fail(u, r) : 0;
}

static const struct acr_option options[] = {
    { .name = "csv",
      .metavar = "PREFIX",
      .help =
          "Write statistics to PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv, "
          "PREFIX_exceptions.csv (as Locust) and PREFIX_metrics.csv. Folders are made." },
    { .name = "csv-full-history",
      .help = "Write every entry, not only the aggregate, to PREFIX_stats_history.csv.",
      .kind = ACR_OPTION_FLAG },
};

static const struct acr_hooks hooks = {
    .init = init,
    .tick = tick,
    .test_stop = test_stop,
    .quitting = quitting,
};

ACR_PLUGIN(.name = "report", .version = ACRIDA_VERSION, .options = options,
           .n_options = ACR_LEN(options), .hooks = &hooks);
