/* SPDX-License-Identifier: MIT */
/* acr_main: from the arguments to the exit code. Wiring only. */
#include "app/bottleneck.h"
#include "app/cluster.h"
#include "app/commands.h"
#include "app/console.h"
#include "app/console_scenario.h"
#include "app/fleet_account.h"
#include "app/keeper.h"
#include "app/keys.h"
#include "app/live.h"
#include "app/options.h"
#include "app/overview.h"
#include "app/preflight.h"
#include "app/roles.h"
#include "app/scenario.h"
#include "app/serve_master.h"
#include "app/serve_worker.h"
#include "app/setup.h"
#include "app/usage.h"
#include "app/watch.h"
#include "base/log.h"
#include "engine/runner.h"
#include "stats/snapshot.h"

#include <acrida/control.h>
#include <acrida/report.h>
#include <acrida/run.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TABLE_EVERY_S 2
#define EXIT_START 1
#define EXIT_USAGE 2

const char *acr_version(void)
{
    return ACRI_VERSION;
}

/* What the console needs between ticks. */
struct front {
    struct acri_options *options;
    struct acri_console console;
    struct acri_bottleneck bottleneck;
    struct acri_live live;
    struct acri_keys keys;
    bool has_keys;
    bool is_live;
    bool is_periodic;
    double next_table_s;
};

static int fail(int exit_code, const struct acri_error *error)
{
    fprintf(stderr, "acrida: %s\n", error->text);
    return exit_code;
}

static int print(struct acri_buf *b, FILE *to)
{
    fputs(acri_buf_text(b), to);
    acri_buf_done(b);
    return 0;
}

static int print_help(const struct acri_options *o, const struct acri_scenario *scenario)
{
    struct acri_buf b;

    acri_buf_init(&b, 1 << 20);
    acri_usage_write(&b, o, scenario->plugins, scenario->n_plugins,
                     acri_console_columns(STDOUT_FILENO));
    return print(&b, stdout);
}

static int print_version(void)
{
    printf("acrida %s (SDK ABI %d.%d)\n", acr_version(), ACR_ABI_MAJOR, ACR_ABI_MINOR);
    return 0;
}

/* --list and the task ratios. Returns: whether one of them was asked for. */
static bool print_scenario(const struct acri_options *o, const struct acri_plan *plan)
{
    uint64_t n_users = (uint64_t)acri_options_int(o, "users");
    struct acri_buf b;
    bool did_print = true;

    acri_buf_init(&b, 16 << 20);
    if (acri_options_flag(o, "list"))
        acri_console_scenario_list(&b, plan);
    else if (acri_options_flag(o, "show-task-ratio"))
        acri_console_scenario_ratio(&b, plan, n_users);
    else if (acri_options_flag(o, "show-task-ratio-json"))
        acri_console_scenario_ratio_json(&b, plan, n_users);
    else
        did_print = false;
    print(&b, stdout);
    return did_print;
}

/* Who looks at a page has no need of tables here. */
static bool is_periodic(const struct front *f)
{
    return f->is_periodic && (!acr_control_is_held() || acri_options_flag(f->options, "headless") ||
                              acri_options_flag(f->options, "print-stats"));
}

static void clear_screen(struct front *f)
{
    acri_live_clear(&f->live);
    acri_console_clear(&f->console);
}

static void on_open(void *arg, struct acr_loop *control)
{
    struct front *f = arg;

    acri_log_clear_screen(f->is_live);
    if (f->has_keys)
        acri_keys_open(&f->keys, control);
}

static void on_close(void *arg)
{
    struct front *f = arg;

    clear_screen(f);
    acri_keys_close(&f->keys);
}

static void on_idle(void *arg)
{
    clear_screen(arg);
}

static void on_tick(void *arg, const struct acr_snapshot *s)
{
    struct front *f = arg;
    uint64_t target = s->info.target_users;

    acri_bottleneck_step(&f->bottleneck, s);
    if (acr_snapshot_elapsed(s) < f->next_table_s - TABLE_EVERY_S)
        f->next_table_s = TABLE_EVERY_S; /* another run */
    f->console.columns = acri_console_columns(STDERR_FILENO);
    if (f->is_live && acri_live_can(STDERR_FILENO)) {
        acri_live_draw(&f->live, s, acri_options_duration(f->options, "run-time"),
                       f->console.columns);
        return;
    }
    if (is_periodic(f) && acr_snapshot_elapsed(s) >= f->next_table_s) {
        acri_console_periodic(&f->console, s);
        while (f->next_table_s <= acr_snapshot_elapsed(s))
            f->next_table_s += TABLE_EVERY_S;
    }
    acri_console_progress(&f->console, s, target > 0 ? target : acr_snapshot_users(s),
                          acri_options_duration(f->options, "run-time"));
}

static void on_final(void *arg, const struct acr_snapshot *s)
{
    struct front *f = arg;

    clear_screen(f);
    acri_console_final(&f->console, s);
    acri_bottleneck_done(&f->bottleneck);
}

