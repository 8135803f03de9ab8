/* SPDX-License-Identifier: MIT */
#include "support/one_run.h"

#include "engine/user.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define TASKS(array) .tasks = (array), .n_tasks = ACR_LEN(array)

static int seen[8];

static int run(int (*task)(struct acr_user *u), double stop_timeout_s)
{
    const struct acr_task tasks[] = { { .name = "task", .run = task } };
    const struct acr_user_type type = { .name = "u", TASKS(tasks), .state_size = sizeof(int) };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    memset(seen, 0, sizeof(seen));
    return one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = stop_timeout_s });
}

/* The argument is a copy; memory, state and samples work as in a task. */
static int twice(struct acr_user *u, void *arg)
{
    int *n = arg;
    int *mine = acr_alloc(u, sizeof(*mine));

    if (acr_sleep(u, 0.001 * *n) < 0)
        return -ECANCELED;
    *mine = *n * 10; /* no acr_outcome */
    *(int *)acr_state(u) += *mine;
    acr_report(u, .type = "JOB", .name = "twice", .response_time_ms = 1);
    return *mine;
}

static int spawn_and_join(struct acr_user *u)
{
    struct acr_spawned *s[5];

    for (int i = 0; i < 5; i++) {
        int n = 5 - i;

        s[i] = acr_spawn(u, twice, &n, sizeof(n));
        n = 99;
    }
    for (int i = 0; i < 5; i++)
        assert_int_equal(acr_join(u, s[i], 0), 10 * (5 - i));
    assert_int_equal(acr_join(u, s[0], 0), 50); /* again */
    assert_int_equal(acr_join(u, NULL, 0), -EINVAL);
    assert_int_equal(*(int *)acr_state(u), 150);
    return ACR_STOP_USER;
}

static void results_come_back_by_join(void **state)
{
    (void)state;
    assert_int_equal(run(spawn_and_join, 1), 0);
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 5);
    assert_int_equal(outcome.load[ACR_LOAD_SPAWNED], 0);
}

static int give(struct acr_user *u, void *arg)
{
    (void)u;
    return *(int *)arg;
}

static int join_all(struct acr_user *u)
{
    for (int i = -3; i <= 3; i++)
        acr_spawn(u, give, &i, sizeof(i));
    assert_true(acr_join_all(u) < 0);
    return ACR_STOP_USER;
}

static void a_negative_result_is_an_exception_and_tells_join_all(void **state)
{
    (void)state;
    assert_int_equal(run(join_all, 1), 1);
    assert_int_equal(outcome.exceptions, 3);
}

static int forever(struct acr_user *u, void *arg)
{
    int r = acr_sleep(u, 3600);

    (void)arg;
    assert_true(acr_is_cancelled(u));
    seen[0]++;
    seen[1] = r;
    return 0;
}

static int leave_behind(struct acr_user *u)
{
    struct acr_spawned *s = acr_spawn(u, forever, NULL, 0);

    acr_spawn(u, forever, NULL, 0);
    assert_int_equal(acr_join(u, s, 0.001), -ETIMEDOUT);
    return ACR_STOP_USER;
}

static void they_end_with_their_user(void **state)
{
    (void)state;
    assert_int_equal(run(leave_behind, 1), 0);
    assert_int_equal(seen[0], 2);
    assert_int_equal(seen[1], -ECANCELED);
}

static int finish_later(struct acr_user *u, void *arg)
{
    (void)arg;
    seen[2] = acr_sleep(u, 0.05);
    acr_report(u, .type = "JOB", .name = "later", .response_time_ms = 1);
    return 0;
}

static int stop_while_it_runs(struct acr_user *u)
{
    acr_spawn(u, finish_later, NULL, 0);
    return ACR_STOP_TEST;
}

static int end_the_test(struct acr_user *u)
{
    acr_spawn(u, finish_later, NULL, 0);
    acr_sleep(u, 0.01);
    acr_spawn(u, give, &(int){ ACR_STOP_TEST }, sizeof(int));
    return 0;
}

static void an_outcome_of_theirs_is_one_of_the_user(void **state)
{
    (void)state;
    assert_int_equal(run(stop_while_it_runs, 10), 0);
    assert_int_equal(seen[2], -ECANCELED); /* the user ended itself */
    assert_int_equal(run(end_the_test, 10), 0);
}

static int too_many(struct acr_user *u)
{
    int n = 0;

    while (acr_spawn(u, forever, NULL, 0) != NULL)
        n++;
    assert_int_equal(n, 1000);
    return ACR_STOP_USER;
}

