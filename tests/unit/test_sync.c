/* SPDX-License-Identifier: MIT */
/* Semaphores, gates and pools on real loops, with users that give up, are cancelled, and leave. */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/runner.h"
#include "engine/user.h"

#include <acrida/acrida.h>
#include <acrida/client.h>
#include <acrida/report.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERMITS = 5, CAPACITY = 7, MOST_USERS = 400, MOST_PUTS = 2000 };

static struct acr_semaphore *semaphore;
static struct acr_gate *gate;
static struct acr_pool *pool;

/* Over all loops, so changed atomically. */
static uint64_t n_inside;
static uint64_t n_wrong;
static uint64_t n_passed;
static uint64_t n_given_up;
static uint8_t was_put[MOST_USERS * MOST_PUTS]; /* by its user alone */
static uint8_t n_taken[MOST_USERS * MOST_PUTS];

static uint64_t add(uint64_t *to, int64_t n)
{
    return __atomic_add_fetch(to, (uint64_t)n, __ATOMIC_SEQ_CST);
}

static void expect(bool is_so)
{
    if (!is_so)
        add(&n_wrong, 1);
}

struct run {
    int (*task)(struct acr_user *u);
    int (*on_stop)(struct acr_user *u);
    int (*test_start)(struct acr_user *u, const struct acr_test_event *e);
    int (*spawned)(struct acr_user *u, const struct acr_test_event *e);
    int (*test_stop)(struct acr_user *u, const struct acr_snapshot *s);
    unsigned n_threads;
    uint64_t n_users;
    uint64_t seed;
    double run_time_s;
};

static struct acri_run_result result;

static int make_all(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    semaphore = acr_semaphore_new(u, PERMITS);
    gate = acr_gate_new(u, 0);
    pool = acr_pool_new(u, CAPACITY);
    return semaphore != NULL && gate != NULL && pool != NULL ? 0 : ACR_RAISED;
}

static int run(struct run r)
{
    const struct acr_task task = { .name = "task", .run = r.task };
    const struct acr_user_type type = {
        .name = "user", .state_size = 64, .on_stop = r.on_stop, .tasks = &task, .n_tasks = 1
    };
    const struct acr_hooks hooks = { .test_start = r.test_start != NULL ? r.test_start : make_all,
                                     .spawning_complete = r.spawned,
                                     .test_stop = r.test_stop };
    const struct acr_plugin plugin = {
        .name = "test", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };
    const struct acr_plugin *plugins[] = { &plugin };
    const struct acri_run_listener listener = { .arg = NULL };
    const struct acri_run_options options = { .host = "",
                                              .n_users = r.n_users,
                                              .spawn_rate = 1e6,
                                              .run_time_s = r.run_time_s,
                                              .on_stop_timeout_s = 10,
                                              .seed = r.seed,
                                              .n_threads = r.n_threads,
                                              .exit_code_on_error = 1 };
    struct acri_error error = { "" };
    struct acri_plan plan;

    n_inside = n_wrong = n_passed = n_given_up = 0;
    memset(was_put, 0, sizeof(was_put));
    memset(n_taken, 0, sizeof(n_taken));
    result = (struct acri_run_result){ 0 };
    assert_int_equal(acri_plan_init(&plan, plugins, 1, NULL, &error), 0);
    assert_int_equal(acri_runner_run(&plan, &options, &listener, &result, &error), 0);
    assert_false(result.must_exit);
    acri_plan_done(&plan);
    assert_int_equal(n_wrong, 0);
    return result.exit_code;
}

/* Not waiting, for a moment, or for as long as it takes. */
static double any_timeout(struct acr_user *u)
{
    int64_t kind = acr_random_int(u, 0, 5);

    return kind == 0 ? -1 : kind == 1 ? 0 : acr_random_double(u, 1e-6, 0.002);
}

/* --- semaphores ---------------------------------------------------------------------------------
 */

static int use_permit(struct acr_user *u)
{
    int r = acr_semaphore_acquire(u, semaphore, any_timeout(u));

    if (r < 0) {
        expect(r == -ETIMEDOUT || (r == -ECANCELED && acr_is_cancelled(u)));
        add(&n_given_up, 1);
        return 0;
    }
    expect(add(&n_inside, 1) <= PERMITS);
    add(&n_passed, 1);
    if (acr_random_int(u, 0, 3) > 0)
        acr_sleep(u, acr_random_double(u, 0, 0.001));
    add(&n_inside, -1);
    /* One in ten leaves it to the runtime. */
    if (acr_random_int(u, 0, 9) == 0)
        return ACR_STOP_USER;
    acr_semaphore_release(u, semaphore);
    return 0;
}