/* A page may have asked for what was not given. */
static int check_required(void *arg, struct acri_error *reterr)
{
    const struct front *f = arg;

    return acri_options_check_required(f->options, false, reterr) < 0 ? EXIT_USAGE : 0;
}

static int run(struct acri_options *o, const struct acri_plan *plan,
               const struct acri_run_options *options, struct acri_scenario *scenario,
               const struct acri_keeper *keeper)
{
    bool is_once = acri_options_is_set(o, "once");
    struct front front = { .options = o,
                           .has_keys = !is_once,
                           .is_live = !is_once && acri_options_flag(o, "live") &&
                                      acri_live_can(STDERR_FILENO),
                           .is_periodic = !acri_options_flag(o, "only-summary") && !is_once,
                           .next_table_s = TABLE_EVERY_S };
    const struct acri_run_listener listener = { .arg = &front,
                                                .keeper = is_once ? NULL : &keeper->run,
                                                .open = on_open,
                                                .close = on_close,
                                                .idle = on_idle,
                                                .check = check_required,
                                                .tick = on_tick,
                                                .final = on_final };
    struct acri_run_result result = { 0 };
    struct acri_error error;
    int r;

    acri_overview_publish(scenario, o, plan);
    acri_live_init(&front.live, stderr, acri_live_is_utf8());
    acri_console_init(&front.console, stderr, acri_console_columns(STDERR_FILENO));
    r = acri_runner_run(plan, options, &listener, &result, &error);
    acri_overview_publish(NULL, NULL, NULL);
    acri_log_clear_screen(false);
    if (r < 0)
        return fail(EXIT_START, &error);
    if (result.start_error.text[0] != '\0')
        fail(result.exit_code, &result.start_error);
    if (result.must_exit) {
        acri_loader_remove_copies(&scenario->loader);
        fflush(stdout); /* not all streams: a stuck thread may hold the lock of one */
        _exit(result.exit_code);
    }
    return result.exit_code;
}

/* By workers. */
static int lead(struct acri_options *o, const struct acri_plan *plan, struct acri_setup *setup,
                struct acri_scenario *scenario, const struct acri_keeper *keeper)
{
    struct acri_fleet fleet;
    struct acri_processes processes = { 0 };
    struct acri_error error;
    unsigned port;
    int exit_code = 0;

    if (acri_serve_master_listen(o, scenario, &fleet, &port, &error) < 0)
        return fail(EXIT_START, &error);
    if (acri_processes_start(&processes, o, true, port, &error) < 0)
        exit_code = fail(EXIT_START, &error);
    fleet.processes = &processes;
    setup->run.crew = &fleet.crew;
    if (exit_code == 0) {
        exit_code = run(o, plan, &setup->run, scenario, keeper);
        fleet.is_over = fleet.n_runs > 0;
    }
    acri_fleet_account_log(&fleet);
    acri_serve_master_dismiss(&fleet);
    acri_processes_end(&processes, 0);
    return exit_code;
}

static int plan_and_run(struct acri_options *o, enum acri_cluster_role role,
                        struct acri_setup *setup, struct acri_scenario *scenario)
{
    struct acri_keeper keeper;
    struct acri_plan plan;
    struct acri_error error;
    int exit_code = 0;

    setup->run.own_signals = true;
    setup->run.folders = (const char *const *)scenario->folders;
    setup->run.n_folders = scenario->n_folders;
    if (acri_plan_init(&plan, scenario->plugins, scenario->n_plugins, &setup->plan, &error) < 0)
        return fail(EXIT_START, &error);
    acri_keeper_init(&keeper, o, scenario, false);
    if (!print_scenario(o, &plan)) {
        if ((acri_options_flag(o, "headless") || acri_options_is_set(o, "once")) &&
            acri_options_check_required(o, false, &error) < 0)
            exit_code = fail(EXIT_USAGE, &error);
        else if (role == ACRI_CLUSTER_MASTER)
            exit_code = lead(o, &plan, setup, scenario, &keeper);
        else if (acri_preflight_run(&plan, &setup->run, acri_options_flag(o, "ignore-preflight"),
                                    &error) < 0)
            exit_code = fail(EXIT_START, &error);
        else
            exit_code = run(o, &plan, &setup->run, scenario, &keeper);
    }
    acri_keeper_done(&keeper); /* a master needs the last plan until its workers are gone */
    acri_plan_done(&plan);
    return exit_code;
}

/* For a master. */
static int work(struct acri_options *o, int argc, char **argv, struct acri_scenario *scenario)
{
    int exit_code;

    acri_roles_warn(o, ACRI_CLUSTER_WORKER, scenario);
    if (acri_options_int(o, "processes") != 0)
        return acri_processes_supervise(o);
    acri_options_publish(o);
    acri_setup_raise_files();
    exit_code = acri_serve_worker(o, scenario, argc, argv);
    acri_options_publish(NULL);
    return exit_code;
}