static void there_is_a_limit(void **state)
{
    (void)state;
    assert_int_equal(run(too_many, 1), 1);
    assert_int_equal(outcome.exceptions, 1);
    assert_int_equal(seen[0], 1000);
}

static int draw(struct acr_user *u, void *arg)
{
    (void)arg;
    return (int)acr_random_int(u, 0, 1 << 30);
}

static int draw_two(struct acr_user *u)
{
    struct acr_spawned *one = acr_spawn(u, draw, NULL, 0);
    struct acr_spawned *two = acr_spawn(u, draw, NULL, 0);

    seen[3] = acr_join(u, one, 0);
    seen[4] = acr_join(u, two, 0);
    return ACR_STOP_USER;
}

static void each_has_its_own_random_values_the_same_in_each_run(void **state)
{
    int first[2];

    (void)state;
    assert_int_equal(run(draw_two, 1), 0);
    first[0] = seen[3];
    first[1] = seen[4];
    assert_int_not_equal(first[0], first[1]);
    assert_int_equal(run(draw_two, 1), 0);
    assert_int_equal(first[0], seen[3]);
    assert_int_equal(first[1], seen[4]);
}

static int never_ends(struct acr_user *u, void *arg)
{
    (void)arg;
    for (;;)
        acr_sleep(u, 1);
    return 0;
}

static int park_one(struct acr_user *u)
{
    acr_keep(u, 100);
    acr_spawn(u, never_ends, NULL, 0);
    return ACR_STOP_USER;
}

static void one_that_never_ends_is_parked_and_counted(void **state)
{
    (void)state;
    assert_int_equal(run(park_one, 1), 0);
    assert_int_equal(outcome.load[ACR_LOAD_PARKED], 1);
}

static int say_stop(struct acr_user *u)
{
    seen[7] += acr_sleep(u, 0.001) == 0;
    return 0;
}

static void its_user_still_stops(void **state)
{
    static const struct acr_task steps[] = { { .name = "park", .run = park_one } };
    const struct acr_task_set set = { TASKS(steps), .on_stop = say_stop };
    const struct acr_task tasks[] = { { .name = "set", .set = &set } };
    const struct acr_user_type type = { .name = "u", TASKS(tasks), .on_stop = say_stop };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    (void)state;
    memset(seen, 0, sizeof(seen));
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = 1 }), 0);
    assert_int_equal(outcome.load[ACR_LOAD_PARKED], 1);
    assert_int_equal(seen[7], 2);
}

/* More than a task may have: it is parked at once. */
static int park_itself(struct acr_user *u, void *arg)
{
    if (*(int *)arg > 0)
        acr_sleep(u, 0.001);
    acr_alloc(u, 100u << 20);
    seen[0]++;
    return 0;
}

static int join_the_parked(struct acr_user *u)
{
    for (int is_late = 0; is_late <= 1; is_late++) {
        struct acr_spawned *s = acr_spawn(u, park_itself, &is_late, sizeof(is_late));

        for (int i = 0; i < 3; i++)
            assert_int_equal(acr_join(u, s, 0), -ECANCELED);
        seen[1]++;
    }
    return ACR_STOP_USER;
}

static void one_that_is_parked_is_joined_at_once(void **state)
{
    (void)state;
    assert_int_equal(run(join_the_parked, 1), 1);
    assert_int_equal(outcome.load[ACR_LOAD_PARKED], 2);
    assert_int_equal(seen[0], 0);
    assert_int_equal(seen[1], 2);
}

/* It uses what belongs to its user, and takes a while to end. */
static int outlive_parked(struct acr_user *u, void *arg)
{
    (void)arg;
    seen[0] = acr_sleep(u, 3600);
    *(int *)acr_state(u) += 1;
    *(int *)acr_keep(u, sizeof(int)) = 1;
    seen[1]++;
    return ACR_STOP_USER;
}

static int leave_parked(struct acr_user *u)
{
    acr_spawn(u, outlive_parked, NULL, 0);
    acr_spawn(u, never_ends, NULL, 0);
    acr_spawn(u, outlive_parked, NULL, 0);
    acr_alloc(u, 100u << 20);
    return 0;
}

