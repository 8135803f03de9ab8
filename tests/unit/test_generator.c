/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "stats/generator.h"

#include <math.h>

#define S 1000000000ull

static void assert_near(double a, double b)
{
    assert_true(fabs(a - b) < 1e-9);
}

static void the_worst_loop_counts(void **state)
{
    struct acri_generator_loop quiet = { 0 };
    struct acri_generator_loop busy = { 0 };
    const struct acri_generator_loop waits = { .over_ns = S, .wait_ns = S / 4, .n_runs = 500 };
    const struct acri_generator_loop runs = { .over_ns = S, .n_runs = 1000 };
    struct acri_generator g = { 0 };

    (void)state;
    acri_generator_add_loop(&g, &quiet); /* nothing is known of it */
    assert_near(g.seconds, 0);
    for (unsigned i = 0; i < 4; i++) {
        acri_generator_note(&quiet, &waits, S / 10, 0.9);
        acri_generator_note(&busy, &runs, i == 0 ? S : S / 2, 0.9);
    }
    acri_generator_add_loop(&g, &quiet);
    acri_generator_add_loop(&g, &busy);
    assert_near(g.seconds, 4);
    assert_near(g.busy_share, 0.25);
    assert_near(g.wait_share, 0.25);
    assert_near(g.wait_ms, 0.5);
}

static void processes_add_up(void **state)
{
    struct acri_generator g = { .seconds = 5, .busy_share = 0.5, .n_stalls = 2, .n_stalled = 7 };
    const struct acri_generator other = { .seconds = 4,
                                          .wait_share = 0.25,
                                          .wait_ms = 3,
                                          .n_stalls = 1,
                                          .n_stalled = 2,
                                          .longest_stall_ms = 150 };

    (void)state;
    acri_generator_add(&g, &other);
    assert_near(g.seconds, 5);
    assert_near(g.busy_share, 0.5);
    assert_near(g.wait_share, 0.25);
    assert_near(g.wait_ms, 3);
    assert_int_equal(g.n_stalls, 3);
    assert_int_equal(g.n_stalled, 9);
    assert_near(g.longest_stall_ms, 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_loop_counts),
        cmocka_unit_test(processes_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