static int run_scenario(struct acri_options *o, int argc, char **argv,
                        struct acri_scenario *scenario)
{
    struct acri_setup setup;
    struct acri_error error;
    enum acri_cluster_role role;
    int exit_code;

    if (acri_options_parse(o, argc, argv, &error) < 0 || acri_cluster_role(o, &role, &error) < 0)
        return fail(EXIT_USAGE, &error);
    if (role == ACRI_CLUSTER_WORKER)
        return work(o, argc, argv, scenario);
    if (acri_setup_read(&setup, o, scenario->plugins, scenario->n_plugins, &error) < 0)
        return fail(EXIT_USAGE, &error);
    acri_roles_warn(o, role, scenario);
    acri_options_publish(o);
    acri_setup_raise_files();
    exit_code = plan_and_run(o, role, &setup, scenario);
    acri_options_publish(NULL);
    acri_setup_done(&setup);
    return exit_code;
}

/* The scenario is not known yet, and so neither are all options. */
static int work_unprepared(struct acri_options *o, int argc, char **argv,
                           struct acri_scenario *scenario)
{
    struct acri_error error;
    enum acri_cluster_role role;

    if (acri_cluster_role(o, &role, &error) < 0 || acri_cluster_check_fetched(o, role, &error) < 0)
        return fail(EXIT_USAGE, &error);
    if (acri_scenario_load_shipped(scenario, &error) < 0)
        return fail(EXIT_START, &error);
    return work(o, argc, argv, scenario);
}

static int load_and_run(struct acri_options *o, int argc, char **argv,
                        struct acri_scenario *scenario)
{
    bool wants_help = acri_options_flag(o, "help");
    struct acri_error error;

    if (acri_scenario_load_shipped(scenario, &error) < 0)
        return fail(EXIT_START, &error);
    if ((!wants_help || (acri_options_is_set(o, "scenario") && !acri_cluster_is_fetched(o))) &&
        acri_scenario_load(scenario, o, &error) < 0)
        return fail(EXIT_START, &error);
    if (acri_scenario_add_options(scenario, o, &error) < 0)
        return fail(EXIT_START, &error);
    return wants_help ? print_help(o, scenario) : run_scenario(o, argc, argv, scenario);
}

static int do_run(struct acri_options *o, int argc, char **argv, struct acri_scenario *scenario)
{
    struct acri_error error = { "" };
    enum acri_watch_role role = ACRI_WATCH_CHILD;
    int exit_code = 0;

    if (acri_options_scan(o, argc, argv, &error) < 0)
        return fail(EXIT_USAGE, &error);
    if (acri_options_flag(o, "version"))
        return print_version();
    if (acri_setup_log(o, &error) < 0)
        return fail(EXIT_START, &error);
    if (acri_cluster_is_fetched(o) && !acri_options_flag(o, "help"))
        return work_unprepared(o, argc, argv, scenario);
    if (acri_options_flag(o, "watch") && !acri_options_flag(o, "help") &&
        acri_watch_run(o, &role, &exit_code, &error) < 0)
        return fail(EXIT_START, &error);
    return role == ACRI_WATCH_CHILD ? load_and_run(o, argc, argv, scenario) : exit_code;
}

/* As another program in this process; it does not return. */
static int start_again(char **argv)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fflush(NULL);
    execv("/proc/self/exe", argv);
    fprintf(stderr, "acrida: it cannot be started again: %s\n", strerror(errno));
    return EXIT_START;
}

/* A first argument that is no option may name a command of a plugin; else it is a user type.
 * Returns: whether it did. */
static bool did_command(struct acri_scenario *scenario, int argc, char **argv, int *ret_exit_code)
{
    const struct acr_command *c;
    struct acri_error error;

    if (argc < 2 || argv[1][0] == '-' || argv[1][0] == '\0')
        return false;
    if (acri_scenario_load_shipped(scenario, &error) < 0 ||
        acri_commands_check(scenario->plugins, scenario->n_plugins, &error) < 0) {
        *ret_exit_code = fail(EXIT_START, &error);
        return true;
    }
    c = acri_commands_find_in(scenario->plugins, scenario->n_plugins, argv[1]);
    if (c != NULL)
        *ret_exit_code = acri_commands_run(c, argc - 1, argv + 1);
    return c != NULL;
}

int acr_main(int argc, char **argv)
{
    acri_command_fn command = argc > 1 ? acri_commands_find(argv[1]) : NULL;
    struct acri_scenario scenario;
    struct acri_options *o;
    int exit_code;

    if (command != NULL)
        return command(argc - 1, argv + 1);
    acri_scenario_init(&scenario);
    if (did_command(&scenario, argc, argv, &exit_code)) {
        acri_scenario_done(&scenario);
        return exit_code;
    }
    o = acri_options_new();
    exit_code = do_run(o, argc, argv, &scenario);
    acri_scenario_done(&scenario);
    acri_options_free(o);
    acri_log_close();
    if (exit_code == ACRI_SERVE_WORKER_AGAIN)
        exit_code = start_again(argv);
    return exit_code;
}
