/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "dist/flight.h"

#define S ACRI_NS_PER_S

static void a_window_is_of_frames_and_of_bytes(void **state)
{
    struct acri_flight f;

    (void)state;
    acri_flight_init(&f, 1000);
    assert_true(acri_flight_may(&f, 5000)); /* one may always be */
    for (uint64_t i = 1; i <= 8; i++) {
        assert_true(acri_flight_may(&f, 100));
        acri_flight_sent(&f, S, i, 100);
    }
    assert_false(acri_flight_may(&f, 1));
    assert_true(acri_flight_heard(&f, S, 2));
    assert_true(acri_flight_may(&f, 400));
    assert_false(acri_flight_may(&f, 401));
    assert_false(acri_flight_heard(&f, S, 2));
}

static void without_progress_it_goes_back(void **state)
{
    struct acri_flight f;

    (void)state;
    acri_flight_init(&f, 1000);
    assert_int_equal(acri_flight_due(&f, 0), UINT64_MAX);
    acri_flight_sent(&f, 10 * S, 5, 100);
    acri_flight_sent(&f, 11 * S, 6, 100);
    /* From the oldest one on: sending does not put it off. */
    assert_int_equal(acri_flight_due(&f, 0), 11500 * ACRI_NS_PER_MS);
    assert_int_equal(acri_flight_due(&f, S), 14 * S);
    assert_false(acri_flight_expire(&f, 11 * S, 0));
    assert_true(acri_flight_heard(&f, 11 * S, 5));
    assert_int_equal(acri_flight_due(&f, 0), 12500 * ACRI_NS_PER_MS);
    assert_true(acri_flight_expire(&f, 12500 * ACRI_NS_PER_MS, 0));
    assert_int_equal(f.sent, 5);
    assert_int_equal(f.n_frames, 0);
    assert_int_equal(f.n_bytes, 0);
    /* A round trip of centuries does not overflow. */
    acri_flight_sent(&f, S, 6, 100);
    assert_int_equal(acri_flight_due(&f, UINT64_MAX), 241 * S);
}

static void what_is_heard_may_be_more_than_what_was_sent(void **state)
{
    struct acri_flight f;

    (void)state;
    acri_flight_init(&f, 1000);
    acri_flight_sent(&f, S, 5, 100);
    acri_flight_restart(&f, 0);
    acri_flight_sent(&f, S, 2, 100);
    assert_true(acri_flight_heard(&f, S, 4));
    assert_int_equal(f.sent, 4);
    assert_int_equal(f.n_frames, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_of_frames_and_of_bytes),
        cmocka_unit_test(without_progress_it_goes_back),
        cmocka_unit_test(what_is_heard_may_be_more_than_what_was_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
