/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "base/rng.h"
#include "dist/clock_offset.h"

static void the_error_is_half_a_round_trip_at_most(void **state)
{
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 1, 0);
    for (int round = 0; round < 1000; round++) {
        struct acri_clock_offset c = { 0 };
        int64_t ahead = (int64_t)acri_rng_below(&rng, 1ull << 50) - (1ll << 49), offset;
        uint64_t round_trip, now = 1ull << 50;

        assert_false(acri_clock_offset_best(&c, &offset, &round_trip));
        for (int i = 0; i < 30; i++) {
            uint64_t there = acri_rng_below(&rng, 100000000),
                     back = acri_rng_below(&rng, 100000000);
            uint64_t held = acri_rng_below(&rng, 1000000);
            uint64_t heard = (uint64_t)((int64_t)(now + there) + ahead);

            assert_true(
                acri_clock_offset_add(&c, now, heard, heard + held, now + there + held + back));
            now += ACRI_NS_PER_S;
        }
        assert_true(acri_clock_offset_best(&c, &offset, &round_trip));
        assert_true(round_trip < 100000000);
        assert_true((offset > ahead ? offset - ahead : ahead - offset) <=
                    (int64_t)(round_trip / 2 + 1));
    }
}

static void old_samples_are_forgotten(void **state)
{
    struct acri_clock_offset c = { 0 };
    uint64_t round_trip;
    int64_t offset;

    (void)state;
    assert_true(acri_clock_offset_add(&c, 1000, 5001, 5001, 1002));
    for (uint64_t i = 0; i < ACRI_CLOCK_OFFSET_SAMPLES; i++)
        assert_true(acri_clock_offset_add(&c, 2000, 9050, 9050, 2100));
    assert_true(acri_clock_offset_best(&c, &offset, &round_trip));
    assert_int_equal(offset, 7000);
    assert_int_equal(round_trip, 100);
}

static void times_that_cannot_be_are_left_out(void **state)
{
    struct acri_clock_offset c = { 0 };

    (void)state;
    assert_false(acri_clock_offset_add(&c, 100, 5, 5, 99));
    assert_false(acri_clock_offset_add(&c, 100, 5, 4, 200));
    assert_false(acri_clock_offset_add(&c, 100, 5, 500, 200));
    assert_false(acri_clock_offset_add(&c, 100, 0, UINT64_MAX, 200));
    assert_false(acri_clock_offset_add(&c, 100, UINT64_MAX - 1, UINT64_MAX, UINT64_MAX));
    assert_int_equal(c.n_samples, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_error_is_half_a_round_trip_at_most),
        cmocka_unit_test(old_samples_are_forgotten),
        cmocka_unit_test(times_that_cannot_be_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
