/* SPDX-License-Identifier: MIT */
/* Measures: what becomes of a stretch of a task, however it ends. */
#include "support/unit.h"

#include "support/user.h"

#define MS ACRI_NS_PER_MS

static struct user_home home;
static struct acr_user *user;

static int set_up(void **state)
{
    (void)state;
    user_home_init(&home);
    user = user_new(&home, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    user_free(user);
    assert_int_equal(home.users.n_unsettled, 0);
    assert_int_equal(home.users.n_open, 0);
    user_home_done(&home);
    return 0;
}

static uint64_t max_of(const char *name, uint32_t clock)
{
    return acri_histogram_max_ns(&user_entry(&home, name)->times[clock]);
}

static void assert_ledger(uint64_t started, uint64_t succeeded, uint64_t failed, uint64_t cancelled)
{
    const struct acri_ledger *l = &home.users.block->ledger;

    assert_int_equal(l->started, started);
    assert_int_equal(l->succeeded, succeeded);
    assert_int_equal(l->failed, failed);
    assert_int_equal(l->cancelled, cancelled);
}

static const char *error_of(const char *name)
{
    for (const struct acri_block_failure *f = home.users.block->failures; f != NULL; f = f->next)
        if (strcmp(f->key.text[1], name) == 0)
            return f->key.text[2];
    return NULL;
}

static void a_measure_is_one_sample_over_its_requests(void **state)
{
    struct acr_measure *m;

    (void)state;
    user->intended_ns = USER_START_NS;
    user_pass_ms(5);
    m = acr_measure_begin(user, "TX", "check out");
    user_pass_ms(2);
    user_request(user, NULL);
    user_request(user, NULL);
    acr_measure_end(m, NULL);
    assert_ledger(3, 3, 0, 0);
    assert_int_equal(user_entry(&home, "check out")->counts.requests, 1);
    assert_int_equal(max_of("check out", ACR_RESPONSE_TIME), 4 * MS);
    /* It is late as its first request is, but took nothing from that. */
    assert_int_equal(max_of("check out", ACR_CORRECTED), 9 * MS);
    assert_int_equal(max_of("/x", ACR_CORRECTED), 8 * MS);
    assert_int_equal(max_of("/x", ACR_LATENESS), 7 * MS);
    /* No attempt, and no open request: 2 ms of the 4 were open ones. */
    assert_int_equal(home.users.block->ledger.attempts, 2);
    assert_int_equal(user_entry(&home, "check out")->counts.attempts, 0);
    assert_int_equal(home.users.open_ns, 2 * MS);
}

static void without_requests_it_is_intended_when_it_begins(void **state)
{
    struct acr_measure *m;

    (void)state;
    user->intended_ns = USER_START_NS - 20 * MS;
    m = acr_measure_begin(user, "TX", "think");
    user_pass_ms(3);
    acr_measure_end(m, NULL);
    assert_int_equal(max_of("think", ACR_CORRECTED), 3 * MS);
    assert_int_equal(max_of("think", ACR_LATENESS), 0);
    assert_int_equal(user->intended_ns, USER_START_NS - 20 * MS);
}

static void it_is_never_intended_after_its_begin(void **state)
{
    struct acr_measure *m = acr_measure_begin(user, "TX", "sleepy");

    (void)state;
    user_pass_ms(3);
    /* As acr_sleep does. */
    user->intended_ns = USER_START_NS + 2 * MS;
    user_request(user, NULL);
    acr_measure_end(m, NULL);
    assert_int_equal(max_of("sleepy", ACR_LATENESS), 0);
    assert_int_equal(max_of("sleepy", ACR_CORRECTED), 4 * MS);
}

static void it_fails_with_the_first_error_in_it(void **state)
{
    struct acr_measure *m;

    (void)state;
    user_request(user, "before");
    m = acr_measure_begin(user, "TX", "a");
    user_request(user, NULL);
    user_request(user, "first");
    user_request(user, "second");
    acr_measure_end(m, NULL);
    assert_string_equal(error_of("a"), "first");
    m = acr_measure_begin(user, "TX", "b");
    user_request(user, "first");
    acr_measure_end(m, "my own");
    assert_string_equal(error_of("b"), "my own");
    m = acr_measure_begin(user, "TX", "c");
    acr_report(user, .type = "job", .name = "j", .error = "dark");
    acr_measure_end(m, NULL);
    assert_string_equal(error_of("c"), "dark");
    m = acr_measure_begin(user, "TX", "d");
    acr_measure_end(m, NULL);
    assert_null(error_of("d"));
    assert_ledger(10, 2, 8, 0);
}

static void measures_nest(void **state)
{
    struct acr_measure *outer, *inner;

    (void)state;
    user->intended_ns = USER_START_NS - MS;
    outer = acr_measure_begin(user, "TX", "outer");
    user_request(user, NULL);
    inner = acr_measure_begin(user, "TX", "inner");
    user_pass_ms(1);
    user_request(user, NULL);
    acr_measure_end(inner, "lost the cart");
    user_request(user, NULL);
    acr_measure_end(outer, NULL);
    assert_int_equal(max_of("outer", ACR_RESPONSE_TIME), 4 * MS);
    assert_int_equal(max_of("outer", ACR_LATENESS), MS);
    assert_int_equal(max_of("inner", ACR_RESPONSE_TIME), 2 * MS);
    assert_int_equal(max_of("inner", ACR_LATENESS), 0);
    /* What is around a failure has failed. */
    assert_string_equal(error_of("outer"), "lost the cart");
    assert_ledger(5, 3, 2, 0);
}

static void they_may_end_in_any_order_and_twice(void **state)
{
    struct acr_measure *a = acr_measure_begin(user, "TX", "a");
    struct acr_measure *b = acr_measure_begin(user, "TX", "b");

    (void)state;
    acr_measure_end(a, NULL);
    acr_measure_end(a, "again");
    acr_measure_end(b, NULL);
    acr_measure_end(NULL, NULL);
    assert_ledger(2, 2, 0, 0);
    assert_null(user->measures);
}

static void what_is_not_ended_ends_with_the_task(void **state)
{
    (void)state;
    acr_measure_begin(user, "TX", "a");
    acr_measure_begin(user, "TX", "b");
    user_request(user, "no");
    acri_step_clean_up(user);
    assert_ledger(3, 0, 3, 0);
    assert_null(user->measures);
    /* The next task begins anew. */
    acr_measure_begin(user, "TX", "c");
    acri_step_clean_up(user);
    assert_ledger(4, 1, 3, 0);
}

static void the_end_of_its_user_cuts_it_short(void **state)
{
    struct acr_measure *m = acr_measure_begin(user, "TX", "a");
    struct acr_sample *s = acr_sample_begin(user);

    (void)state;
    acr_measure_begin(user, "TX", "left open");
    user->is_cancelled = true;
    acr_sample_cancel(s, "GET", "/x");
    acr_measure_end(m, "no answer");
    acri_step_clean_up(user);
    assert_ledger(3, 0, 0, 3);
    assert_int_equal(user_entry(&home, "a")->counts.cancelled, 1);
    assert_int_equal(user_entry(&home, "a")->counts.requests, 0);
    assert_int_equal(user_entry(&home, "left open")->counts.cancelled, 1);
}

static void what_was_spawned_fails_the_measure_around_it(void **state)
{
    struct acr_user *child = user_new(&home, user);
    struct acr_measure *m, *of_child;

    (void)state;
    m = acr_measure_begin(user, "TX", "parallel");
    of_child = acr_measure_begin(child, "TX", "of the child");
    user_request(user, "of the user");
    user_request(child, NULL);
    acr_measure_end(of_child, NULL);
    assert_null(error_of("of the child"));
    acr_measure_end(m, NULL);
    assert_string_equal(error_of("parallel"), "of the user");
    m = acr_measure_begin(user, "TX", "parallel again");
    user_request(child, "of the child");
    acr_measure_end(m, NULL);
    assert_string_equal(error_of("parallel again"), "of the child");
    /* Before and after, it is nobody's. */
    user_request(child, "late");
    m = acr_measure_begin(user, "TX", "alone");
    acr_measure_end(m, NULL);
    assert_null(error_of("alone"));
    user_free(child);
}

static void in_hooks_nothing_is_counted(void **state)
{
    struct acr_measure *m;

    (void)state;
    user->phase = ACRI_USER_SERVICE;
    m = acr_measure_begin(user, "TX", "a");
    user_request(user, "no");
    acr_measure_end(m, NULL);
    acr_measure_begin(user, NULL, NULL);
    acri_step_clean_up(user);
    assert_ledger(0, 0, 0, 0);
    assert_null(home.users.block->active);
}

static void the_macro_measures_a_block(void **state)
{
    int n = 0;

    (void)state;
    ACR_MEASURE(user, "block")
    {
        user_request(user, NULL);
        n++;
    }
    assert_int_equal(n, 1);
    assert_int_equal(user_entry(&home, "block")->counts.requests, 1);
    assert_string_equal(user_entry(&home, "block")->key.text[0], "TX");
}

static void texts_are_copied(void **state)
{
    char name[] = "as it was";
    struct acr_measure *m = acr_measure_begin(user, "TX", name);

    (void)state;
    name[0] = '!';
    acr_measure_end(m, NULL);
    assert_non_null(user_entry(&home, "as it was"));
    /* Its memory serves again, for longer texts too. */
    acr_measure_end(acr_measure_begin(user, "a longer type", "and a much longer name"), NULL);
    assert_non_null(user_entry(&home, "and a much longer name"));
}

static struct acr_measure *ended_by_listener;

static int end_it(struct acr_user *u, const struct acr_request_event *e)
{
    (void)u;
    (void)e;
    acr_measure_end(ended_by_listener, NULL);
    return 0;
}

static void a_listener_may_end_one_too(void **state)
{
    (void)state;
    home.listeners[0] = (struct acri_request_listener){ end_it, "ender" };
    home.plan.n_on_request = 1;
    ended_by_listener = acr_measure_begin(user, "TX", "a");
    user_request(user, NULL);
    acr_measure_end(ended_by_listener, NULL);
    assert_ledger(2, 2, 0, 0);
    assert_int_equal(user_entry(&home, "a")->counts.requests, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_measure_is_one_sample_over_its_requests),
        TEST(without_requests_it_is_intended_when_it_begins),
        TEST(it_is_never_intended_after_its_begin),
        TEST(it_fails_with_the_first_error_in_it),
        TEST(measures_nest),
        TEST(they_may_end_in_any_order_and_twice),
        TEST(what_is_not_ended_ends_with_the_task),
        TEST(the_end_of_its_user_cuts_it_short),
        TEST(what_was_spawned_fails_the_measure_around_it),
        TEST(in_hooks_nothing_is_counted),
        TEST(the_macro_measures_a_block),
        TEST(texts_are_copied),
        TEST(a_listener_may_end_one_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
