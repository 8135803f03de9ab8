/* SPDX-License-Identifier: MIT */
/* A whole run without network: users that report by hand, hooks that note what they are told. */
#include "support/unit.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/runner.h"

#include <acrida/report.h>

#include <errno.h>
#include <string.h>

enum { TASKS_PER_USER = 20, USERS = 300 };

struct state {
    int n_tasks;
    int n_started;
};

static struct {
    char hooks[256];
    uint64_t requests;
    uint64_t failures;
    uint64_t started;
    uint64_t succeeded;
    uint64_t in_flight;
    uint64_t cancelled;
    uint64_t exceptions;
    uint64_t exception_count;
    uint64_t n_ticks;
    uint64_t over_ns; /* from before the run to its end */
    char message[128];
    char error_task[64];
    size_t n_entries;
    double median_lateness_ms;
} seen;

static void note(const char *word)
{
    strncat(seen.hooks, word, sizeof(seen.hooks) - strlen(seen.hooks) - 1);
    strncat(seen.hooks, " ", sizeof(seen.hooks) - strlen(seen.hooks) - 1);
}

static int on_init(struct acr_user *u)
{
    note("init");
    assert_string_equal(acr_type_name(u), "service");
    /* What a hook reports is not counted, and a hook may yield. */
    acr_report(u, .type = "x", .name = "from a hook");
    return acr_sleep(u, 0.001);
}

static int on_test_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)u;
    note("test_start");
    assert_int_equal(e->n_users, 0);
    return 0;
}

static int on_spawned(struct acr_user *u, const struct acr_test_event *e)
{
    (void)u;
    note("spawning_complete");
    assert_int_equal(e->target_users, USERS);
    assert_in_range(e->n_users, 0, USERS); /* loops that are slow to tell are not waited for */
    return 0;
}

static int on_tick(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    (void)s;
    seen.n_ticks++;
    return 0;
}

static int on_user_error(struct acr_user *u, const struct acr_error_event *e)
{
    (void)u;
    seen.exception_count += e->count;
    if (seen.exception_count == USERS)
        acr_stop_run();
    acr_copy(seen.message, sizeof(seen.message), e->message);
    acr_copy(seen.error_task, sizeof(seen.error_task), e->task);
    return 0;
}

static int on_stopping(struct acr_user *u, const struct acr_test_event *e)
{
    (void)u;
    (void)e;
    note("test_stopping");
    return 0;
}

static int on_stop_hook(struct acr_user *u, const struct acr_snapshot *s)
{
    const struct acr_entry *total = acr_snapshot_total(s);

    (void)u;
    note("test_stop");
    seen.requests = acr_entry_count(total, ACR_REQUESTS);
    seen.failures = acr_entry_count(total, ACR_FAILURES);
    seen.started = acr_snapshot_ledger(s, ACR_LEDGER_STARTED);
    seen.succeeded = acr_snapshot_ledger(s, ACR_LEDGER_SUCCEEDED);
    seen.in_flight = acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT);
    seen.cancelled = acr_snapshot_ledger(s, ACR_LEDGER_CANCELLED);
    seen.exceptions = acr_snapshot_n_exceptions(s);
    seen.n_entries = acr_snapshot_n_entries(s);
    seen.median_lateness_ms = acr_entry_quantile_ms(total, ACR_LATENESS, ACR_TOTAL, 0.5);
    return 0;
}

static int on_quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)u;
    (void)e;
    note("quitting");
    return 0;
}

static const struct acr_hooks hooks = {
    .init = on_init,
    .test_start = on_test_start,
    .spawning_complete = on_spawned,
    .tick = on_tick,
    .user_error = on_user_error,
    .test_stopping = on_stopping,
    .test_stop = on_stop_hook,
    .quitting = on_quitting,
};

/* Each user reports a fixed number of samples, one in ten failed, and stops itself. */
static int report_one(struct acr_user *u)
{
    struct state *me = acr_state(u);

    me->n_tasks++;
    acr_report(u, .type = "JOB", .name = acr_fmt(u, "part %d", me->n_tasks % 2),
               .response_time_ms = 1.5, .error = me->n_tasks % 10 == 0 ? "tenth" : NULL);
    return me->n_tasks == TASKS_PER_USER ? ACR_STOP_USER : 0;
}

static const struct acr_task report_tasks[] = { { .name = "report", .run = report_one } };

