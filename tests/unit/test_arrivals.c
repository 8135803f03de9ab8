/* SPDX-License-Identifier: MIT */
/* Open load and limited iterations, over whole runs; they end by their number, not by time. */
#include "support/one_run.h"

#define TASKS(array) .tasks = (array), .n_tasks = ACR_LEN(array)

static int report(struct acr_user *u)
{
    acr_report(u, .type = "JOB", .name = "one", .response_time_ms = 1);
    return 0;
}

static int nap(struct acr_user *u)
{
    acr_sleep(u, 0.02);
    return report(u);
}

/* Only for one thread. */
static uint64_t n_started;
static uint64_t n_stopped;

static int start(struct acr_user *u)
{
    (void)u;
    n_started++;
    return 0;
}

static int stop(struct acr_user *u)
{
    (void)u;
    n_stopped++;
    return 0;
}

static const struct acr_task report_tasks[] = { { .name = "report", .run = report } };
static const struct acr_task nap_tasks[] = { { .name = "nap", .run = nap } };

static int run(const struct acr_user_type *type, struct acri_run_options o)
{
    const struct acr_plugin plugin = { .name = "p", .user_types = type, .n_user_types = 1 };

    n_started = n_stopped = 0;
    o.stop_timeout_s = 10;
    return one_run(&plugin, o);
}

static void just_so_many_iterations_are_done_on_any_number_of_threads(void **state)
{
    const struct acr_user_type type = { .name = "u", TASKS(report_tasks) };
    const struct {
        uint64_t n;
        uint64_t users;
        unsigned threads;
    } cases[] = { { 1, 1, 1 },     { 1, 50, 4 },     { 7, 3, 2 },
                  { 5000, 10, 1 }, { 5000, 100, 4 }, { 3, 1, 4 } };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = cases[i].n,
                                                               .n_users = cases[i].users,
                                                               .n_threads = cases[i].threads }),
                         0);
        assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], cases[i].n);
        assert_int_equal(outcome.load[ACR_LOAD_ITERATIONS], cases[i].n);
    }
}

static void a_round_of_sequential_tasks_is_one_iteration(void **state)
{
    static const struct acr_task tasks[] = { { .name = "a", .run = report, .weight = 2 },
                                             { .name = "b", .run = report } };
    const struct acr_user_type type = { .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL };

    (void)state;
    assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = 10, .n_users = 3 }), 0);
    assert_int_equal(outcome.load[ACR_LOAD_ITERATIONS], 10);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 30);
}

static void each_arrival_begins_an_iteration(void **state)
{
    const struct acr_user_type type = { .name = "u", TASKS(report_tasks) };

    (void)state;
    for (unsigned threads = 1; threads <= 4; threads += 3)
        for (int kind = 0; kind <= 1; kind++) {
            assert_int_equal(
                run(&type, (struct acri_run_options){ .n_iterations = 500,
                                                      .arrival_rate = 5000,
                                                      .arrivals = (enum acr_arrivals)kind,
                                                      .n_threads = threads }),
                0);
            assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 500);
            assert_int_equal(outcome.load[ACR_LOAD_ARRIVALS], 500 + outcome.load[ACR_LOAD_DROPPED]);
        }
}

/* Few users, long tasks: what finds all of them busy is dropped, and counted. */
static void when_all_are_busy_arrivals_are_dropped(void **state)
{
    const struct acr_user_type type = { .name = "u", TASKS(nap_tasks), .on_start = start };

    (void)state;
    assert_int_equal(
        run(&type,
            (struct acri_run_options){ .n_iterations = 12, .arrival_rate = 2000, .max_users = 3 }),
        0);
    assert_int_equal(n_started, 3);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 12);
    assert_true(outcome.load[ACR_LOAD_DROPPED] > 0);
    assert_int_equal(outcome.load[ACR_LOAD_ARRIVALS], 12 + outcome.load[ACR_LOAD_DROPPED]);
    assert_int_equal(outcome.load[ACR_LOAD_QUEUED], 0);
}

static void or_they_wait_for_one(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(nap_tasks),
                                        .on_full = ACR_ON_FULL_QUEUE,
                                        .arrival_rate = 2000,
                                        .max_users = 3 };

    (void)state;
    assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = 30 }), 0);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 30);
    assert_int_equal(outcome.load[ACR_LOAD_DROPPED], 0);
    assert_int_equal(outcome.load[ACR_LOAD_ARRIVALS], 30);
    assert_true(outcome.load[ACR_LOAD_QUEUED] >= 20);
    assert_int_equal(outcome.load[ACR_LOAD_QUEUE], 0);
}

