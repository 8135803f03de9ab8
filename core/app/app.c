/* SPDX-License-Identifier: MIT */
/* acr_main: from the arguments to the exit code. Wiring only. */
#include "app/commands.h"
#include "app/console.h"
#include "app/console_scenario.h"
#include "app/options.h"
#include "app/scenario.h"
#include "app/usage.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/runner.h"

#include <acrida/report.h>
#include <acrida/run.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
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
    const struct acri_options *options;
    struct acri_console console;
    bool is_periodic;
    double next_table_s;
};

static int fail(int exit_code, const struct acri_error *error)
{
    fprintf(stderr, "acrida: %s\n", error->text);
    return exit_code;
}

static enum acri_log_level level_of(const char *name)
{
    static const struct {
        const char *name;
        enum acri_log_level level;
    } levels[] = { { "DEBUG", ACRI_LOG_DEBUG },
                   { "INFO", ACRI_LOG_INFO },
                   { "WARNING", ACRI_LOG_WARNING },
                   { "ERROR", ACRI_LOG_ERROR },
                   { "CRITICAL", ACRI_LOG_ERROR + 1 } };

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcasecmp(name, levels[i].name) == 0)
            return levels[i].level;
    return ACRI_LOG_INFO;
}

static int set_up_log(const struct acri_options *o, struct acri_error *reterr)
{
    const char *path = acri_options_string(o, "logfile");
    int r;

    acri_log_set_level(level_of(acri_options_string(o, "loglevel")));
    if (*path == '\0')
        return 0;
    r = acri_log_open(path);
    if (r < 0)
        return acri_fail(reterr, r, "the log file %s cannot be written: %s", path, strerror(-r));
    return 0;
}

/* Every connection is a descriptor; the soft limit is often 1,024. */
static void raise_open_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int print(struct acri_buf *b, FILE *to)
{
    fputs(acri_buf_text(b), to);
    acri_buf_done(b);
    return 0;
}

static int print_help(const struct acri_options *o)
{
    struct acri_buf b;

    acri_buf_init(&b, 1 << 20);
    acri_usage_write(&b, o, acri_console_columns(STDOUT_FILENO));
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
    const struct acr_user_type **types = acri_alloc(plan->n_types * sizeof(*types));
    struct acri_buf b;
    bool did_print = true;

    acri_buf_init(&b, 16 << 20);
    for (size_t i = 0; i < plan->n_types; i++)
        types[i] = plan->types[i].type;
    if (acri_options_flag(o, "list"))
        acri_console_scenario_list(&b, types, plan->n_types);
    else if (acri_options_flag(o, "show-task-ratio"))
        acri_console_scenario_ratio(&b, types, plan->n_types);
    else if (acri_options_flag(o, "show-task-ratio-json"))
        acri_console_scenario_ratio_json(&b, types, plan->n_types);
    else
        did_print = false;
    print(&b, stdout);
    free((void *)types);
    return did_print;
}

static void on_tick(void *arg, const struct acr_snapshot *s)
{
    struct front *f = arg;

    if (f->is_periodic && acr_snapshot_elapsed(s) >= f->next_table_s) {
        acri_console_periodic(&f->console, s);
        while (f->next_table_s <= acr_snapshot_elapsed(s))
            f->next_table_s += TABLE_EVERY_S;
    }
    acri_console_progress(&f->console, s, (uint64_t)acri_options_int(f->options, "users"),
                          acri_options_duration(f->options, "run-time"));
}

static void on_final(void *arg, const struct acr_snapshot *s)
{
    struct front *f = arg;

    acri_console_clear(&f->console);
    acri_console_final(&f->console, s);
}

static uint64_t seed_of(const struct acri_options *o)
{
    if (acri_options_is_set(o, "seed"))
        return (uint64_t)acri_options_int(o, "seed");
    return acri_clock_real_ns() >> 1; /* positive, so that --seed takes it */
}

static unsigned threads_of(const struct acri_options *o)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (acri_options_is_set(o, "threads"))
        return (unsigned)acri_options_int(o, "threads");
    return cpus > 0 ? (unsigned)cpus : 1;
}

