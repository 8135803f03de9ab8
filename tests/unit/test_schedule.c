/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "base/rng.h"
#include "engine/schedule.h"

#include <math.h>

#define S ACRI_NS_PER_S

static void a_constant_rate_has_its_arrivals_evenly(void **state)
{
    struct acri_schedule s;

    (void)state;
    acri_schedule_init(&s, S);
    assert_int_equal(acri_schedule_time(&s, 1), UINT64_MAX);
    acri_schedule_change(&s, S, 1000, 0);
    assert_int_equal(acri_schedule_time(&s, 0), S);
    for (uint64_t i = 1; i < 100000; i += 7)
        assert_int_equal(acri_schedule_time(&s, (double)i), S + i * 1000000);
    assert_true(fabs(acri_schedule_count(&s, 3 * S) - 2000) < 1e-6);
}

/* From 0 to 100/s in 10 s: 500 arrivals on the way, half of them in the last 2.93 s. */
static void a_ramp_is_the_area_below_it(void **state)
{
    struct acri_schedule s;

    (void)state;
    acri_schedule_init(&s, 0);
    acri_schedule_change(&s, 0, 100, 10);
    assert_true(fabs(acri_schedule_count(&s, 10 * S) - 500) < 1e-6);
    assert_true(fabs(acri_schedule_count(&s, 12 * S) - 700) < 1e-6);
    assert_true(fabs(acri_schedule_rate(&s, 4 * S) - 40) < 1e-9);
    assert_true(fabs((double)acri_schedule_time(&s, 250) / 1e9 - sqrt(50)) < 1e-6);
    assert_int_equal(acri_schedule_time(&s, 700), 12 * S);
    /* And down to nothing: there is a last one. */
    acri_schedule_change(&s, 12 * S, 0, 50);
    assert_true(fabs(acri_schedule_count(&s, 20 * S) - 800) < 1e-6);
    assert_true(acri_schedule_time(&s, 799.9) < 14 * S);
    assert_int_equal(acri_schedule_time(&s, 800.1), UINT64_MAX);
}

/* Whatever the rates were, time and count are each other's inverse, and time only goes forward. */
static void random_changes_keep_count_and_time_inverse(void **state)
{
    struct acri_schedule s;
    struct acri_rng rng;
    uint64_t now = S;

    (void)state;
    acri_rng_init(&rng, 11, 0);
    acri_schedule_init(&s, now);
    for (int i = 0; i < 2000; i++) {
        double rate = acri_rng_below(&rng, 5) == 0 ? 0 : 2000 * acri_rng_unit(&rng);
        double ramp = acri_rng_below(&rng, 2) == 0 ? 0 : 1 + 500 * acri_rng_unit(&rng);
        double before = acri_schedule_count(&s, now);

        acri_schedule_change(&s, now, rate, ramp);
        assert_true(fabs(acri_schedule_count(&s, now) - before) < 1e-6);
        for (int k = 0; k < 5; k++) {
            double x = acri_schedule_count(&s, now) + 300 * acri_rng_unit(&rng);
            uint64_t at = acri_schedule_time(&s, x);

            assert_true(at >= now);
            if (at != UINT64_MAX)
                assert_true(fabs(acri_schedule_count(&s, at) - x) < 1e-4);
        }
        now += acri_rng_below(&rng, 3 * S);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_rate_has_its_arrivals_evenly),
        cmocka_unit_test(a_ramp_is_the_area_below_it),
        cmocka_unit_test(random_changes_keep_count_and_time_inverse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
