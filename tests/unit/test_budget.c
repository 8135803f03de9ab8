/* SPDX-License-Identifier: MIT */
/* --iterations: just so many are done, whoever comes and goes, and the run ends with the last one.
 */
#include "support/one_run.h"

#include "support/user.h"

#include "engine/budget.h"

#define TASKS(array) .tasks = (array), .n_tasks = ACR_LEN(array)

static const unsigned threads[] = { 1, 2, 4 };

static int run(const struct acr_user_type *types, size_t n_types, struct acri_run_options o)
{
    const struct acr_plugin plugin = { .name = "p", .user_types = types, .n_user_types = n_types };

    return one_run(&plugin, o);
}

static void expect_done(uint64_t n)
{
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], n);
    assert_int_equal(outcome.load[ACR_LOAD_ITERATIONS], n);
}

static int report(struct acr_user *u)
{
    acr_report(u, .type = "JOB", .name = "one", .response_time_ms = 1);
    return 0;
}

static const struct acr_task report_tasks[] = { { .name = "report", .run = report } };

/* The last user of all stays. */
static uint64_t n_users;

static int report_and_leave(struct acr_user *u)
{
    report(u);
    return acr_number(u) + 1 < n_users ? ACR_STOP_USER : 0;
}

static const struct acr_task leaving_tasks[] = { { .name = "leave", .run = report_and_leave } };

static void what_users_leave_is_done_by_those_who_stay(void **state)
{
    static const uint64_t users[] = { 2, 4, 9 };
    const struct acr_stage stage = { .duration_s = 3600, .spawn_rate = 100000 };
    const struct acr_user_type type = { .name = "u", TASKS(leaving_tasks) };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(threads) * ACR_LEN(users) * 2; i++) {
        struct acr_stage stages[] = { stage };
        const struct acr_shape shape = { .stages = stages, .n_stages = 1 };

        n_users = stages[0].users = users[i / 2 % ACR_LEN(users)];
        assert_int_equal(run(&type, 1,
                             (struct acri_run_options){
                                 .n_iterations = 200,
                                 .n_users = n_users,
                                 .n_threads = threads[i / 2 / ACR_LEN(users)],
                                 .shape = i % 2 == 0 ? &shape : NULL,
                             }),
                         0);
        expect_done(200);
    }
}

static void when_all_have_gone_the_run_is_over(void **state)
{
    const struct acr_user_type type = { .name = "u", TASKS(leaving_tasks) };

    (void)state;
    n_users = UINT64_MAX;
    for (size_t i = 0; i < ACR_LEN(threads); i++) {
        assert_int_equal(run(&type, 1,
                             (struct acri_run_options){
                                 .n_iterations = 200, .n_users = 10, .n_threads = threads[i] }),
                         0);
        expect_done(10);
    }
}

static int nap(struct acr_user *u)
{
    acr_sleep(u, 0.0001);
    return report(u);
}

static const struct acr_task nap_tasks[] = { { .name = "nap", .run = nap } };

static void users_that_are_taken_away_lose_none(void **state)
{
    static const struct acr_stage stages[] = {
        { .duration_s = 0.05, .users = 40, .spawn_rate = 100000 },
        { .duration_s = 0.05, .users = 3, .spawn_rate = 100000 },
        { .duration_s = 0.05, .users = 20, .spawn_rate = 100000 },
        { .duration_s = 3600, .users = 1, .spawn_rate = 100000 },
    };
    const struct acr_shape shape = { .stages = stages, .n_stages = ACR_LEN(stages) };
    const struct acr_user_type type = { .name = "u", TASKS(nap_tasks) };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(threads); i++) {
        assert_int_equal(run(&type, 1,
                             (struct acri_run_options){ .n_iterations = 5000,
                                                        .n_threads = threads[i],
                                                        .shape = &shape,
                                                        .stop_timeout_s = 10 }),
                         0);
        expect_done(5000);
    }
}

/* The last iterations lie with a user that thinks for an hour, or with one that has none to do. */
static void the_run_ends_with_the_last_one(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(report_tasks),
                                        .wait = ACR_CONSTANT(3600) };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(threads); i++)
        for (uint64_t n = 1; n <= 50; n += 7) {
            assert_int_equal(run(&type, 1,
                                 (struct acri_run_options){
                                     .n_iterations = n, .n_users = 50, .n_threads = threads[i] }),
                             0);
            expect_done(n);
        }
}

static double wait_of(struct acr_user *u)
{
    return acr_number(u) == 0 ? 3600 : 0;
}

static void who_thinks_long_keeps_none_back(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(report_tasks),
                                        .wait = ACR_WAIT_TIME(wait_of) };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(threads); i++) {
        assert_int_equal(run(&type, 1,
                             (struct acri_run_options){
                                 .n_iterations = 5000, .n_users = 4, .n_threads = threads[i] }),
                         0);
        expect_done(5000);
    }
}

static int start_for_ever(struct acr_user *u)
{
    return acr_number(u) > 0 ? acr_sleep(u, 3600) : 0;
}