static void what_a_parked_user_has_spawned_ends_before_the_loop(void **state)
{
    (void)state;
    assert_int_equal(run(leave_parked, 1), 1);
    assert_int_equal(outcome.load[ACR_LOAD_PARKED], 2);
    assert_int_equal(outcome.load[ACR_LOAD_SPAWNED], 0);
    assert_int_equal(seen[0], -ECANCELED);
    assert_int_equal(seen[1], 2);
}

/* --- without room for another stack --- */

static struct rlimit room;
static struct acri_stack taken[1024];
static size_t n_taken;

/* Between two tasks: no stack is left, and no more can be had. */
static double take_all_stacks(struct acr_user *u)
{
    struct acri_stack_pool *pool = &u->home->loop.coros.stacks;
    const uint32_t stack_class = u->plan->stack_class;
    FILE *file = fopen("/proc/self/statm", "r");
    struct rlimit tight;
    unsigned long n_pages;

    while (pool->classes[stack_class].n_free > 0 && n_taken < ACR_LEN(taken))
        assert_int_equal(acri_stack_take(pool, stack_class, &taken[n_taken++]), 0);
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &n_pages), 1);
    fclose(file);
    getrlimit(RLIMIT_AS, &room);
    tight = room;
    tight.rlim_cur = (rlim_t)n_pages * (rlim_t)sysconf(_SC_PAGESIZE) + (8u << 20);
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    return 0;
}

static int outlive(struct acr_user *u, void *arg)
{
    (void)arg;
    seen[0] = acr_sleep(u, 3600);
    setrlimit(RLIMIT_AS, &room);
    while (n_taken > 0)
        acri_stack_give(&u->home->loop.coros.stacks, &taken[--n_taken]);
    *(int *)acr_state(u) += 1;
    seen[1]++;
    return 0;
}

static int spawn_one(struct acr_user *u)
{
    return acr_spawn(u, outlive, NULL, 0) != NULL ? acr_sleep(u, 0.001) : -ENOMEM;
}

static void a_user_without_a_stack_ends_after_what_it_has_spawned(void **state)
{
    static const struct acr_task tasks[] = { { .name = "spawn", .run = spawn_one } };
    const struct acr_user_type type = {
        .name = "u", TASKS(tasks), .state_size = sizeof(int), .wait = ACR_WAIT_TIME(take_all_stacks)
    };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    (void)state;
    memset(seen, 0, sizeof(seen));
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = 1 }), 0);
    assert_int_equal(seen[0], -ECANCELED);
    assert_int_equal(seen[1], 1);
}

static int background(struct acr_user *u, void *arg)
{
    (void)arg;
    while (acr_sleep(u, 0.002) == 0)
        seen[5]++;
    seen[6]++;
    return 0;
}

static int on_test_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    acr_share(u, "token", "abc");
    return acr_spawn(u, background, NULL, 0) != NULL ? 0 : -ENOMEM;
}

static int look(struct acr_user *u)
{
    assert_string_equal(acr_shared(u, "token"), "abc");
    assert_string_equal(acr_shared(u, "nothing"), "");
    assert_int_equal(acr_share(u, "token", "late"), -EPERM);
    return acr_sleep(u, 0.05) < 0 ? 0 : ACR_STOP_TEST;
}

static void a_hook_may_leave_something_running_until_the_end(void **state)
{
    static const struct acr_hooks hooks = { .test_start = on_test_start };
    static const struct acr_task tasks[] = { { .name = "look", .run = look } };
    static const struct acr_user_type type = { .name = "u", TASKS(tasks) };
    const struct acr_plugin plugin = {
        .name = "p", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };

    (void)state;
    memset(seen, 0, sizeof(seen));
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = 1 }), 0);
    assert_true(seen[5] > 0);
    assert_int_equal(seen[6], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_back_by_join),
        cmocka_unit_test(a_negative_result_is_an_exception_and_tells_join_all),
        cmocka_unit_test(they_end_with_their_user),
        cmocka_unit_test(an_outcome_of_theirs_is_one_of_the_user),
        cmocka_unit_test(there_is_a_limit),
        cmocka_unit_test(each_has_its_own_random_values_the_same_in_each_run),
        cmocka_unit_test(one_that_never_ends_is_parked_and_counted),
        cmocka_unit_test(its_user_still_stops),
        cmocka_unit_test(one_that_is_parked_is_joined_at_once),
        cmocka_unit_test(what_a_parked_user_has_spawned_ends_before_the_loop),
        cmocka_unit_test(a_user_without_a_stack_ends_after_what_it_has_spawned),
        cmocka_unit_test(a_hook_may_leave_something_running_until_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