static int run(const struct acr_user_type *type, unsigned n_threads, double run_time_s,
               double stop_timeout_s)
{
    const struct acr_plugin plugin = {
        .name = "test", .user_types = type, .n_user_types = 1, .hooks = &hooks
    };
    const struct acr_plugin *plugins[] = { &plugin };
    const struct acri_run_listener listener = { .arg = NULL };
    const struct acri_run_options options = { .host = "",
                                              .n_users = USERS,
                                              .spawn_rate = 100000,
                                              .run_time_s = run_time_s,
                                              .stop_timeout_s = stop_timeout_s,
                                              .on_stop_timeout_s = 10,
                                              .n_threads = n_threads,
                                              .exit_code_on_error = 1 };
    struct acri_run_result result = { 0 };
    struct acri_error error = { "" };
    struct acri_plan plan;

    memset(&seen, 0, sizeof(seen));
    assert_int_equal(acri_plan_init(&plan, plugins, 1, NULL, &error), 0);
    seen.over_ns = acri_clock_now_ns();
    assert_int_equal(acri_runner_run(&plan, &options, &listener, &result, &error), 0);
    seen.over_ns = acri_clock_now_ns() - seen.over_ns;
    assert_false(result.must_exit);
    acri_plan_done(&plan);
    assert_int_equal(seen.started, seen.succeeded + seen.failures + seen.cancelled);
    assert_int_equal(seen.in_flight, 0);
    return result.exit_code;
}

static void every_sample_is_counted_once_on_any_number_of_threads(void **state)
{
    const struct acr_user_type type = {
        .name = "worker", .state_size = sizeof(struct state), .tasks = report_tasks, .n_tasks = 1
    };

    (void)state;
    for (unsigned n_threads = 1; n_threads <= 4; n_threads += 3) {
        assert_int_equal(run(&type, n_threads, 0, 0), 1); /* there were failures */
        assert_int_equal(seen.requests, USERS * TASKS_PER_USER);
        assert_int_equal(seen.failures, USERS * TASKS_PER_USER / 10);
        assert_int_equal(seen.n_entries, 2); /* and none from a hook */
        assert_string_equal(seen.hooks, "init test_start spawning_complete test_stopping test_stop "
                                        "quitting ");
        /* It was over when the last user was, and did not wait for the end of a second. */
        assert_true(seen.n_ticks == 0 || seen.over_ns > ACRI_NS_PER_S);
    }
}

static _Atomic unsigned n_begun;

/* The last one ends the test: all have begun by then. */
static int sleep_long(struct acr_user *u)
{
    acr_report(u, .name = "about to sleep");
    if (++n_begun == USERS)
        return ACR_STOP_TEST;
    acr_sleep(u, 3600);
    return 0;
}

static int report_stop(struct acr_user *u)
{
    /* on_stop runs uncancelled: it may still wait. */
    if (acr_sleep(u, 0.001) == 0)
        acr_report(u, .name = "stopped");
    return 0;
}

static const struct acr_task sleep_tasks[] = { { .name = "sleep", .run = sleep_long } };

static void users_in_a_task_are_cancelled_and_still_run_on_stop(void **state)
{
    const struct acr_user_type type = {
        .name = "sleeper", .on_stop = report_stop, .tasks = sleep_tasks, .n_tasks = 1
    };

    (void)state;
    n_begun = 0;
    assert_int_equal(run(&type, 2, 3600, 0), 0);
    assert_int_equal(seen.requests, 2 * USERS);
}

static int report_and_wait(struct acr_user *u)
{
    acr_report(u, .name = "about to wait");
    return ++n_begun == USERS ? ACR_STOP_TEST : 0;
}

static const struct acr_task waiting_tasks[] = { { .name = "report", .run = report_and_wait } };

static void waiting_users_end_at_once_even_with_a_stop_timeout(void **state)
{
    const struct acr_user_type type = { .name = "waiter",
                                        .wait = ACR_CONSTANT(3600),
                                        .on_stop = report_stop,
                                        .tasks = waiting_tasks,
                                        .n_tasks = 1 };

    (void)state;
    n_begun = 0;
    assert_int_equal(run(&type, 2, 3600, 60), 0);
    assert_int_equal(seen.requests, 2 * USERS);
}

static int fail_to_start(struct acr_user *u)
{
    if (acr_number(u) % 3 == 0)
        return acr_raise(u, "no token for you");
    return ACR_STOP_USER;
}

static void an_exception_in_on_start_ends_that_user_and_no_user_ends_the_run(void **state)
{
    const struct acr_user_type type = { .name = "starter",
                                        .on_start = fail_to_start,
                                        .tasks = report_tasks,
                                        .n_tasks = 1,
                                        .state_size = sizeof(struct state) };

    (void)state;
    assert_int_equal(run(&type, 2, 0, 0), 1);
    assert_int_equal(seen.requests, 0);
    assert_int_equal(seen.exception_count, USERS / 3);
    assert_int_equal(seen.exceptions, 1);
    assert_string_equal(seen.message, "no token for you");
    assert_string_equal(seen.error_task, "on_start");
}

static int never_give_up(struct acr_user *u)
{
    /* Calls that answer as cancelled must not turn this into an endless loop. */
    for (;;)
        acr_sleep(u, 3600);
    return 0;
}

