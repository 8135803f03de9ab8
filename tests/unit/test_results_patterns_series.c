/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "support/made_history.h"

#include "results/patterns_detect.h"

static struct made m;
static struct patterns_points p;

static int forget(void **state)
{
    (void)state;
    patterns_points_free(&p);
    return 0;
}

static void read_made(void)
{
    patterns_points_free(&p);
    assert_int_equal(patterns_points_read(&p, made_input(&m), &made_input(&m)->total), 0);
}

static void points_without_requests_are_left_out(void **state)
{
    (void)state;
    made_begin(&m, 1, 10, 1);
    made_ramp(&m, 5, 5, 0);
    for (size_t i = 0; i < 10; i++)
        made_answer(&m, i, 10, 0);
    m.ms[0][1] = NAN;
    m.ms[0][2] = -1;
    m.rate[0][3] = 0;
    m.rate[0][4] = INFINITY;
    m.users[5] = 0;
    m.t[6] = NAN;
    m.failures[0][7] = 2 * m.rate[0][7];
    m.failures[0][8] = NAN;
    read_made();
    assert_int_equal(p.n, 4);
    assert_false(p.is_open);
    assert_true(p.t[0] == 1 && p.t[1] == 8 && p.t[3] == 10);
    assert_true(p.failed[1] == 1 && p.failed[2] == 0);
    assert_true(isnan(p.cpu[0]));
}

static void the_rest_is_what_others_took(void **state)
{
    const bool is_left_out[] = { false, true };
    struct patterns_points rest;

    (void)state;
    made_begin(&m, 1, 3, 1);
    made_ramp(&m, 5, 5, 0);
    for (size_t i = 0; i < 3; i++) {
        made_entry(&m, 0, i, 10, 30);
        made_entry(&m, 1, i, 50, i == 1 ? 0 : 10);
    }
    m.failures[0][0] = 6;
    m.failures[2][0] = 3;
    assert_int_equal(patterns_points_rest(&rest, made_input(&m), is_left_out), 0);
    assert_int_equal(rest.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_float_equal(rest.y[i], 10, 1e-9);
        assert_float_equal(rest.rate[i], 30, 1e-9);
    }
    assert_float_equal(rest.failed[0], 0.1, 1e-9);
    patterns_points_free(&rest);
}

static void only_the_rise_of_the_load_counts(void **state)
{
    static const double users[] = { 1, 2, 3, 2, 1, 3, 5, 9, 9, 9, 9, 9, 9, 9, 9, 4 };
    struct patterns_points rising;

    (void)state;
    made_begin(&m, 1, 16, 1);
    for (size_t i = 0; i < 16; i++) {
        m.users[i] = users[i];
        made_answer(&m, i, 10 + (double)i, 0);
    }
    read_made();
    assert_int_equal(patterns_points_rising(&rising, &p), 0);
    assert_int_equal(rising.n, 10); /* 1 2 3 3 5, and five of the eight at the top */
    assert_true(rising.load[3] == 3 && rising.t[3] == 6 && rising.t[9] == 12);
    patterns_points_free(&rising);
}

static void the_longest_steady_section_is_found(void **state)
{
    size_t from;
    size_t to;

    (void)state;
    made_begin(&m, 1, 100, 1);
    for (size_t i = 0; i < 100; i++) {
        m.users[i] = i < 20 ? (double)i + 1 : i < 40 ? 20 : i < 90 ? 50 + (double)(i % 2) : 5;
        made_answer(&m, i, 10, 0);
    }
    read_made();
    assert_true(patterns_points_steady(&p, 20, &from, &to));
    assert_int_equal(from, 45);
    assert_int_equal(to, 90);
    assert_false(patterns_points_steady(&p, 46, &from, &to));
}

static void a_lone_outlier_goes_and_a_step_stays(void **state)
{
    (void)state;
    made_begin(&m, 1, 40, 1);
    made_ramp(&m, 5, 5, 0);
    for (size_t i = 0; i < 40; i++)
        made_answer(&m, i, (i < 20 ? 10 : 50) + 0.1 * (double)(i % 3), 0);
    m.ms[0][8] = 1000;
    read_made();
    patterns_points_clean(&p);
    assert_true(p.y[8] < 11);
    assert_true(p.y[19] < 11 && p.y[20] > 49);
    patterns_points_thin(&p, 10);
    assert_int_equal(p.n, 10);
    assert_true(p.y[4] < 11 && p.y[5] > 49 && p.t[0] == 2.5);
}

static void noise_with_memory_is_worth_less(void **state)
{
    double z[400];

    (void)state;
    made_begin(&m, 3, 1, 1);
    for (size_t i = 0; i < 400; i++)
        z[i] = log(made_noise(&m, 0, 1, 0));
    assert_true(patterns_n_effective(z, 400) > 300);
    for (size_t i = 0; i < 400; i++)
        z[i] = log(made_noise(&m, 0, 1, 0.8));
    assert_true(patterns_n_effective(z, 400) < 80);
    assert_true(patterns_n_effective(z, 2) == 3);
}

/* --- patterns_peak.c ----------------------------------------------------------------------------
 */

/* A peak of the load from the 21st to the 40th second; times follow `lag` seconds later. */
static double recovery(size_t lag, bool has_calm)
{
    made_begin(&m, 1, 80, 1);
    for (size_t i = 0; i < 80; i++) {
        m.users[i] = (i >= 20 && i < 40) || (i < 20 && !has_calm) ? 100 : 20;
        made_answer(&m, i, (i >= 20 && i < 40 + lag ? 80 : 10) * made_noise(&m, 0, 0.03, 0), 0);
    }
    read_made();
    return patterns_recovery(&p);
}

static void the_time_to_recover_is_told(void **state)
{
    (void)state;
    assert_float_equal(recovery(12, true), 13, 1.01);
    assert_float_equal(recovery(0, true), 1, 1.01);
    assert_true(isinf(recovery(40, true)));
    assert_true(isnan(recovery(12, false)));
    made_ramp(&m, 1, 50, 60);
    read_made();
    assert_true(isnan(patterns_recovery(&p)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(points_without_requests_are_left_out, forget),
        cmocka_unit_test_teardown(the_rest_is_what_others_took, forget),
        cmocka_unit_test_teardown(only_the_rise_of_the_load_counts, forget),
        cmocka_unit_test_teardown(the_longest_steady_section_is_found, forget),
        cmocka_unit_test_teardown(a_lone_outlier_goes_and_a_step_stays, forget),
        cmocka_unit_test_teardown(noise_with_memory_is_worth_less, forget),
        cmocka_unit_test_teardown(the_time_to_recover_is_told, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