/* Runs uncancelled, and leaves with what it got. */
static int leave_with_a_permit(struct acr_user *u)
{
    (void)acr_semaphore_acquire(u, semaphore, 0.001);
    return 0;
}

static int count_permits(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)s;
    for (int i = 0; i < PERMITS; i++)
        expect(acr_semaphore_acquire(u, semaphore, -1) == 0);
    expect(acr_semaphore_acquire(u, semaphore, -1) == -ETIMEDOUT);
    acr_semaphore_release(u, semaphore);
    expect(acr_semaphore_acquire(u, semaphore, -1) == 0);
    return 0;
}

static void permits_are_never_more_and_all_come_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        run((struct run){ .task = use_permit,
                          .on_stop = leave_with_a_permit,
                          .test_stop = count_permits,
                          .n_threads = 4,
                          .n_users = MOST_USERS,
                          .run_time_s = 0.3,
                          .seed = seed });
        assert_true(n_passed > 0);
        assert_true(n_given_up > 0);
    }
}

static int hold_or_wait(struct acr_user *u)
{
    /* Not held: ignored, or there would be six. */
    acr_semaphore_release(u, semaphore);
    if (acr_number(u) < PERMITS) {
        expect(acr_semaphore_acquire(u, semaphore, 0) == 0);
        acr_gate_open(u, gate);
        return ACR_STOP_USER; /* without giving it back */
    }
    expect(acr_gate_wait(u, gate, 0) == 0);
    expect(acr_semaphore_acquire(u, semaphore, 0) == 0);
    expect(add(&n_inside, 1) <= PERMITS);
    acr_sleep(u, 0.001);
    add(&n_inside, -1);
    acr_semaphore_release(u, semaphore);
    return add(&n_passed, 1) == 15 ? ACR_STOP_TEST : ACR_STOP_USER;
}

static void what_a_user_holds_at_its_end_is_given_back(void **state)
{
    (void)state;
    run((struct run){ .task = hold_or_wait,
                      .test_stop = count_permits,
                      .n_threads = 2,
                      .n_users = PERMITS + 15 });
    assert_int_equal(n_passed, 15);
}

/* Goes on after being cancelled, until it is parked. */
static int hold_for_ever(struct acr_user *u)
{
    for (;;)
        if (acr_semaphore_acquire(u, semaphore, 0) == 0)
            add(&n_inside, 1);
}

static void those_who_wait_are_cancelled_and_the_parked_give_back(void **state)
{
    (void)state;
    run((struct run){ .task = hold_for_ever,
                      .test_stop = count_permits,
                      .n_threads = 2,
                      .n_users = 100,
                      .run_time_s = 0.1 });
    /* What a parked one gave back, one that was not stopped yet may have got. */
    assert_true(n_inside >= PERMITS);
}

/* --- clocks -------------------------------------------------------------------------------------
 */

/* The wait is part of the request that it is made in; no later one was intended then. */
static int wait_within_a_request(struct acr_user *u)
{
    const struct acr_settlement how = { .size = sizeof(how), .type = "JOB", .name = "x" };
    struct acr_sample *s = acr_sample_begin(u);

    expect(acr_semaphore_acquire(u, semaphore, 0) == 0);
    expect(u->intended_ns == 0);
    expect(acr_sleep(u, 0.001) == 0);
    expect(u->intended_ns == 0);
    acr_sample_settle(s, &how);
    acr_semaphore_release(u, semaphore);
    expect(acr_semaphore_acquire(u, semaphore, 0) == 0);
    expect(u->intended_ns != 0);
    add(&n_passed, 1);
    return ACR_STOP_TEST;
}

static void a_wait_within_a_request_makes_no_later_one_late(void **state)
{
    (void)state;
    run((struct run){ .task = wait_within_a_request, .n_threads = 1, .n_users = 1 });
    assert_int_equal(n_passed, 1);
}

/* --- gates --------------------------------------------------------------------------------------
 */

static int make_rendezvous(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    gate = acr_gate_new(u, MOST_USERS);
    return gate != NULL ? 0 : ACR_RAISED;
}

static int meet(struct acr_user *u)
{
    add(&n_inside, 1);
    expect(acr_gate_wait(u, gate, 0) == 0);
    expect(add(&n_inside, 0) == MOST_USERS);
    expect(acr_gate_wait(u, gate, -1) == 0);
    return add(&n_passed, 1) == MOST_USERS ? ACR_STOP_TEST : ACR_STOP_USER;
}

static void a_gate_opens_when_all_have_arrived(void **state)
{
    (void)state;
    run((struct run){
        .task = meet, .test_start = make_rendezvous, .n_threads = 4, .n_users = MOST_USERS });
    assert_int_equal(n_passed, MOST_USERS);
}