static void a_fresh_user_comes_with_each_arrival_and_goes_after_it(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(nap_tasks),
                                        .fresh = true,
                                        .arrival_rate = 2000,
                                        .max_users = 5,
                                        .on_full = ACR_ON_FULL_QUEUE,
                                        .on_start = start,
                                        .on_stop = stop };

    (void)state;
    assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = 40 }), 0);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 40);
    assert_int_equal(n_started, 40);
    assert_int_equal(n_stopped, 40);
}

/* The only user goes while others are still queued: the last of these has not been begun. */
static void what_is_queued_is_done_before_the_end(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(nap_tasks),
                                        .fresh = true,
                                        .arrival_rate = 2000,
                                        .max_users = 1,
                                        .on_full = ACR_ON_FULL_QUEUE,
                                        .on_start = start };

    (void)state;
    assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = 10 }), 0);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 10);
    assert_int_equal(outcome.load[ACR_LOAD_DROPPED], 0);
    assert_int_equal(n_started, 10);
}

static int start_in_vain(struct acr_user *u)
{
    if (n_started++ == 0)
        acr_sleep(u, 0.05);
    return acr_raise(u, "on purpose");
}

static void also_by_users_that_do_not_start(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(nap_tasks),
                                        .arrival_rate = 2000,
                                        .max_users = 1,
                                        .on_full = ACR_ON_FULL_QUEUE,
                                        .on_start = start_in_vain };

    (void)state;
    assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = 10 }), 1);
    assert_int_equal(n_started, 10);
    assert_int_equal(outcome.exceptions, 10);
    assert_int_equal(outcome.load[ACR_LOAD_QUEUE], 0);
}

static int linger(struct acr_user *u, void *arg)
{
    (void)arg;
    return acr_sleep(u, 3600);
}

static int leave_one_behind(struct acr_user *u)
{
    acr_spawn(u, linger, NULL, 0);
    acr_sleep(u, 0.02);
    return report(u);
}

/* It ends only with the run; its place is free before. */
static void also_when_a_user_takes_long_to_end(void **state)
{
    static const struct acr_task tasks[] = { { .name = "leave", .run = leave_one_behind } };
    const struct acr_user_type type = { .name = "u",
                                        TASKS(tasks),
                                        .fresh = true,
                                        .arrival_rate = 2000,
                                        .max_users = 1,
                                        .on_full = ACR_ON_FULL_QUEUE };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    (void)state;
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .n_iterations = 10 }), 0);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 10);
}

static void fewer_users_than_threads_are_enough(void **state)
{
    struct acr_user_type type = {
        .name = "u", TASKS(report_tasks), .arrival_rate = 500, .max_users = 1
    };

    (void)state;
    for (uint32_t kind = 0; kind <= 1; kind++) {
        type.arrivals = kind;
        type.on_full = ACR_ON_FULL_QUEUE;
        assert_int_equal(
            run(&type, (struct acri_run_options){ .n_iterations = 20, .n_threads = 3 }), 0);
        assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 20);
        assert_int_equal(outcome.load[ACR_LOAD_ARRIVALS], 20);
        assert_int_equal(outcome.load[ACR_LOAD_DROPPED], 0);
    }
}

static void users_in_advance_are_idle_until_they_are_needed(void **state)
{
    const struct acr_user_type type = { .name = "u", TASKS(report_tasks), .on_start = start };

    (void)state;
    assert_int_equal(run(&type, (struct acri_run_options){ .n_iterations = 100,
                                                           .arrival_rate = 5000,
                                                           .n_users = 20,
                                                           .has_users = true }),
                     0);
    assert_true(n_started >= 20);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(just_so_many_iterations_are_done_on_any_number_of_threads),
        cmocka_unit_test(a_round_of_sequential_tasks_is_one_iteration),
        cmocka_unit_test(each_arrival_begins_an_iteration),
        cmocka_unit_test(when_all_are_busy_arrivals_are_dropped),
        cmocka_unit_test(or_they_wait_for_one),
        cmocka_unit_test(a_fresh_user_comes_with_each_arrival_and_goes_after_it),
        cmocka_unit_test(what_is_queued_is_done_before_the_end),
        cmocka_unit_test(also_by_users_that_do_not_start),
        cmocka_unit_test(also_when_a_user_takes_long_to_end),
        cmocka_unit_test(fewer_users_than_threads_are_enough),
        cmocka_unit_test(users_in_advance_are_idle_until_they_are_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
