/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/duration.h"

static void durations_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {
        { "20", 20 },      { "20s", 20 },         { "3m", 180 },      { "2h", 7200 },
        { "1h20m", 4800 }, { "3h30m10s", 12610 }, { "0", 0 },         { "1.5", 1.5 },
        { "0.5s", 0.5 },   { "250ms", 0.25 },     { "1s500ms", 1.5 }, { "1d", 86400 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double seconds = -1;

        assert_int_equal(acri_duration_parse(cases[i].text, &seconds), 0);
        assert_true(seconds > cases[i].seconds - 1e-9 && seconds < cases[i].seconds + 1e-9);
    }
}

static void what_is_no_duration_is_refused_and_nothing_written(void **state)
{
    static const char *const bad[] = {
        "",    " ",   "s",    "5x",   "-1", "1m1h", "1s1s", "1m20",  "5 s",          "1e3",
        "inf", "nan", "0x10", "1..5", "1.", ".5",   "5mss", "1h-5m", "99999999999h",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        double seconds = -7;

        assert_true(acri_duration_parse(bad[i], &seconds) < 0);
        assert_true(seconds < -6);
    }
}

static void durations_are_written_short(void **state)
{
    char text[32];

    (void)state;
    assert_string_equal(acri_duration_format(5.9, text, sizeof(text)), "5s");
    assert_string_equal(acri_duration_format(65, text, sizeof(text)), "1m05s");
    assert_string_equal(acri_duration_format(3661, text, sizeof(text)), "1h01m01s");
    assert_string_equal(acri_duration_format(-1, text, sizeof(text)), "0s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_duration_is_refused_and_nothing_written),
        cmocka_unit_test(durations_are_written_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