static const struct acr_task endless_tasks[] = { { .name = "endless", .run = never_give_up } };

static void a_task_that_ignores_being_cancelled_is_parked(void **state)
{
    const struct acr_user_type type = { .name = "stubborn", .tasks = endless_tasks, .n_tasks = 1 };

    (void)state;
    assert_int_equal(run(&type, 2, 0.1, 0), 0);
}

static int stop_the_test(struct acr_user *u)
{
    return acr_number(u) == 7 ? ACR_STOP_TEST : 0;
}

static const struct acr_task stopping_tasks[] = { { .name = "stop", .run = stop_the_test } };

static void a_task_can_stop_the_test(void **state)
{
    const struct acr_user_type type = {
        .name = "stopper", .wait = ACR_CONSTANT(0.01), .tasks = stopping_tasks, .n_tasks = 1
    };

    (void)state;
    assert_int_equal(run(&type, 2, 3600, 0), 0);
}

static int use_everything(struct acr_user *u)
{
    struct state *me = acr_state(u);
    size_t mark = acr_mark(u);
    const struct acr_json *json;
    char deep[2000];
    static const char text[] =
        "{\"a\": [1, {\"b\": \"x\"}], \"n\": 2.5, \"t\": true, \"s\": \"12\"}";

    assert_int_equal(me->n_started, 1);
    assert_int_equal((uintptr_t)me % 16, 0);
    for (int i = 0; i < 100; i++) {
        int64_t x = acr_random_int(u, -3, 3);
        double d = acr_random_double(u, 2, 4);

        assert_true(x >= -3 && x <= 3);
        assert_true(d >= 2 && d < 4);
    }
    assert_int_equal(acr_random_int(u, 5, 2), 5);
    assert_int_equal(strlen(acr_random_string(u, 10)), 10);
    assert_int_equal(strlen(acr_random_uuid(u)), 36);
    assert_int_equal(acr_random_uuid(u)[14], '4');
    assert_string_equal(acr_fmt(u, "%d %s", 7, "x"), "7 x");
    assert_int_equal(strlen(acr_fmt(u, "%500d", 7)), 500);
    acr_rewind(u, mark);
    assert_int_equal(acr_mark(u), mark);
    json = acr_json_parse(u, text, strlen(text));
    assert_string_equal(acr_json_error(json), "");
    assert_string_equal(acr_value_string(json, "a[1].b"), "x");
    assert_string_equal(acr_value_string(json, "a[7].b"), "");
    assert_string_equal(acr_value_string(json, "a"), "[1,{\"b\":\"x\"}]");
    assert_string_equal(acr_value_string(json, "a[x"), "");
    assert_int_equal(acr_value_int(json, "a[0]", 9), 1);
    assert_int_equal(acr_value_int(json, "s", 9), 12);
    assert_int_equal(acr_value_int(json, "none", 9), 9);
    assert_true(acr_value_number(json, "n", 0) > 2.4);
    assert_true(acr_value_bool(json, "t", false));
    assert_int_equal(acr_value_count(json, "a"), 2);
    assert_true(acr_value_exists(json, "n"));
    assert_false(acr_value_exists(json, "n.m"));
    assert_string_not_equal(acr_json_error(acr_json_parse(u, "{", 1)), "");
    assert_string_equal(acr_json_quote(u, "a\"\n"), "\"a\\\"\\u000a\"");
    memset(deep, '[', sizeof(deep));
    assert_string_equal(acr_json_error(acr_json_parse(u, deep, sizeof(deep))),
                        "nested more than 64 deep");
    assert_true(acr_user_time(u) >= 0);
    assert_string_equal(acr_env("ACRIDA_NOT_SET_ANYWHERE", "d"), "d");
    return ACR_STOP_USER;
}

static int raise_and_rewind(struct acr_user *u)
{
    size_t mark = acr_mark(u);
    int r = acr_raise(u, "kept after %s", "a rewind");

    acr_rewind(u, mark);
    memset(acr_alloc(u, 4000), 'x', 4000);
    return r;
}

static const struct acr_task raising_tasks[] = { { .name = "raise", .run = raise_and_rewind } };

static void an_exception_survives_a_rewind(void **state)
{
    const struct acr_user_type type = {
        .name = "raiser", .wait = ACR_CONSTANT(3600), .tasks = raising_tasks, .n_tasks = 1
    };

    (void)state;
    assert_int_equal(run(&type, 1, 3600, 0), 1);
    assert_int_equal(seen.exception_count, USERS);
    assert_string_equal(seen.message, "kept after a rewind");
}

static int hooks_nap;

static int nap(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    hooks_nap++;
    return acr_sleep(u, 1e12) == 0 ? 0 : -1; /* as good as for ever: cut short by the stop */
}

