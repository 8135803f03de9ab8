/* SPDX-License-Identifier: MIT */
/*
 * libacrida-web: the web interface and --html, as a plugin over the public SDK alone. Without
 * --headless it keeps the process, whose runs are started from the page or by --autostart.
 */
#include "actions.h"
#include "auth.h"
#include "guard.h"
#include "listen.h"
#include "past.h"
#include "report.h"
#include "routes.h"
#include "server.h"
#include "views.h"
#include "results/json_rows.h"
#include "results/report_file.h"
#include "results/saved_text.h"

#include <acrida/cluster.h>
#include <acrida/control.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2
#define PORT_MAX 65535

/* One per process; hooks run one after another on the control loop. */
static struct {
    struct web_server *server; /* NULL: nothing is served */
    struct report_file html;
} web;

/* --- options
 * ------------------------------------------------------------------------------------------ */

static int refuse(struct acr_user *u, int exit_code, const char *why)
{
    acr_set_exit_code(exit_code);
    return acr_raise(u, "%s", why);
}

static bool is_set(const char *option)
{
    return *acr_option_string(option) != '\0';
}

/* Returns: what is wrong with the options, or NULL. */
static const char *look_at_options(void)
{
    int64_t port = acr_option_int("web-port", 0);
    bool has_users = is_set("web-users-file");

    if (port < 0 || port > PORT_MAX)
        return "--web-port is 0 (any that is free) to 65535";
    if (!web_routes_is_base(acr_option_string("web-base-path")))
        return "--web-base-path begins with / and does not end with it, such as /acrida";
    if (is_set("tls-cert") != is_set("tls-key"))
        return "--tls-cert and --tls-key want each other";
    if (is_set("autoquit") && !acr_option_flag("autostart"))
        return "--autoquit wants --autostart too";
    if (acr_option_flag("web-login") && !has_users)
        return "--web-login wants --web-users-file FILE: lines \"name:hash\", with hashes as "
               "`openssl passwd -6` makes them";
    if (is_set("web-token") && is_set("web-token-file"))
        return "--web-token and --web-token-file: give one of them";
    return NULL;
}

/* Who may in. Returns: NULL with a line in error. */
static struct web_auth *make_auth(char *error, size_t error_bytes)
{
    const char *users = acr_option_string("web-users-file");
    const char *token = acr_option_string("web-token");
    const char *path = acr_option_string("web-token-file");
    char *read = *path != '\0' ? web_auth_read_token(path, error, error_bytes) : NULL;
    struct web_auth *a;

    if (*path != '\0' && read == NULL)
        return NULL;
    if (read == NULL && *token != '\0')
        read = strdup(token);
    a = web_auth_new(*users != '\0' ? users : NULL, read, error, error_bytes);
    if (read != NULL)
        explicit_bzero(read, strlen(read));
    free(read);
    return a;
}

/* --- serving
 * ------------------------------------------------------------------------------------------ */

static struct web_server *serve(char *error, size_t error_bytes)
{
    char history[PATH_MAX] = "";
    struct web_server_options o = {
        .host = acr_option_string("web-host"),
        .port = (unsigned)acr_option_int("web-port", 0),
        .base_path = acr_option_string("web-base-path"),
        .own_names = acr_option_string("web-allowed-host"),
        .cert_path = acr_option_string("tls-cert"),
        .key_path = acr_option_string("tls-key"),
        .history_path = history,
    };

    if (is_set("csv") && acr_option_flag("csv-full-history"))
        snprintf(history, sizeof(history), "%s_stats_history.csv", acr_option_string("csv"));
    o.auth = make_auth(error, error_bytes);
    if (o.auth == NULL)
        return NULL;
    if (web_auth_is_needed(o.auth) || (!web_listen_is_any(o.host) && web_guard_is_loopback(o.host)))
        return web_server_start(&o, error, error_bytes);
    web_auth_free(o.auth);
    snprintf(
        error, error_bytes,
        "--web-host %s lets in whoever can reach it: say who may, by a token (ACRIDA_WEB_TOKEN "
        "or --web-token-file FILE) or by names and passwords (--web-users-file FILE)",
        o.host);
    return NULL;
}

/* Returns: 0, or ACR_RAISED. */
static int start_now(struct acr_user *u)
{
    char error[400];

    if (acr_start_run(error, sizeof(error), .users = 0) == 0)
        return 0;
    return refuse(u, 1, error);
}

static int init_server(struct acr_user *u)
{
    const char *wrong = look_at_options();
    char error[700];

    if (wrong != NULL)
        return refuse(u, 1, wrong);
    web.server = serve(error, sizeof(error));
    if (web.server == NULL)
        return refuse(u, 1, error);
    acr_log(NULL, "web interface at %s%s", web_server_url(web.server),
            acr_option_flag("autostart") ? "" : ": start the test there");
    acr_set_page_url(web_server_url(web.server));
    return acr_option_flag("autostart") ? start_now(u) : 0;
}

/* Locust's {u}, {r} and {t}: users, spawn rate and run time, as far as they are given. */
static const char *expand(struct acr_user *u, const char *path)
{
    static const struct {
        const char *mark;
        const char *option;
    } marks[] = { { "{u}", "users" }, { "{r}", "spawn-rate" }, { "{t}", "run-time" } };

    for (size_t i = 0; i < ACR_LEN(marks); i++) {
        const char *at = strstr(path, marks[i].mark);

        if (at != NULL && is_set(marks[i].option))
            path = acr_fmt(u, "%.*s%lld%s", (int)(at - path), path,
                           (long long)acr_option_number(marks[i].option, 0), at + 3);
    }
    return path;
}