static int run(const struct acri_options *o, const struct acri_plan *plan,
               struct acri_scenario *scenario)
{
    struct front front = { .options = o,
                           .is_periodic = !acri_options_flag(o, "only-summary"),
                           .next_table_s = TABLE_EVERY_S };
    const struct acri_run_listener listener = { .arg = &front, .tick = on_tick, .final = on_final };
    const struct acri_run_options options = {
        .host = acri_options_string(o, "host"),
        .n_users = (uint64_t)acri_options_int(o, "users"),
        .spawn_rate = acri_options_number(o, "spawn-rate"),
        .run_time_s = acri_options_duration(o, "run-time"),
        .stop_timeout_s = acri_options_duration(o, "stop-timeout"),
        .on_stop_timeout_s = acri_options_duration(o, "on-stop-timeout"),
        .warmup_s = acri_options_duration(o, "warmup"),
        .reset_stats = acri_options_flag(o, "reset-stats"),
        .seed = seed_of(o),
        .n_threads = threads_of(o),
        .exit_code_on_error = (int)acri_options_int(o, "exit-code-on-error"),
    };
    struct acri_run_result result = { 0 };
    struct acri_error error;

    acri_console_init(&front.console, stderr, acri_console_columns(STDERR_FILENO));
    if (options.warmup_s > 0 && options.run_time_s > 0 && options.warmup_s >= options.run_time_s) {
        acri_fail(&error, 0, "--warmup must be shorter than --run-time: nothing would be measured");
        return fail(EXIT_USAGE, &error);
    }
    if (!acri_options_flag(o, "headless"))
        acri_log_info("there is no web UI yet: running headless (--headless says so)");
    if (acri_runner_run(plan, &options, &listener, &result, &error) < 0)
        return fail(EXIT_START, &error);
    if (result.start_error.text[0] != '\0')
        return fail(result.exit_code, &result.start_error);
    if (result.must_exit) {
        acri_loader_remove_copies(&scenario->loader);
        fflush(stdout); /* not all streams: a stuck thread may hold the lock of one */
        _exit(result.exit_code);
    }
    return result.exit_code;
}

static int run_scenario(struct acri_options *o, struct acri_scenario *scenario)
{
    struct acri_plan plan;
    struct acri_error error;
    size_t n_names;
    const char *const *names = acri_options_list(o, "user-types", &n_names);
    int exit_code = 0;

    if (acri_plan_init(&plan, scenario->plugins, scenario->n_plugins, names, n_names, &error) < 0)
        return fail(EXIT_START, &error);
    if (!print_scenario(o, &plan))
        exit_code = run(o, &plan, scenario);
    acri_plan_done(&plan);
    return exit_code;
}

static int do_run(struct acri_options *o, int argc, char **argv, struct acri_scenario *scenario)
{
    struct acri_error error = { "" };
    bool wants_help;
    int exit_code;

    if (acri_options_scan(o, argc, argv, &error) < 0)
        return fail(EXIT_USAGE, &error);
    if (acri_options_flag(o, "version"))
        return print_version();
    wants_help = acri_options_flag(o, "help");
    if (set_up_log(o, &error) < 0 || acri_scenario_load_shipped(scenario, &error) < 0)
        return fail(EXIT_START, &error);
    if ((!wants_help || acri_options_is_set(o, "scenario")) &&
        acri_scenario_load(scenario, o, &error) < 0)
        return fail(EXIT_START, &error);
    for (size_t i = 0; i < scenario->n_plugins; i++)
        if (acri_options_add(o, scenario->plugins[i]->name, scenario->plugins[i]->options,
                             scenario->plugins[i]->n_options, &error) < 0)
            return fail(EXIT_START, &error);
    if (wants_help)
        return print_help(o);
    if (acri_options_parse(o, argc, argv, &error) < 0)
        return fail(EXIT_USAGE, &error);
    acri_options_publish(o);
    raise_open_files();
    exit_code = run_scenario(o, scenario);
    acri_options_publish(NULL);
    return exit_code;
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
    o = acri_options_new();
    exit_code = do_run(o, argc, argv, &scenario);
    acri_scenario_done(&scenario);
    acri_options_free(o);
    acri_log_close();
    return exit_code;
}