static int make_pair(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    gate = acr_gate_new(u, 2);
    return gate != NULL ? 0 : ACR_RAISED;
}

static int come_and_go(struct acr_user *u)
{
    for (int i = 0; i < 5; i++) {
        expect(acr_gate_wait(u, gate, 1e-6) == -ETIMEDOUT);
        expect(acr_gate_wait(u, gate, -1) == -ETIMEDOUT);
    }
    acr_gate_open(u, gate);
    expect(acr_gate_wait(u, gate, -1) == 0);
    return ACR_STOP_TEST;
}

static void who_has_left_a_gate_has_not_arrived(void **state)
{
    (void)state;
    run((struct run){ .task = come_and_go, .test_start = make_pair, .n_threads = 1, .n_users = 1 });
}

static int open_by_hand(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    add(&n_inside, 1);
    acr_gate_open(u, gate);
    acr_gate_open(u, gate);
    return acr_gate_wait(u, gate, 0);
}

static int wait_for_the_hook(struct acr_user *u)
{
    expect(acr_gate_wait(u, gate, 0) == 0);
    expect(add(&n_inside, 0) == 1);
    return add(&n_passed, 1) == MOST_USERS ? ACR_STOP_TEST : ACR_STOP_USER;
}

static void a_hook_can_open_a_gate(void **state)
{
    (void)state;
    assert_int_equal(run((struct run){ .task = wait_for_the_hook,
                                       .spawned = open_by_hand,
                                       .n_threads = 3,
                                       .n_users = MOST_USERS }),
                     0);
    assert_int_equal(n_passed, MOST_USERS);
}

static int wait_in_vain(struct acr_user *u)
{
    int r = acr_gate_wait(u, gate, 0);

    expect(r == -ECANCELED);
    expect(acr_semaphore_acquire(u, semaphore, 0) == -ECANCELED);
    expect(acr_pool_take(u, pool, 0) == NULL);
    expect(acr_pool_put(u, pool, "late", -1) == -ECANCELED);
    add(&n_passed, 1);
    return 0;
}

static void a_stop_ends_all_waits(void **state)
{
    (void)state;
    run((struct run){
        .task = wait_in_vain, .n_threads = 4, .n_users = MOST_USERS, .run_time_s = 0.1 });
    assert_int_equal(n_passed, MOST_USERS);
}

/* --- pools --------------------------------------------------------------------------------------
 */

static void note_taken(const char *text)
{
    unsigned long i = strtoul(text, NULL, 10);

    expect(i < MOST_USERS * MOST_PUTS);
    __atomic_add_fetch(&n_taken[i], 1, __ATOMIC_SEQ_CST);
    add(&n_passed, 1);
}

static int put_or_take(struct acr_user *u)
{
    int *n_puts = acr_state(u);
    const char *text;

    if (acr_number(u) % 2 == 0) {
        uint64_t i = acr_number(u) * MOST_PUTS + (uint64_t)*n_puts;
        int r;

        if (*n_puts == MOST_PUTS)
            return ACR_STOP_USER;
        (*n_puts)++;
        r = acr_pool_put(u, pool, acr_fmt(u, "%llu", (unsigned long long)i), any_timeout(u));
        was_put[i] = r == 0;
        add(&n_given_up, r < 0);
        expect(r == 0 || r == -ETIMEDOUT || r == -ECANCELED);
        return 0;
    }
    text = acr_pool_take(u, pool, any_timeout(u));
    if (text != NULL)
        note_taken(text);
    else
        add(&n_given_up, 1);
    return 0;
}

static int empty_pool(struct acr_user *u, const struct acr_snapshot *s)
{
    const char *text;
    int n = 0;

    (void)s;
    for (; (text = acr_pool_take(u, pool, -1)) != NULL; n++)
        note_taken(text);
    expect(n <= CAPACITY);
    return acr_pool_put(u, pool, "left behind", -1);
}

static void each_value_put_is_taken_once_or_still_there(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        run((struct run){ .task = put_or_take,
                          .test_stop = empty_pool,
                          .n_threads = 4,
                          .n_users = MOST_USERS,
                          .run_time_s = 0.3,
                          .seed = seed });
        assert_true(n_passed > CAPACITY);
        assert_true(n_given_up > 0);
        for (int i = 0; i < MOST_USERS * MOST_PUTS; i++)
            if (n_taken[i] != was_put[i])
                fail_msg("value %d was put %d times and taken %d times", i, was_put[i], n_taken[i]);
    }
}