static int stop_soon(struct acr_user *u)
{
    (void)u;
    acr_stop_run();
    return 0;
}

static void a_stop_cuts_a_waiting_hook_short(void **state)
{
    const struct acr_hooks napping = { .init = stop_soon, .test_start = nap };
    const struct acr_user_type type = {
        .name = "idle", .tasks = report_tasks, .n_tasks = 1, .state_size = sizeof(struct state)
    };
    const struct acr_plugin plugin = {
        .name = "nap", .user_types = &type, .n_user_types = 1, .hooks = &napping
    };
    const struct acr_plugin *plugins[] = { &plugin };
    const struct acri_run_listener listener = { .arg = NULL };
    const struct acri_run_options options = {
        .host = "", .n_users = 1, .spawn_rate = 1, .n_threads = 1, .exit_code_on_error = 1
    };
    struct acri_run_result result = { 0 };
    struct acri_error error = { "" };
    struct acri_plan plan;

    (void)state;
    assert_int_equal(acri_plan_init(&plan, plugins, 1, NULL, &error), 0);
    assert_int_equal(acri_runner_run(&plan, &options, &listener, &result, &error), 0);
    assert_int_equal(result.exit_code, 1);
    assert_int_equal(hooks_nap, 1);
    acri_plan_done(&plan);
}

static int note_started(struct acr_user *u)
{
    struct state *me = acr_state(u);

    me->n_started++;
    memset(acr_keep(u, 100), 1, 100);
    return 0;
}

static const struct acr_task sdk_tasks[] = { { .name = "everything", .run = use_everything } };

static void the_calls_of_the_sdk_do_what_they_say(void **state)
{
    const struct acr_user_type type = { .name = "caller",
                                        .state_size = sizeof(struct state),
                                        .on_start = note_started,
                                        .tasks = sdk_tasks,
                                        .n_tasks = 1 };

    (void)state;
    assert_int_equal(run(&type, 1, 0, 0), 0);
}

static uint64_t longest_sleep_ns;

static int sleep_then_report(struct acr_user *u)
{
    uint64_t began_ns = acri_clock_now_ns();
    uint64_t slept_ns;

    acr_sleep(u, 0.3);
    slept_ns = acri_clock_now_ns() - began_ns;
    if (slept_ns > longest_sleep_ns)
        longest_sleep_ns = slept_ns;
    acr_report(u, .name = "after a sleep", .response_time_ms = 1);
    return ACR_STOP_USER;
}

static const struct acr_task sleeping_tasks[] = { { .name = "sleep", .run = sleep_then_report } };

static void a_sleep_of_the_scenario_is_not_lateness(void **state)
{
    const struct acr_user_type type = { .name = "sleeper", .tasks = sleeping_tasks, .n_tasks = 1 };

    (void)state;
    assert_int_equal(run(&type, 1, 0, 0), 0);
    assert_int_equal(seen.requests, USERS);
    /* Late wake-ups are fine, the 300 ms are not. */
    assert_true(seen.median_lateness_ms < (double)longest_sleep_ns / 1e6 - 50);
}

static uint64_t first_values[2][USERS];
static int n_round;

static int draw(struct acr_user *u)
{
    first_values[n_round][acr_number(u)] = (uint64_t)acr_random_int(u, 0, INT64_MAX);
    return ACR_STOP_USER;
}

static const struct acr_task draw_tasks[] = { { .name = "draw", .run = draw } };

static void a_user_draws_the_same_values_whatever_the_number_of_threads(void **state)
{
    const struct acr_user_type type = { .name = "drawer", .tasks = draw_tasks, .n_tasks = 1 };

    (void)state;
    n_round = 0;
    run(&type, 1, 0, 0);
    n_round = 1;
    run(&type, 4, 0, 0);
    assert_memory_equal(first_values[0], first_values[1], sizeof(first_values[0]));
    assert_true(first_values[0][0] != first_values[0][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_counted_once_on_any_number_of_threads),
        cmocka_unit_test(users_in_a_task_are_cancelled_and_still_run_on_stop),
        cmocka_unit_test(waiting_users_end_at_once_even_with_a_stop_timeout),
        cmocka_unit_test(an_exception_in_on_start_ends_that_user_and_no_user_ends_the_run),
        cmocka_unit_test(a_task_that_ignores_being_cancelled_is_parked),
        cmocka_unit_test(a_task_can_stop_the_test),
        cmocka_unit_test(the_calls_of_the_sdk_do_what_they_say),
        cmocka_unit_test(an_exception_survives_a_rewind),
        cmocka_unit_test(a_stop_cuts_a_waiting_hook_short),
        cmocka_unit_test(a_sleep_of_the_scenario_is_not_lateness),
        cmocka_unit_test(a_user_draws_the_same_values_whatever_the_number_of_threads),
    };

    acri_log_set_level(ACRI_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