static int fail_html(struct acr_user *u, int r)
{
    return acr_raise(u, "--html: cannot write %s: %s", web.html.path, strerror(-r));
}

static int init(struct acr_user *u)
{
    const char *html = expand(u, acr_option_string("html"));
    int r = 0;

    if (acr_is_worker())
        return 0;
    if (*html != '\0')
        r = report_file_open(&web.html, html, "");
    if (r < 0) {
        r = fail_html(u, r);
        report_file_close(&web.html);
        return r;
    }
    if (acr_option_flag("headless"))
        return 0;
    acr_control_hold();
    /* A single user's run (--once) is not held. */
    return acr_control_is_held() ? init_server(u) : 0;
}

/* --- the course of things
 * ----------------------------------------------------------------------------- */

/* Somebody may have started another one meanwhile. */
static void quit_unless_running(void *arg)
{
    const char *state = acr_snapshot_state(acr_snapshot_now());

    (void)arg;
    if (strcmp(state, "stopped") == 0 || strcmp(state, "ready") == 0)
        acr_quit();
}

static int test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    int r = 0;

    if (s != NULL && acr_control_is_held())
        r = web_report_save(&web.html, s, JSON_ROWS_NO_EXIT_CODE);
    if (s != NULL && web.server != NULL)
        web_past_keep(s, acr_run_number());
    if (web.server != NULL && is_set("autoquit"))
        web_server_call_after(web.server, acr_option_number("autoquit", 0), quit_unless_running);
    return r < 0 ? fail_html(u, r) : 0;
}

static int usage(struct acr_user *u, const struct acr_usage_event *e)
{
    (void)u;
    web_views_set_usage(e);
    return 0;
}

static int quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    int r = e->snapshot != NULL ? web_report_save(&web.html, e->snapshot, e->exit_code) : 0;

    if (r < 0)
        r = fail_html(u, r);
    report_file_close(&web.html);
    return r;
}

/* Nothing more can be posted, and all that was has been answered. */
static int quit(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)u;
    (void)e;
    if (web.server != NULL)
        acr_set_page_url(NULL);
    web_server_stop(web.server);
    web.server = NULL;
    web_actions_done();
    web_views_set_usage(NULL);
    web_past_done();
    return 0;
}

static const struct acr_option options[] = {
    { .name = "web-host",
      .metavar = "ADDRESS",
      .help = "Serve the web interface at this address; * = at all, which wants a token or login.",
      .default_value = "127.0.0.1",
      .is_local = true },
    { .name = "web-port",
      .letter = 'P',
      .metavar = "PORT",
      .help = "Port of the web interface; 0 = any that is free.",
      .default_value = "8089",
      .kind = ACR_OPTION_INT,
      .is_local = true },
    { .name = "web-base-path",
      .metavar = "PATH",
      .help = "Put the web interface below this path, such as /acrida.",
      .is_local = true },
    { .name = "web-allowed-host",
      .metavar = "NAMES",
      .help =
          "Further names that the web interface is asked by, such as that of a proxy before it.",
      .is_local = true },
    { .name = "autostart",
      .help = "Start the test at once, with the web interface.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "autoquit",
      .metavar = "TIME",
      .help = "With --autostart: end so long after the test has.",
      .kind = ACR_OPTION_DURATION,
      .is_local = true },
    { .name = "class-picker",
      .help = "Let the start form of the web interface choose user types and tasks.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "web-login",
      .help = "Ask for a name and a password of --web-users-file.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "web-users-file",
      .metavar = "FILE",
      .help = "Who may use the web interface: lines \"name:hash\", as `openssl passwd -6` makes "
              "hashes.",
      .is_local = true },
    { .name = "web-token",
      .metavar = "TOKEN",
      .help = "Let scripts in that send it as a bearer token; better set as ACRIDA_WEB_TOKEN, or "
              "by --web-token-file.",
      .is_secret = true,
      .is_local = true },
    { .name = "web-token-file",
      .metavar = "FILE",
      .help = "The same, from the first line of a file.",
      .is_local = true },
    { .name = "tls-cert",
      .metavar = "FILE",
      .help = "Serve the web interface over HTTPS with this certificate (PEM, with its chain).",
      .is_local = true },
    { .name = "tls-key", .metavar = "FILE", .help = "Its private key (PEM).", .is_local = true },
    { .name = "html",
      .metavar = "FILE",
      .help = "Write a report as one HTML file at the end of each run; {u}, {r} and {t} in its "
              "name stand for "
              "users, spawn rate and run time. Folders are made.",
      .is_local = true },
};

static const struct acr_hooks hooks = {
    .init = init,
    .test_stop = test_stop,
    .usage = usage,
    .quitting = quitting,
    .quit = quit,
};

static int report_command(int argc, char **argv)
{
    return saved_report_command(argc, argv, web_report_write);
}

static const struct acr_command commands[] = {
    { .name = "report",
      .help = SAVED_REPORT_HELP,
      .usage = SAVED_REPORT_USAGE,
      .run = report_command },
};

ACR_PLUGIN(.name = "web", .version = ACRIDA_VERSION, .options = options,
           .n_options = ACR_LEN(options), .hooks = &hooks, .commands = commands,
           .n_commands = ACR_LEN(commands));
