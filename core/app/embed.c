/* SPDX-License-Identifier: MIT */
/* acr_run: a load that a program runs by itself, without the command. */
#include "app/keeper.h"
#include "app/options.h"
#include "app/options_parse.h"
#include "app/overview.h"
#include "app/preflight.h"
#include "app/roles.h"
#include "app/scenario.h"
#include "app/setup.h"
#include "app/words.h"
#include "base/log.h"
#include "engine/runner.h"

#include <acrida/run.h>

#include <locale.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_START 1
#define EXIT_USAGE 2
#define EXIT_INVALID 4

/* One run at a time: the engine, the options and the log are the process's. */
static bool is_running;
/* A thread of an earlier run is stuck, and still uses what the engine has. */
static bool is_broken;

/* What one call owns. */
struct embedded {
    const struct acr_run *run;
    struct acri_scenario scenario;
    struct acri_options *options;
    struct acri_words words;
    struct acri_setup setup;
    struct acri_plan plan;
    struct acri_keeper keeper;
};

static int fail(int exit_code, const struct acri_error *error)
{
    fprintf(stderr, "acr_run: %s\n", error->text);
    return exit_code;
}

/* Also what is no number, so that it is refused. */
static bool is_given(double x)
{
    return !(x >= 0 && x <= 0);
}

/* The members as options, so that they are checked, and asked for, as those of the command. */
static int list_words(struct acri_words *w, const struct acr_run *run, struct acri_error *reterr)
{
    acri_words_add(w, "acr_run");
    acri_words_add(w, "--loglevel=WARNING");
    acri_words_add(w, "--headless"); /* the program decides what runs, and when */
    if (run->host != NULL)
        acri_words_add(w, "--host=%s", run->host);
    if (run->users > 0)
        acri_words_add(w, "--users=%llu", (unsigned long long)run->users);
    if (is_given(run->spawn_rate))
        acri_words_add(w, "--spawn-rate=%.17g", run->spawn_rate);
    if (is_given(run->run_time_s))
        acri_words_add(w, "--run-time=%.9f", run->run_time_s);
    if (is_given(run->stop_timeout_s))
        acri_words_add(w, "--stop-timeout=%.9f", run->stop_timeout_s);
    if (run->threads > 0)
        acri_words_add(w, "--threads=%u", run->threads);
    if (run->seed > 0)
        acri_words_add(w, "--seed=%llu", (unsigned long long)run->seed);
    if (run->iterations > 0)
        acri_words_add(w, "--iterations=%llu", (unsigned long long)run->iterations);
    if (is_given(run->arrival_rate))
        acri_words_add(w, "--arrival-rate=%.9f", run->arrival_rate);
    if (run->max_users > 0)
        acri_words_add(w, "--max-users=%llu", (unsigned long long)run->max_users);
    if (run->stages != NULL)
        acri_words_add(w, "--stages=%s", run->stages);
    return run->options != NULL ? acri_words_split(w, run->options, reterr) : 0;
}

/* What belongs to the command. */
static int refuse_options(const struct acri_options *o, struct acri_error *reterr)
{
    for (size_t i = 0; i < acri_options_count(o); i++) {
        const struct acri_option_spec *spec = acri_options_spec(o, i);
        bool is_of_command = (spec->is_command && strcmp(spec->name, "once") != 0) ||
                             strcmp(spec->name, "scenario") == 0 ||
                             acri_roles_is_of_cluster(spec->name);

        if (is_of_command && acri_options_is_set(o, spec->name))
            return acri_fail(reterr, -EINVAL, "--%s is for the command: it has no meaning here",
                             spec->name);
    }
    return 0;
}

static int parse(struct embedded *e, bool is_tolerant, struct acri_error *reterr)
{
    return acri_options_parse_arguments(e->options, (int)e->words.n, e->words.words, is_tolerant,
                                        reterr);
}

