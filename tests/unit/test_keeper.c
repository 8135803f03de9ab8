/* SPDX-License-Identifier: MIT */
/* What the next run is made of, and what there is to choose from. */
#include "support/unit.h"

#include "app/keeper.h"
#include "app/overview.h"

#include <acrida/control.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static const struct acr_task inner[] = { { .name = "pay", .run = nothing },
                                         { .name = "leave", .run = nothing } };
static const struct acr_task_set set = { .tasks = inner, .n_tasks = ACR_LEN(inner) };
static const struct acr_task tasks[] = { { .name = "look", .run = nothing },
                                         { .name = "checkout", .set = &set },
                                         { .name = "again", .run = nothing } };
static const struct acr_user_type types[] = {
    { .name = "buyer", .host = "http://buy", .weight = 3, .tasks = tasks, .n_tasks = 3 },
    { .name = "poller", .fixed_count = 2, .tasks = inner, .n_tasks = 1 },
};
static const struct acr_option shop_options[] = {
    { .name = "shop-key", .help = "Key.", .is_secret = true },
    { .name = "shop-mode", .help = "Mode.", .choices = "fast slow", .default_value = "fast" },
};
static const struct acr_stage stages[] = { { .duration_s = 5, .users = 7 } };
static const struct acr_shape shape = { .stages = stages, .n_stages = 1 };
static const struct acr_plugin shop = { .name = "shop",
                                        .user_types = types,
                                        .n_user_types = ACR_LEN(types),
                                        .options = shop_options,
                                        .n_options = ACR_LEN(shop_options),
                                        .shape = &shape };
static const struct acr_option csv_options[] = { { .name = "csv", .help = "Files." } };
static const struct acr_plugin report = { .name = "report",
                                          .options = csv_options,
                                          .n_options = 1 };
static const struct acr_plugin *plugins[] = { &shop, &report };

static struct acri_scenario scenario;
static struct acri_options *options;
static struct acri_keeper keeper;
static struct acri_run_options first;
static const struct acri_plan *plan;
static const struct acri_run_options *run;

static int set_up(void **state)
{
    static char *argv[] = { (char *)"acrida", (char *)"-u4", (char *)"--stages=10s:5",
                            (char *)"--shop-key=s3cret", NULL };
    struct acri_error error;

    (void)state;
    setenv("HOME", "/nonexistent", 1);
    assert_int_equal(chdir("/"), 0);
    scenario = (struct acri_scenario){ .plugins = plugins, .n_plugins = 2 };
    options = acri_options_new();
    assert_int_equal(acri_scenario_add_options(&scenario, options, &error), 0);
    assert_int_equal(acri_options_parse(options, 4, argv, &error), 0);
    acri_keeper_init(&keeper, options, &scenario, false);
    acri_overview_publish(&scenario, options, NULL);
    first = (struct acri_run_options){ .n_threads = 3, .own_signals = true };
    run = &first;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_overview_publish(NULL, NULL, NULL);
    acri_keeper_done(&keeper);
    acri_options_free(options);
    return 0;
}

static int start(const struct acr_start *s, struct acri_error *reterr)
{
    int r = keeper.run.prepare(&keeper, s, run, &plan, &run, reterr);

    if (r == 0)
        keeper.run.settle(&keeper, true);
    return r;
}

#define START(...) \
    start(&(struct acr_start){ .size = sizeof(struct acr_start), __VA_ARGS__ }, &error)

static void user_types_are_changed_beside_what_the_command_line_says(void **state)
{
    static char *argv[] = { (char *)"acrida", (char *)"--config-users",
                            (char *)"{\"user_type_name\": \"buyer\", \"weight\": 5}", NULL };
    const char *const values[] = { "config-users",
                                   "[{\"user_type_name\": \"poller\", \"fixed_count\": 1}]",
                                   "config-users",
                                   "{\"user_type_name\": \"buyer\", \"tasks\": [\"look\"]}" };
    struct acri_error error = { "" };

    (void)state;
    acri_keeper_done(&keeper);
    assert_int_equal(acri_options_parse(options, 3, argv, &error), 0);
    acri_keeper_init(&keeper, options, &scenario, false);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(START(.values = values, .n_values = 2), 0);
        assert_true(plan->types[0].weight == 5);
        assert_int_equal(plan->types[0].tasks->n_tasks, 1);
        assert_int_equal(plan->types[1].fixed_count, 1);
    }
    assert_int_equal(START(.users = 2), 0);
    assert_int_equal(plan->types[0].tasks->n_tasks, 1);
    assert_int_equal(START(.values = values, .n_values = 1), 0);
    assert_int_equal(plan->types[0].tasks->n_tasks, 3);
    assert_true(plan->types[0].weight == 5);
}

