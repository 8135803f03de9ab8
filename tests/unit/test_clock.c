/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"

static void a_timeout_is_rounded_up_and_bounded(void **state)
{
    (void)state;
    assert_int_equal(acri_clock_timeout_ms(5, 5), 0);
    assert_int_equal(acri_clock_timeout_ms(5, 4), 0);
    assert_int_equal(acri_clock_timeout_ms(5, 6), 1);
    assert_int_equal(acri_clock_timeout_ms(0, ACRI_NS_PER_MS), 1);
    assert_int_equal(acri_clock_timeout_ms(0, ACRI_NS_PER_MS + 1), 2);
    assert_int_equal(acri_clock_timeout_ms(0, 59 * ACRI_NS_PER_S), 59000);
    assert_int_equal(acri_clock_timeout_ms(0, UINT64_MAX), 60000);
}

/* The machine may have been started after what is counted from. */
static void there_is_a_time_before_the_machine(void **state)
{
    (void)state;
    assert_true(acri_clock_now_ns() > ACRI_CLOCK_AHEAD_NS);
    assert_true(acri_clock_now_ns() < INT64_MAX);
    assert_true(ACRI_CLOCK_AHEAD_NS > acri_clock_ns_of(300.0 * 24 * 3600));
}

static void seconds_are_nanoseconds_within_bounds(void **state)
{
    (void)state;
    assert_true(acri_clock_ns_of(1.5) == 1500 * ACRI_NS_PER_MS);
    assert_true(acri_clock_ns_of(-1) == 0);
    assert_true(acri_clock_ns_of(0.0 / 0.0) == 0);
    assert_true(acri_clock_ns_of(1e300) == acri_clock_ns_of(1e200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timeout_is_rounded_up_and_bounded),
        cmocka_unit_test(there_is_a_time_before_the_machine),
        cmocka_unit_test(seconds_are_nanoseconds_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
