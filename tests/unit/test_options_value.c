/* SPDX-License-Identifier: MIT */
/* Texts as values of options. */
#include "support/unit.h"

#include "app/options_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct acri_option_value parse(enum acri_option_kind kind, const char *text)
{
    const struct acri_option_spec spec = { .name = "x", .kind = kind };
    struct acri_option_value value = { 0 };

    assert_int_equal(acri_options_value_parse(&spec, "--x", text, &value, NULL), 0);
    return value;
}

static void assert_refused(enum acri_option_kind kind, enum acri_option_rule rule, const char *text,
                           const char *why)
{
    const struct acri_option_spec spec = { .name = "x", .kind = kind, .rule = rule };
    struct acri_option_value value = { 0 };
    struct acri_error error = { "" };

    assert_int_equal(acri_options_value_parse(&spec, "--x", text, &value, &error), -EINVAL);
    assert_string_equal(error.text, why);
}

static void whole_numbers_are_read(void **state)
{
    (void)state;
    assert_int_equal(parse(ACRI_OPTION_INT, "10").integer, 10);
    assert_int_equal(parse(ACRI_OPTION_INT, "+10").integer, 10);
    assert_int_equal(parse(ACRI_OPTION_INT, "-3").integer, -3);
    assert_true(parse(ACRI_OPTION_INT, "10").number == 10);
    assert_true(parse(ACRI_OPTION_INT, "9223372036854775807").integer == INT64_MAX);
}

static void what_is_no_whole_number_is_refused(void **state)
{
    static const char *const texts[] = { "abc", "", "-", "1.5", "10k", " 1", "1 ", "0x10" };
    char why[128];

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(why, sizeof(why), "--x wants a whole number, got '%s'", texts[i]);
        assert_refused(ACRI_OPTION_INT, ACRI_OPTION_ANY, texts[i], why);
    }
    assert_refused(ACRI_OPTION_INT, ACRI_OPTION_ANY, "9223372036854775808",
                   "--x wants a smaller number, got '9223372036854775808'");
}

static void numbers_are_plain_decimals(void **state)
{
    (void)state;
    assert_true(parse(ACRI_OPTION_NUMBER, "0.5").number == 0.5);
    assert_true(parse(ACRI_OPTION_NUMBER, "1e3").number == 1000);
    assert_refused(ACRI_OPTION_NUMBER, ACRI_OPTION_ANY, "inf", "--x wants a number, got 'inf'");
    assert_refused(ACRI_OPTION_NUMBER, ACRI_OPTION_ANY, "nan", "--x wants a number, got 'nan'");
    assert_refused(ACRI_OPTION_NUMBER, ACRI_OPTION_ANY, "0x1", "--x wants a number, got '0x1'");
    assert_refused(ACRI_OPTION_NUMBER, ACRI_OPTION_ANY, "1e999", "--x wants a number, got '1e999'");
    assert_refused(ACRI_OPTION_NUMBER, ACRI_OPTION_ANY, "", "--x wants a number, got ''");
}

static void durations_are_seconds(void **state)
{
    (void)state;
    assert_true(parse(ACRI_OPTION_DURATION, "20").number == 20);
    assert_true(parse(ACRI_OPTION_DURATION, "1h30m").number == 5400);
    assert_refused(ACRI_OPTION_DURATION, ACRI_OPTION_ANY, "5x",
                   "--x wants a duration such as 90s, 20m or 1h30m, got '5x'");
    assert_refused(ACRI_OPTION_DURATION, ACRI_OPTION_ANY, "-5",
                   "--x wants a duration such as 90s, 20m or 1h30m, got '-5'");
}

static void flags_have_words_for_both(void **state)
{
    (void)state;
    assert_true(parse(ACRI_OPTION_FLAG, "true").flag);
    assert_true(parse(ACRI_OPTION_FLAG, "YES").flag);
    assert_true(parse(ACRI_OPTION_FLAG, "1").flag);
    assert_false(parse(ACRI_OPTION_FLAG, "False").flag);
    assert_false(parse(ACRI_OPTION_FLAG, "no").flag);
    assert_false(parse(ACRI_OPTION_FLAG, "0").flag);
    assert_refused(ACRI_OPTION_FLAG, ACRI_OPTION_ANY, "maybe",
                   "--x wants true or false, got 'maybe'");
}