/* One fills, one empties, over the edges of both. */
static int in_order(struct acr_user *u)
{
    if (acr_number(u) == 0) {
        for (int i = 0; i < 500; i++)
            expect(acr_pool_put(u, pool, acr_fmt(u, "%d", i), 0) == 0);
        expect(acr_pool_put(u, pool, NULL, 0) == 0);
        return ACR_STOP_USER;
    }
    for (int i = 0; i < 500; i++)
        expect(strcmp(acr_pool_take(u, pool, 0), acr_fmt(u, "%d", i)) == 0);
    expect(*acr_pool_take(u, pool, 0) == '\0');
    expect(acr_pool_take(u, pool, -1) == NULL);
    expect(acr_pool_take(u, pool, 1e-6) == NULL);
    for (int i = 0; i < CAPACITY; i++)
        expect(acr_pool_put(u, pool, "x", -1) == 0);
    expect(acr_pool_put(u, pool, "x", -1) == -ETIMEDOUT);
    expect(acr_pool_put(u, pool, "x", 1e-6) == -ETIMEDOUT);
    return ACR_STOP_TEST;
}

static void a_pool_is_first_in_first_out(void **state)
{
    (void)state;
    run((struct run){ .task = in_order, .n_threads = 2, .n_users = 2 });
}

/* --- making them --------------------------------------------------------------------------------
 */

static int make_too_late(struct acr_user *u)
{
    expect(acr_semaphore_new(u, 1) == NULL);
    expect(acr_gate_new(u, 1) == NULL);
    expect(acr_pool_new(u, 1) == NULL);
    return ACR_STOP_TEST;
}

static int make_late(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)s;
    expect(acr_gate_new(u, 1) == NULL);
    return 0;
}

static void none_is_made_while_users_run(void **state)
{
    (void)state;
    run((struct run){
        .task = make_too_late, .test_stop = make_late, .n_threads = 1, .n_users = 1 });
}

static int make_bad(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    expect(acr_pool_new(u, 0) == NULL);
    expect(acr_semaphore_new(u, 0) == NULL);
    return ACR_RAISED;
}

static void sizes_of_zero_are_refused(void **state)
{
    (void)state;
    assert_int_equal(
        run((struct run){
            .task = make_too_late, .test_start = make_bad, .n_threads = 1, .n_users = 1 }),
        1);
    assert_string_equal(
        result.start_error.text,
        "plugin 'test': a semaphore of 0 would let nobody pass: it needs at least 1");
}

/* --- cost ---------------------------------------------------------------------------------------
 */

static double pair_ns;

static int time_pairs(struct acr_user *u)
{
    uint64_t before_ns = acri_clock_now_ns();

    for (int i = 0; i < 10000; i++) {
        expect(acr_semaphore_acquire(u, semaphore, 0) == 0);
        acr_semaphore_release(u, semaphore);
    }
    pair_ns = (double)(acri_clock_now_ns() - before_ns) / 10000;
    return ACR_STOP_TEST;
}

static int pair_for_ever(struct acr_user *u)
{
    if (acr_semaphore_acquire(u, semaphore, 0) < 0)
        return 0;
    add(&n_passed, 1);
    acr_semaphore_release(u, semaphore);
    return 0;
}

static int make_wide(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    semaphore = acr_semaphore_new(u, 1000);
    return semaphore != NULL ? 0 : ACR_RAISED;
}

static void what_it_costs(void **state)
{
    (void)state;
    run((struct run){ .task = time_pairs, .n_threads = 1, .n_users = 1 });
    print_message("acquire and release: %.1f us alone\n", pair_ns / 1e3);
    run((struct run){ .task = pair_for_ever,
                      .test_start = make_wide,
                      .n_threads = 2,
                      .n_users = 200,
                      .run_time_s = 0.5 });
    print_message("acquire and release: %.2f us a pair with 200 users on 2 loops\n",
                  0.5e6 / (double)n_passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_are_never_more_and_all_come_back),
        cmocka_unit_test(what_a_user_holds_at_its_end_is_given_back),
        cmocka_unit_test(those_who_wait_are_cancelled_and_the_parked_give_back),
        cmocka_unit_test(a_wait_within_a_request_makes_no_later_one_late),
        cmocka_unit_test(a_gate_opens_when_all_have_arrived),
        cmocka_unit_test(who_has_left_a_gate_has_not_arrived),
        cmocka_unit_test(a_hook_can_open_a_gate),
        cmocka_unit_test(a_stop_ends_all_waits),
        cmocka_unit_test(each_value_put_is_taken_once_or_still_there),
        cmocka_unit_test(a_pool_is_first_in_first_out),
        cmocka_unit_test(none_is_made_while_users_run),
        cmocka_unit_test(sizes_of_zero_are_refused),
        cmocka_unit_test(what_it_costs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