static void what_is_left_out_stays_and_what_is_said_stays_too(void **state)
{
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(START(.spawn_rate = 2.5, .host = "http://x"), 0);
    assert_int_equal(run->n_users, 4);
    assert_true(run->spawn_rate == 2.5);
    assert_string_equal(run->host, "http://x");
    assert_non_null(run->shape);
    assert_int_equal(run->n_threads, 3);
    assert_true(run->own_signals);
    assert_int_equal(plan->n_types, 2);
    assert_int_equal(
        START(.users = 9, .run_time_s = 90, .stages = "", .no_shape = true, .user_types = "poller"),
        0);
    assert_int_equal(run->n_users, 9);
    assert_true(run->spawn_rate == 2.5);
    assert_true(run->run_time_s == 90);
    assert_null(run->shape);
    assert_true(run->no_shape);
    assert_string_equal(run->host, "http://x");
    assert_int_equal(plan->n_types, 1);
    assert_int_equal(START(.run_time_s = -1, .user_types = ""), 0);
    assert_true(run->run_time_s == 0);
    assert_false(run->no_shape);
    assert_int_equal(plan->n_types, 2);
}

static void a_run_does_not_outgrow_the_machine(void **state)
{
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(START(.users = 5, .stages = "", .no_shape = true), 0);
    assert_int_equal(keeper.run.grow(&keeper, run, 1, &error), 0);
    assert_true(keeper.run.grow(&keeper, run, 1ull << 40, &error) < 0);
    assert_non_null(strstr(error.text, "run fewer users"));
    assert_int_equal(keeper.run.grow(&keeper, &first, 1ull << 40, &error), 0); /* not known here */
}

/* As forms send what nobody has filled in. */
static void an_empty_text_is_none_where_it_cannot_be_a_value(void **state)
{
    static const char *const given[] = { "iterations", "7", "shop-mode", "slow" };
    static const char *const empty[] = { "iterations", "", "shop-mode", "", "shop-key", "" };
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(START(.values = given, .n_values = 2), 0);
    assert_int_equal(run->n_iterations, 7);
    assert_string_equal(acri_options_string(options, "shop-mode"), "slow");
    assert_int_equal(START(.values = empty, .n_values = 3), 0);
    assert_int_equal(run->n_iterations, 0);
    assert_string_equal(acri_options_string(options, "shop-mode"), "fast");
    assert_string_equal(acri_options_string(options, "shop-key"), "");
}

static void the_latest_word_counts(void **state)
{
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(START(.arrival_rate = 50), 0); /* --stages excludes it, and is older */
    assert_null(run->shape);
    assert_int_equal(START(.stages = "5s:1"), 0);
    assert_true(run->arrival_rate == 0);
    assert_non_null(run->shape);
    assert_int_equal(START(.stages = "5s:1", .arrival_rate = 5), -EINVAL);
    assert_string_equal(error.text,
                        "--stages and --arrival-rate exclude each other: leave one out");
}

static void what_is_refused_changes_nothing(void **state)
{
    const char *const values[] = { "shop-mode", "slow", "max-users", "many" };
    const char *const processes[] = { "threads", "7" };
    const char *const unknown[] = { "shop-mod", "7" };
    const char *const broken[] = { "shop-mode", NULL };
    const char *before = acri_options_string(options, "shop-mode");
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(START(.users = 50, .values = values, .n_values = 2), -EINVAL);
    assert_string_equal(error.text, "--max-users wants a whole number, got 'many'");
    assert_int_equal(START(.values = processes, .n_values = 1), -EINVAL);
    assert_string_equal(error.text,
                        "--threads is the process's: it cannot change from one run to the next");
    assert_int_equal(START(.values = unknown, .n_values = 1), -EINVAL);
    assert_string_equal(error.text, "there is no option shop-mod: did you mean shop-mode?");
    assert_int_equal(START(.values = broken, .n_values = 1), -EINVAL);
    assert_int_equal(START(.user_types = "nobody"), -EINVAL);
    assert_int_equal(START(.spawn_rate = -2), -EINVAL);
    assert_int_equal(START(.spawn_rate = __builtin_nan("")), -EINVAL);
    assert_int_equal(START(.run_time_s = __builtin_inf()), -EINVAL);
    assert_int_equal(acri_options_int(options, "users"), 4);
    assert_ptr_equal(acri_options_string(options, "shop-mode"), before);
    assert_int_equal(acri_options_source_of(options, "users"), ACRI_OPTIONS_COMMAND_LINE);
    /* Not settled by the engine: the same. */
    assert_int_equal(
        keeper.run.prepare(&keeper, &(struct acr_start){ .users = 8 }, run, &plan, &run, &error),
        0);
    keeper.run.settle(&keeper, false);
    assert_int_equal(acri_options_int(options, "users"), 4);
}

