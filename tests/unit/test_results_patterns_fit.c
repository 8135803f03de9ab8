/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "results/patterns_fit.h"

#include <math.h>

#define N 60

static double x[N];
static double y[N];
static struct patterns_fits fits;

static void make(double (*curve)(double x), double wobble)
{
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = curve(i) * (1 + wobble * ((i * 7919 % 13) / 6.0 - 1));
    }
    assert_true(patterns_fits_make(&fits, x, y, N));
}

static double constant(double at)
{
    (void)at;
    return 20;
}

static double line(double at)
{
    return 5 + 2 * at;
}

static double hinge(double at)
{
    return at < 30 ? 10 : 10 + 4 * (at - 30);
}

static double step(double at)
{
    return at < 40 ? 10 + 0.05 * at : 90 - at;
}

static void assert_near(double value, double wanted)
{
    if (fabs(value - wanted) > 0.05 * fabs(wanted) + 0.01)
        fail_msg("%g, not %g", value, wanted);
}

static void curves_are_found(void **state)
{
    (void)state;
    make(line, 0.02);
    assert_near(fits.line.a, 5);
    assert_near(fits.line.b, 2);
    assert_near(patterns_fit_at(&fits.line, 10), 25);
    make(hinge, 0.02);
    assert_near(fits.hinge.knee, 30);
    assert_near(fits.hinge.b2, 4);
    assert_near(patterns_fit_at(&fits.hinge, 10), 10);
    assert_near(patterns_fit_at(&fits.hinge, 50), 90);
    make(step, 0.02);
    assert_near(fits.step.knee, 39);
    assert_int_equal(fits.step.split, 40);
    assert_near(patterns_fit_at(&fits.step, 45), 45);
}

/* The simplest that will do is not beaten. */
static void the_right_one_wins(void **state)
{
    (void)state;
    make(constant, 0.2);
    assert_false(patterns_fit_beats(&fits.line, &fits.flat, 0));
    assert_false(patterns_fit_beats(&fits.step, &fits.flat, 0));
    make(line, 0.2);
    assert_true(patterns_fit_beats(&fits.line, &fits.flat, 0));
    assert_false(patterns_fit_beats(&fits.hinge, &fits.line, 0));
    assert_false(patterns_fit_beats(&fits.step, &fits.line, 0));
    assert_true(patterns_fit_goodness(&fits, &fits.line) > 0.8);
    make(hinge, 0.1);
    assert_true(patterns_fit_beats(&fits.hinge, &fits.line, 0));
    assert_false(patterns_fit_beats(&fits.step, &fits.hinge, 0));
    make(step, 0.1);
    assert_true(patterns_fit_beats(&fits.step, &fits.hinge, 0));
    assert_false(patterns_fit_beats(&fits.step, &fits.hinge, 1e6));
}

static void what_cannot_be_fitted_is_refused(void **state)
{
    (void)state;
    make(line, 0);
    assert_false(patterns_fits_make(&fits, x, y, 7));
    assert_false(patterns_fits_make(&fits, x, y, 0));
    for (int i = 0; i < N; i++)
        x[i] = 3;
    assert_false(patterns_fits_make(&fits, x, y, N));
    for (int i = 0; i < N; i++)
        x[i] = i < N / 2 ? 3 : 4; /* two loads make no segment of their own */
    assert_true(patterns_fits_make(&fits, x, y, N));
    assert_false(fits.step.is_there && fits.hinge.is_there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_found),
        cmocka_unit_test(the_right_one_wins),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