static void who_has_not_started_is_not_waited_for(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(report_tasks),
                                        .on_start = start_for_ever };

    (void)state;
    assert_int_equal(
        run(&type, 1,
            (struct acri_run_options){ .n_iterations = 100, .n_users = 5, .n_threads = 2 }),
        0);
    expect_done(100);
}

static int stay_for_ever(struct acr_user *u, void *arg)
{
    (void)arg;
    while (acr_sleep(u, 0.01) == 0)
        ;
    return 0;
}

static int spawn_one(struct acr_user *u)
{
    return acr_spawn(u, stay_for_ever, NULL, 0) != NULL ? 0 : ACR_RAISED;
}

static void nor_is_what_users_have_left_running(void **state)
{
    const struct acr_user_type type = { .name = "u", TASKS(report_tasks), .on_start = spawn_one };

    (void)state;
    for (int is_patient = 0; is_patient <= 1; is_patient++) {
        assert_int_equal(run(&type, 1,
                             (struct acri_run_options){ .n_iterations = 100,
                                                        .n_users = 5,
                                                        .n_threads = 2,
                                                        .stop_timeout_s = is_patient * 0.05 }),
                         0);
        expect_done(100);
    }
}

static int stop_for_ever(struct acr_user *u)
{
    acr_sleep(u, 3600);
    return 0;
}

static void on_stop_has_its_time_and_no_more(void **state)
{
    const struct acr_user_type type = { .name = "u",
                                        TASKS(report_tasks),
                                        .on_stop = stop_for_ever };

    (void)state;
    assert_int_equal(
        run(&type, 1,
            (struct acri_run_options){
                .n_iterations = 100, .n_users = 5, .n_threads = 2, .on_stop_timeout_s = 0.05 }),
        0);
    expect_done(100);
}

static void arrivals_and_looping_users_share_them(void **state)
{
    struct acr_user_type types[] = {
        { .name = "open", TASKS(report_tasks), .arrival_rate = 5000 },
        { .name = "looping", TASKS(nap_tasks), .wait = ACR_CONSTANT(0.002) },
    };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(threads) * 4; i++) {
        types[0].arrivals = i % 2;
        types[0].max_users = i % 4 < 2 ? 1 : 0;
        types[0].on_full = ACR_ON_FULL_QUEUE;
        assert_int_equal(run(types, 2,
                             (struct acri_run_options){
                                 .n_iterations = 500, .n_users = 3, .n_threads = threads[i / 4] }),
                         0);
        expect_done(500);
    }
}

static void what_was_not_begun_goes_back(void **state)
{
    struct user_home home;
    struct acr_user *u;

    (void)state;
    user_home_init(&home);
    home.run.n_iterations = 10;
    home.users.n_granted = 5;
    home.users.n_dealt = 3;
    u = user_new(&home, NULL);
    u->iteration = ACRI_ITERATION_DEALT;
    acri_budget_note_end(u);
    assert_int_equal(home.users.n_granted, 6);
    assert_int_equal(home.users.n_dealt, 2);
    assert_int_equal(home.users.n_done, 0);
    acri_budget_note_end(u); /* it has none any more */
    assert_int_equal(home.users.n_granted, 6);
    u->iteration = ACRI_ITERATION_BEGUN;
    acri_budget_note_end(u);
    assert_int_equal(home.users.n_granted, 6);
    assert_int_equal(home.users.n_done, 1);
    /* An arrival's user that does not start; one that is told to end meanwhile. */
    u->phase = ACRI_USER_STARTING;
    u->iteration = ACRI_ITERATION_DEALT;
    acri_budget_note_end(u);
    assert_int_equal(home.users.n_done, 2);
    home.users.n_dealt = 1;
    u->was_told_to_end = true;
    u->iteration = ACRI_ITERATION_DEALT;
    acri_budget_note_end(u);
    assert_int_equal(home.users.n_granted, 7);
    user_free(u);
    user_home_done(&home);
}

static void blocks_are_small_and_end_at_nothing(void **state)
{
    (void)state;
    assert_int_equal(acri_budget_block(0, 4), 0);
    assert_int_equal(acri_budget_block(1, 4), 1);
    assert_int_equal(acri_budget_block(160, 4), 10);
    assert_int_equal(acri_budget_block(1u << 20, 4), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_users_leave_is_done_by_those_who_stay),
        cmocka_unit_test(when_all_have_gone_the_run_is_over),
        cmocka_unit_test(users_that_are_taken_away_lose_none),
        cmocka_unit_test(the_run_ends_with_the_last_one),
        cmocka_unit_test(who_thinks_long_keeps_none_back),
        cmocka_unit_test(who_has_not_started_is_not_waited_for),
        cmocka_unit_test(nor_is_what_users_have_left_running),
        cmocka_unit_test(on_stop_has_its_time_and_no_more),
        cmocka_unit_test(arrivals_and_looping_users_share_them),
        cmocka_unit_test(what_was_not_begun_goes_back),
        cmocka_unit_test(blocks_are_small_and_end_at_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
