/* SPDX-License-Identifier: MIT */
/* The calls of <acrida/metrics.h>, from users and from hooks. */
#include "support/unit.h"

#include "support/user.h"

#include "base/log.h"

#include <math.h>

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
    user_home_done(&home);
    return 0;
}

static double sum_of(uint32_t kind, const char *name)
{
    const struct acr_metric *m = user_metric(&home, kind, name);

    assert_non_null(m);
    return acri_metric_sum(m);
}

static void calls_count_in_the_loops_block(void **state)
{
    const struct acr_metric *m;

    (void)state;
    acr_count(user, "orders", 2);
    acr_count(user, "orders", 3);
    acr_trend(user, "basket", 17.5);
    acr_gauge(user, "queue", 4);
    user_pass_ms(1);
    acr_gauge(user, "queue", 3);
    assert_true(acr_check(user, true, "has a total"));
    assert_false(acr_check(user, false, "has a total"));
    assert_true(sum_of(ACR_METRIC_COUNTER, "orders") > 4.9);
    assert_true(sum_of(ACR_METRIC_TREND, "basket") > 17.4);
    m = user_metric(&home, ACR_METRIC_GAUGE, "queue");
    assert_true(m->last > 2.9 && m->last < 3.1 && m->max > 3.9);
    m = user_metric(&home, ACR_METRIC_CHECK, "has a total");
    assert_int_equal(m->count, 2);
    assert_int_equal(m->failures, 1);
    /* A failed check is no failed request. */
    assert_int_equal(home.users.block->ledger.failed, 0);
}

static void hooks_count_too(void **state)
{
    (void)state;
    user->phase = ACRI_USER_SERVICE;
    acr_count(user, "ticks", 1);
    acr_check(user, true, "alive");
    assert_int_equal(home.users.block->metrics.n, 2);
}

static void what_is_no_number_is_left_out(void **state)
{
    (void)state;
    acri_log_set_level(ACRI_LOG_ERROR);
    acr_count(user, "n", NAN);
    acr_trend(user, "n", INFINITY);
    acr_gauge(user, "n", -INFINITY);
    acr_gauge(user, NULL, NAN);
    assert_int_equal(home.users.block->metrics.n, 0);
    acr_count(user, NULL, 1);
    acr_check(user, true, NULL);
    assert_non_null(user_metric(&home, ACR_METRIC_COUNTER, ""));
    acri_log_set_level(ACRI_LOG_INFO);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(calls_count_in_the_loops_block),
        TEST(hooks_count_too),
        TEST(what_is_no_number_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
