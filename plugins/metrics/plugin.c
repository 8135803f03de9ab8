/* SPDX-License-Identifier: MIT */
/* libacrida-metrics: --metrics-port, a page for Prometheus. */
#include "server.h"

#include <acrida/acrida.h>
#include <acrida/control.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_MIN 16

/* One per process; hooks run one after another on the control loop. */
static struct {
    struct metrics_server *server;
    struct openmetrics_options options;
    struct acr_usage_event usage;
} metrics;

static void show(const struct acr_snapshot *s, bool is_last)
{
    metrics.options.run_number = acr_run_number();
    if (metrics.server != NULL)
        metrics_page_tick(metrics_server_page(metrics.server), s, &metrics.options, is_last);
}

/* --- options
 * ------------------------------------------------------------------------------------------ */

static int refuse(struct acr_user *u, const char *why)
{
    acr_set_exit_code(2); /* a mistake of usage */
    return acr_raise(u, "%s", why);
}

/* The first line of the file. */
static int read_token(struct acr_user *u, const char *path, char *to, size_t bytes)
{
    FILE *file = fopen(path, "re");
    bool is_read = file != NULL && fgets(to, (int)bytes, file) != NULL;
    size_t n = 0;

    if (file != NULL)
        fclose(file);
    if (!is_read)
        return refuse(u, acr_fmt(u, "--metrics-token-file: cannot read %s", path));
    while (to[n] > ' ' && to[n] < 0x7f)
        n++;
    if (n < TOKEN_MIN || (to[n] != '\0' && to[n] != '\n' && to[n] != '\r'))
        return refuse(u, acr_fmt(u,
                                 "--metrics-token-file: the first line of %s is no token: 16 to "
                                 "250 letters, digits and the like",
                                 path));
    to[n] = '\0';
    return 0;
}

static int start(struct acr_user *u)
{
    const char *token_file = acr_option_string("metrics-token-file");
    struct metrics_server_options o = { .host = acr_option_string("metrics-host"),
                                        .port = (uint16_t)acr_option_int("metrics-port", 0) };
    char token[252] = "";
    char error[400] = "";
    uint16_t port;
    int r;

    if (acr_option_int("metrics-port", 0) < 0 || acr_option_int("metrics-port", 0) > 65535)
        return refuse(u, "--metrics-port: a port is 0 to 65535; 0 takes any that is free");
    if (*token_file != '\0') {
        r = read_token(u, token_file, token, sizeof(token));
        if (r != 0)
            return r;
        o.token = token;
    }
    metrics.server = metrics_server_new(&o, &port, error, sizeof(error));
    if (metrics.server == NULL)
        return refuse(u, error);
    metrics.options.usage = NULL;
    show(NULL, true);
    acr_log(NULL,
            strchr(o.host, ':') != NULL ? "metrics: http://[%s]:%u/metrics"
                                        : "metrics: http://%s:%u/metrics",
            o.host, port);
    return 0;
}

static int init(struct acr_user *u)
{
    char error[200];

    /* A program may run several loads. */
    if (openmetrics_read_buckets(&metrics.options, acr_option_string("metrics-buckets"), error,
                                 sizeof(error)) < 0)
        return refuse(u, acr_fmt(u, "--metrics-buckets: %s", error));
    if (*acr_option_string("metrics-port") == '\0')
        return 0;
    if (!acr_is_worker())
        return start(u);
    acr_log_at(NULL, ACR_LOG_WARNING,
               "--metrics-port is not for workers: the page of their master has their numbers");
    return 0;
}

/* --- the run
 * ------------------------------------------------------------------------------------------ */

static int tick(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    show(s, false);
    return 0;
}

static int test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    show(s, true);
    return 0;
}

static int usage(struct acr_user *u, const struct acr_usage_event *e)
{
    (void)u;
    metrics.usage = *e;
    metrics.options.usage = &metrics.usage;
    return 0;
}

/* Give the last numbers to whoever comes for them, until somebody has. */
static int quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    double patience_s = acr_option_number("metrics-linger", 0);
    uint64_t end_ns = acr_now_ns() + (uint64_t)(patience_s * 1e9);

    if (metrics.server == NULL)
        return 0;
    if (e->snapshot != NULL && patience_s > 0) {
        show(e->snapshot, true);
        acr_log(NULL, "metrics: waiting until the last numbers are fetched, %g s at most",
                patience_s);
        while (!metrics_page_was_sent(metrics_server_page(metrics.server)) &&
               acr_now_ns() < end_ns && acr_sleep(u, 0.05) == 0)
            ;
    }
    metrics_server_free(metrics.server);
    metrics.server = NULL;
    return 0;
}

static const struct acr_option options[] = {
    { .name = "metrics-port",
      .metavar = "PORT",
      .help = "Serve the numbers of the run at http://127.0.0.1:PORT/metrics for Prometheus, as "
              "OpenMetrics; 0: at any free port.",
      .kind = ACR_OPTION_INT,
      .is_local = true },
    { .name = "metrics-host",
      .metavar = "ADDRESS",
      .help = "Address to serve them at. Beyond this machine it wants --metrics-token-file.",
      .default_value = "127.0.0.1",
      .is_local = true },
    { .name = "metrics-token-file",
      .metavar = "FILE",
      .help = "Only for those who show the first line of this file as a bearer token.",
      .is_local = true },
    { .name = "metrics-buckets",
      .metavar = "TIMES",
      .help = "Upper bounds of the response times' buckets, such as 5ms,50ms,0.5s; 14 from 1 ms to "
              "30 s unless told.",
      .is_local = true },
    { .name = "metrics-linger",
      .metavar = "TIME",
      .help = "At the end, wait so long until the last numbers have been fetched.",
      .kind = ACR_OPTION_DURATION,
      .is_local = true },
};

static const struct acr_hooks hooks = {
    .init = init,
    .tick = tick,
    .test_stop = test_stop,
    .usage = usage,
    .quitting = quitting,
};

ACR_PLUGIN(.name = "metrics", .version = ACRIDA_VERSION, .options = options,
           .n_options = ACR_LEN(options), .hooks = &hooks);