/* Options, plugins, and what they say about the run. Returns: the exit code. */
static int prepare(struct embedded *e)
{
    struct acri_error error = { "" };

    if (list_words(&e->words, e->run, &error) < 0 || parse(e, true, &error) < 0)
        return fail(EXIT_USAGE, &error);
    if (acri_scenario_load_shipped(&e->scenario, &error) < 0 ||
        acri_scenario_load_plugins(&e->scenario, e->options, &error) < 0)
        return fail(EXIT_START, &error);
    /* --plugin was asked for before its options could be known. */
    acri_options_free(e->options);
    e->options = acri_options_new();
    if (acri_scenario_add(&e->scenario, e->run->plugin, &error) < 0 ||
        acri_scenario_add_options(&e->scenario, e->options, &error) < 0 ||
        parse(e, false, &error) < 0 || refuse_options(e->options, &error) < 0 ||
        acri_options_check_required(e->options, true, &error) < 0 ||
        acri_setup_read(&e->setup, e->options, e->scenario.plugins, e->scenario.n_plugins, &error) <
            0)
        return fail(EXIT_USAGE, &error);
    if (acri_setup_log(e->options, &error) < 0)
        return fail(EXIT_START, &error);
    if (acri_plan_init(&e->plan, e->scenario.plugins, e->scenario.n_plugins, &e->setup.plan,
                       &error) < 0)
        return fail(EXIT_USAGE, &error);
    return 0;
}

/* While it runs, the engine takes faults, and the alarm that ends a crash whose report hangs. */
static const int taken[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM };

static void save_signals(struct sigaction *before)
{
    for (size_t i = 0; i < ACR_LEN(taken); i++)
        sigaction(taken[i], NULL, &before[i]);
}

static void restore_signals(const struct sigaction *before, bool is_alarm_set)
{
    if (is_alarm_set)
        alarm(0);
    for (size_t i = 0; i < ACR_LEN(taken); i++)
        sigaction(taken[i], &before[i], NULL);
}

static int go(struct embedded *e, bool *ret_is_broken)
{
    const struct acri_run_listener listener = { .arg = e->run->arg,
                                                .keeper = &e->keeper.run,
                                                .tick = e->run->on_tick,
                                                .final = e->run->on_end };
    struct acri_run_result result = { 0 };
    struct acri_error error;
    struct sigaction before[ACR_LEN(taken)];
    uint64_t files = acri_setup_raise_files();
    int r;

    acri_options_publish(e->options);
    r = acri_preflight_run(&e->plan, &e->setup.run,
                           acri_options_flag(e->options, "ignore-preflight"), &error);
    if (r < 0) {
        acri_setup_restore_files(files);
        return fail(EXIT_START, &error);
    }
    save_signals(before);
    acri_keeper_init(&e->keeper, e->options, &e->scenario, true);
    acri_overview_publish(&e->scenario, e->options, &e->plan);
    r = acri_runner_run(&e->plan, &e->setup.run, &listener, &result, &error);
    acri_overview_publish(NULL, NULL, NULL);
    *ret_is_broken = r == 0 && result.must_exit;
    restore_signals(before, *ret_is_broken);
    acri_setup_restore_files(files);
    if (r < 0)
        return fail(EXIT_START, &error);
    if (result.start_error.text[0] != '\0')
        return fail(result.exit_code, &result.start_error);
    return result.exit_code;
}

static int run_load(const struct acr_run *run)
{
    struct embedded e = { .run = run, .options = acri_options_new() };
    int exit_code;

    acri_scenario_init(&e.scenario);
    acri_words_init(&e.words);
    exit_code = prepare(&e);
    if (exit_code == 0)
        exit_code = go(&e, &is_broken);
    if (is_broken) {
        /* Its memory is in use. */
        acri_loader_remove_copies(&e.scenario.loader);
        return exit_code;
    }
    acri_options_publish(NULL);
    acri_keeper_done(&e.keeper);
    acri_plan_done(&e.plan);
    acri_setup_done(&e.setup);
    acri_options_free(e.options);
    acri_scenario_done(&e.scenario);
    acri_words_done(&e.words);
    acri_log_close();
    return exit_code;
}

int acr_run_load(const struct acr_run *run)
{
    struct acri_error error;
    locale_t locale;
    locale_t before;
    int exit_code;

    if (run == NULL || run->size != sizeof(*run) || run->plugin == NULL) {
        acri_fail(&error, 0,
                  run == NULL || run->size == sizeof(*run)
                      ? "it needs a .plugin"
                      : "the program was built against another SDK: rebuild it");
        return fail(EXIT_USAGE, &error);
    }
    if (is_broken) {
        acri_fail(&error, 0, "a thread of an earlier run never ended: start the program again");
        return fail(EXIT_INVALID, &error);
    }
    /* Also the command's, whose hooks could call this. */
    if (is_running || acri_options_are_published()) {
        acri_fail(&error, 0, "a load runs already: there is one at a time");
        return fail(EXIT_USAGE, &error);
    }
    is_running = true;
    /* The caller's locale may write numbers with a comma. */
    locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    before = uselocale(locale);
    exit_code = run_load(run);
    uselocale(before);
    freelocale(locale);
    is_running = false;
    return exit_code;
}