static void rules_are_kept(void **state)
{
    (void)state;
    assert_refused(ACRI_OPTION_INT, ACRI_OPTION_NOT_NEGATIVE, "-5",
                   "--x wants 0 or more, got '-5'");
    assert_refused(ACRI_OPTION_NUMBER, ACRI_OPTION_ABOVE_ZERO, "0",
                   "--x wants a number above 0, got '0'");
    assert_refused(ACRI_OPTION_INT, ACRI_OPTION_THREADS, "0", "--x wants 1 to 1024, got '0'");
    assert_refused(ACRI_OPTION_INT, ACRI_OPTION_EXIT_CODE, "256", "--x wants 0 to 255, got '256'");
    assert_refused(ACRI_OPTION_STRING, ACRI_OPTION_LOG_LEVEL, "LOUD",
                   "--x wants DEBUG, INFO, WARNING, ERROR or CRITICAL, got 'LOUD'");
}

static void what_is_shown_stays_one_short_line(void **state)
{
    char text[1000];
    char shown[300];

    (void)state;
    assert_refused(ACRI_OPTION_INT, ACRI_OPTION_ANY, "a\n\033[2J",
                   "--x wants a whole number, got 'a??[2J'");
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    acri_options_value_shown(text, shown, sizeof(shown));
    assert_int_equal(strlen(shown), 120);
    assert_string_equal(shown + 117, "...");
    assert_string_equal(acri_options_value_shown("abcdef", shown, 5), "a...");
    assert_string_equal(acri_options_value_shown("ab", shown, 2), "a");
}

static void rates_are_per_second(void **state)
{
    (void)state;
    assert_true(parse(ACRI_OPTION_RATE, "500/s").number == 500);
    assert_true(parse(ACRI_OPTION_RATE, "30/m").number == 0.5);
    assert_refused(ACRI_OPTION_RATE, ACRI_OPTION_ANY, "5/d",
                   "--x wants a rate such as 500/s, 30/m or 2/h, got '5/d'");
    assert_refused(ACRI_OPTION_RATE, ACRI_OPTION_ABOVE_ZERO, "0",
                   "--x wants a number above 0, got '0'");
}

static void choices_are_whole_words(void **state)
{
    static const char *const good[] = { "constant", "poisson" };
    static const char *const bad[] = { "", "const", "constants", "constant poisson", " " };
    const struct acri_option_spec spec = { .name = "x", .choices = " constant  poisson " };
    struct acri_option_value value;
    struct acri_error error = { "" };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(good); i++)
        assert_int_equal(acri_options_value_parse(&spec, "--x", good[i], &value, NULL), 0);
    for (size_t i = 0; i < ACR_LEN(bad); i++)
        assert_int_equal(acri_options_value_parse(&spec, "--x", bad[i], &value, &error), -EINVAL);
    assert_string_equal(error.text, "--x wants one of constant, poisson, got ' '");
}

static void a_long_list_of_choices_is_cut(void **state)
{
    char to[12];

    (void)state;
    assert_string_equal(acri_options_value_choices("one two three four", to, sizeof(to)),
                        "one, two");
    assert_string_equal(acri_options_value_choices("", to, sizeof(to)), "");
}

static void what_a_secret_got_is_not_told(void **state)
{
    const struct acri_option_spec spec = { .name = "x",
                                           .kind = ACRI_OPTION_INT,
                                           .is_secret = true };
    struct acri_option_value value;
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_options_value_parse(&spec, "--x", "hunter2", &value, &error), -EINVAL);
    assert_string_equal(error.text, "--x wants a whole number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_read),
        cmocka_unit_test(what_is_no_whole_number_is_refused),
        cmocka_unit_test(numbers_are_plain_decimals),
        cmocka_unit_test(durations_are_seconds),
        cmocka_unit_test(flags_have_words_for_both),
        cmocka_unit_test(rules_are_kept),
        cmocka_unit_test(what_is_shown_stays_one_short_line),
        cmocka_unit_test(rates_are_per_second),
        cmocka_unit_test(choices_are_whole_words),
        cmocka_unit_test(a_long_list_of_choices_is_cut),
        cmocka_unit_test(what_a_secret_got_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