static void old_values_stay_readable(void **state)
{
    const char *const values[] = { "shop-mode", "slow" };
    struct acri_error error = { "" };
    const char *before;

    (void)state;
    assert_int_equal(START(.host = "http://before"), 0);
    before = acri_options_string(options, "host");
    for (int i = 0; i < 5; i++)
        assert_int_equal(START(.host = "http://after", .values = values, .n_values = 1), 0);
    assert_string_equal(before, "http://before");
    assert_string_equal(acri_options_string(options, "shop-mode"), "slow");
}

static void options_are_listed_those_of_scenarios_last(void **state)
{
    struct acr_option_info o;
    size_t n = 0;
    size_t n_own = 0;

    (void)state;
    for (; acr_option_at(n, &o); n++) {
        assert_string_not_equal(o.name, "version");
        n_own += !o.is_of_scenario;
        if (strcmp(o.name, "csv") == 0)
            assert_string_equal(o.plugin, "report");
    }
    assert_int_equal(n, n_own + 2);
    assert_true(acr_option_at(n - 2, &o));
    assert_string_equal(o.name, "shop-key");
    assert_string_equal(o.value, "");
    assert_true(o.is_secret && o.is_of_scenario);
    assert_true(acr_option_at(n - 1, &o));
    assert_string_equal(o.value, "fast");
    assert_string_equal(o.choices, "fast slow");
    assert_false(acr_option_at(n, &o));
}

static void user_types_are_listed_with_all_their_tasks(void **state)
{
    static const char *const names[] = { "look", "checkout", "checkout/pay", "checkout/leave",
                                         "again" };
    struct acr_user_type_info t;
    struct acri_error error;

    (void)state;
    assert_int_equal(START(.user_types = "buyer"), 0);
    assert_true(acr_user_type_at(0, &t));
    assert_string_equal(t.name, "buyer");
    assert_string_equal(t.host, "http://buy");
    assert_true(t.weight == 3 && t.is_wanted);
    assert_int_equal(t.n_tasks, ACR_LEN(names));
    for (size_t i = 0; i < ACR_LEN(names); i++)
        assert_string_equal(acr_user_type_task(0, i), names[i]);
    assert_null(acr_user_type_task(0, ACR_LEN(names)));
    assert_true(acr_user_type_at(1, &t));
    assert_int_equal(t.fixed_count, 2);
    assert_false(t.is_wanted);
    assert_false(acr_user_type_at(2, &t));
    assert_null(acr_user_type_task(2, 0));
    assert_true(acr_has_shape());
    assert_non_null(strstr(acr_ratio_json(), "\"per_class\""));
    assert_null(strstr(acr_ratio_json(), "poller"));
}

static void without_a_process_there_is_nothing(void **state)
{
    struct acr_option_info o;
    struct acr_user_type_info t;

    (void)state;
    acri_overview_publish(NULL, NULL, NULL);
    assert_false(acr_option_at(0, &o));
    assert_false(acr_user_type_at(0, &t));
    assert_false(acr_has_shape());
    assert_string_equal(acr_scenario_name(), "");
    assert_string_equal(acr_ratio_json(), "{\"per_class\": {}, \"total\": {}}");
    assert_string_equal(acr_snapshot_state(acr_snapshot_now()), "stopped");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(user_types_are_changed_beside_what_the_command_line_says),
        CASE(what_is_left_out_stays_and_what_is_said_stays_too),
        CASE(a_run_does_not_outgrow_the_machine),
        CASE(an_empty_text_is_none_where_it_cannot_be_a_value),
        CASE(the_latest_word_counts),
        CASE(what_is_refused_changes_nothing),
        CASE(old_values_stay_readable),
        CASE(options_are_listed_those_of_scenarios_last),
        CASE(user_types_are_listed_with_all_their_tasks),
        CASE(without_a_process_there_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
