/* SPDX-License-Identifier: MIT */
/* Rates as people write them. */
#include "support/unit.h"

#include "base/rate.h"

#include <errno.h>

static void assert_rate(const char *text, double per_s)
{
    double got = -1;

    assert_int_equal(acri_rate_parse(text, &got), 0);
    assert_true(got == per_s);
}

static void rates_are_per_second_minute_or_hour(void **state)
{
    (void)state;
    assert_rate("500/s", 500);
    assert_rate("30/m", 0.5);
    assert_rate("2/h", 2.0 / 3600);
    assert_rate("0.25", 0.25);
    assert_rate("0", 0);
}

static void anything_else_is_refused(void **state)
{
    static const char *const bad[] = { "",     "/s",
                                       "-1",   "-1/s",
                                       "1/d",  "1/",
                                       "1/ss", "1 /s",
                                       "1/s ", "inf",
                                       "nan",  "0x10",
                                       "1e3",  ".5",
                                       "1./s", "+1",
                                       "1/s2", "a",
                                       "1//s", "1.2.3",
                                       "1/S",  "10000000000000000" };
    double got = 7;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(acri_rate_parse(bad[i], &got), -EINVAL);
    assert_true(got == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_per_second_minute_or_hour),
        cmocka_unit_test(anything_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
