/* SPDX-License-Identifier: MIT */
/* The demo target's profiles: how slow answers are. */
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

#include "target/profile.h"

static struct target_profiles profiles;
static struct target_profile_state state;
static struct target_random random_state;

static void add(const char *text)
{
    char error[128] = "";
    bool added = target_profiles_add(&profiles, text, error, sizeof error);
    assert_string_equal(error, "");
    assert_true(added);
}

static int reset(void **unused)
{
    (void)unused;
    target_profiles_free(&profiles);
    state = (struct target_profile_state){ 0 };
    random_state.state = 1;
    return 0;
}

/* The mean delay of many answers at that time and load. */
static double mean_ms(const char *text, double now_s, uint64_t in_flight)
{
    double sum = 0;

    reset(NULL);
    add(text);
    for (int i = 0; i < 2000; i++) {
        state = (struct target_profile_state){ .in_flight = in_flight };
        sum += (double)target_profile_decide(&profiles.items[0], &state, now_s, 1, &random_state)
                   .delay_ns;
    }
    return sum / 2000 / 1e6;
}

static void expect_ms(double wanted, double ms)
{
    if (ms < 0.97 * wanted || ms > 1.03 * wanted) {
        fail_msg("%g ms, not %g", ms, wanted);
    }
}

static void load_makes_them_slow(void **unused)
{
    (void)unused;
    expect_ms(5, mean_ms("steady", 100, 100));
    expect_ms(4, mean_ms("linear base=4 knee=20", 0, 0));
    expect_ms(12, mean_ms("linear base=4 knee=20", 0, 40));
    expect_ms(5, mean_ms("cliff", 0, 9));
    expect_ms(100, mean_ms("cliff", 0, 10));
}

static void time_makes_them_slow(void **unused)
{
    (void)unused;
    expect_ms(5, mean_ms("sawtooth over=4", 0, 0));
    expect_ms(12.5, mean_ms("sawtooth over=4", 6, 0));
    expect_ms(5, mean_ms("spike over=3", 2.9, 0));
    expect_ms(75, mean_ms("spike over=3", 3.1, 0));
    expect_ms(22.4, mean_ms("drift base=16 over=1800", 1800, 0));
    assert_true(mean_ms("noise", 1, 0) != mean_ms("noise", 1.5, 0));
    assert_true(mean_ms("noise", 1, 0) == mean_ms("noise", 1, 0));
}

static void a_line_grows_while_more_come_than_are_served(void **unused)
{
    double last = 0;

    (void)unused;
    add("saturation base=10 knee=2");
    for (int i = 0; i < 400; i++) { /* 400 a second, of which 200 can be served */
        last =
            (double)target_profile_decide(&profiles.items[0], &state, i / 400.0, 1, &random_state)
                .delay_ns;
    }
    assert_true(last > 0.8e9 && last < 1.3e9);
    last = (double)target_profile_decide(&profiles.items[0], &state, 10, 1, &random_state).delay_ns;
    assert_true(last < 13e6);
}

static void the_first_path_that_fits_counts(void **unused)
{
    (void)unused;
    add("spike /slow* fail=0.5");
    add("steady");
    assert_ptr_equal(target_profiles_find(&profiles, target_text_of("/slow/1")),
                     &profiles.items[0]);
    assert_ptr_equal(target_profiles_find(&profiles, target_text_of("/")), &profiles.items[1]);
}

static void some_fail(void **unused)
{
    int n = 0;

    (void)unused;
    add("cliff fail=0.25");
    for (int i = 0; i < 4000; i++) {
        state.in_flight = 10;
        n += target_profile_decide(&profiles.items[0], &state, 0, 1, &random_state).is_failure;
    }
    assert_in_range(n, 900, 1100);
    state.in_flight = 0;
    assert_false(target_profile_decide(&profiles.items[0], &state, 0, 1, &random_state).is_failure);
}

static void bad_ones_are_refused(void **unused)
{
    static const struct {
        const char *text;
        const char *error;
    } bad[] = {
        { "", "the kind must be" },
        { "clif", "the kind must be" },
        { "cliff knee=0", "knee must be a number from 1" },
        { "cliff knee=nan", "knee must be" },
        { "cliff base=", "base must be" },
        { "cliff over=1e9", "over must be" },
        { "cliff fail=1.5", "fail must be" },
        { "cliff x", "unknown word 'x'" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char error[128] = "";
        assert_false(target_profiles_add(&profiles, bad[i].text, error, sizeof error));
        assert_non_null(strstr(error, bad[i].error));
    }
    assert_int_equal(profiles.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(load_makes_them_slow, reset, reset),
        cmocka_unit_test_setup_teardown(time_makes_them_slow, reset, reset),
        cmocka_unit_test_setup_teardown(a_line_grows_while_more_come_than_are_served, reset, reset),
        cmocka_unit_test_setup_teardown(the_first_path_that_fits_counts, reset, reset),
        cmocka_unit_test_setup_teardown(some_fail, reset, reset),
        cmocka_unit_test_setup_teardown(bad_ones_are_refused, reset, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
