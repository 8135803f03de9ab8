/* SPDX-License-Identifier: MIT */
/* The command line. */
#include "support/unit.h"

#include "app/options_parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PARSE(o, reterr, ...)                                             \
    acri_options_parse_arguments(                                         \
        (o), count((const char *const[]){ "acrida", __VA_ARGS__, NULL }), \
        (char *const *)(const char *const[]){ "acrida", __VA_ARGS__, NULL }, false, (reterr))

static int count(const char *const *argv)
{
    int n = 0;

    while (argv[n] != NULL)
        n++;
    return n;
}

#define ASSERT_REFUSED(why, ...)                                    \
    do {                                                            \
        struct acri_options *o_ = acri_options_new();               \
        struct acri_error error_ = { "" };                          \
        assert_int_equal(PARSE(o_, &error_, __VA_ARGS__), -EINVAL); \
        assert_string_equal(error_.text, (why));                    \
        acri_options_free(o_);                                      \
    } while (0)

#define ASSERT_INT(name, value, ...)                             \
    do {                                                         \
        struct acri_options *o_ = acri_options_new();            \
        struct acri_error error_ = { "" };                       \
        if (PARSE(o_, &error_, __VA_ARGS__) < 0)                 \
            fprintf(stderr, "%s\n", error_.text);                \
        assert_int_equal(acri_options_int(o_, (name)), (value)); \
        acri_options_free(o_);                                   \
    } while (0)

#define ASSERT_FLAG(name, value, ...)                             \
    do {                                                          \
        struct acri_options *o_ = acri_options_new();             \
        assert_int_equal(PARSE(o_, NULL, __VA_ARGS__), 0);        \
        assert_int_equal(acri_options_flag(o_, (name)), (value)); \
        acri_options_free(o_);                                    \
    } while (0)

static void values_come_attached_or_next(void **state)
{
    (void)state;
    ASSERT_INT("users", 10, "--users", "10");
    ASSERT_INT("users", 10, "--users=10");
    ASSERT_INT("users", 10, "-u", "10");
    ASSERT_INT("users", 10, "-u10");
    ASSERT_INT("users", 10, "-u=10");
    ASSERT_INT("seed", -4, "--seed", "-4");
}

static void the_last_of_repeated_options_counts(void **state)
{
    (void)state;
    ASSERT_INT("users", 3, "-u1", "--users", "2", "--users=3");
}

static void unique_abbreviations_are_accepted(void **state)
{
    (void)state;
    ASSERT_INT("users", 10, "--us", "10");
    ASSERT_INT("users", 10, "--user=10");
    ASSERT_FLAG("headless", true, "--headl");
    ASSERT_FLAG("headless", false, "--headless", "--no-headl");
}

static void ambiguous_abbreviations_are_not(void **state)
{
    (void)state;
    ASSERT_REFUSED("--log is short for several options: --loglevel, --logfile", "--log", "x");
    ASSERT_REFUSED("--show is short for several options: --show-task-ratio, --show-task-ratio-json",
                   "--show");
}

static void a_name_that_starts_another_is_not_ambiguous(void **state)
{
    (void)state;
    ASSERT_FLAG("show-task-ratio", true, "--show-task-ratio");
    ASSERT_FLAG("show-task-ratio-json", false, "--show-task-ratio");
}

static void flags_can_be_unset(void **state)
{
    (void)state;
    ASSERT_FLAG("headless", true, "--headless");
    ASSERT_FLAG("headless", false, "--headless", "--no-headless");
    ASSERT_FLAG("headless", true, "--headless=yes");
    ASSERT_FLAG("headless", false, "--headless=false");
    ASSERT_REFUSED("--headless wants true or false, got 'x'", "--headless=x");
    ASSERT_REFUSED("--no-headless takes no value", "--no-headless=x");
    ASSERT_REFUSED("unknown option --no-users: did you mean --users?", "--no-users", "5");
}

static void letters_of_flags_can_be_joined(void **state)
{
    (void)state;
    ASSERT_FLAG("version", true, "-lV");
    ASSERT_FLAG("list", true, "-lV");
    ASSERT_INT("users", 5, "-lu5");
}

static void locusts_name_of_the_scenario_is_an_alias(void **state)
{
    struct acri_options *o = acri_options_new();
    const char *const *files;
    size_t n;

    (void)state;
    assert_int_equal(PARSE(o, NULL, "--locustfile", "a.c, my file.c", "-f", "c.so"), 0);
    files = acri_options_list(o, "scenario", &n);
    assert_int_equal(n, 3);
    assert_string_equal(files[0], "a.c");
    assert_string_equal(files[1], "my file.c");
    assert_string_equal(files[2], "c.so");
    assert_null(files[3]);
    acri_options_free(o);
}

static void names_without_dashes_are_user_types(void **state)
{
    struct acri_options *o = acri_options_new();
    const char *const *types;
    size_t n;

    (void)state;
    assert_int_equal(PARSE(o, NULL, "buyer", "-u", "5", "-", "--", "-u", "seller"), 0);
    types = acri_options_list(o, "user-types", &n);
    assert_int_equal(n, 4);
    assert_string_equal(types[0], "buyer");
    assert_string_equal(types[1], "-");
    assert_string_equal(types[2], "-u");
    assert_string_equal(types[3], "seller");
    assert_int_equal(acri_options_int(o, "users"), 5);
    acri_options_free(o);
}

static void a_misspelt_option_is_suggested(void **state)
{
    (void)state;
    ASSERT_REFUSED("unknown option --usres: did you mean --users?", "--usres", "5");
    ASSERT_REFUSED("unknown option --spawnrate: did you mean --spawn-rate?", "--spawnrate=5");
    ASSERT_REFUSED("unknown option --banana (acrida --help lists them)", "--banana");
    ASSERT_REFUSED("unknown option -x (acrida --help lists them)", "-x");
    ASSERT_REFUSED("unknown option -? (acrida --help lists them)", "-\x1b[2J");
    ASSERT_REFUSED("unknown option -- (acrida --help lists them)", "--=5");
}

static void bad_values_name_the_option(void **state)
{
    (void)state;
    ASSERT_REFUSED("--users wants a whole number, got 'abc'", "-u", "abc");
    ASSERT_REFUSED("--users wants 0 or more, got '-5'", "-u", "-5");
    ASSERT_REFUSED("--run-time wants a duration such as 90s, 20m or 1h30m, got '5x'", "-t", "5x");
    ASSERT_REFUSED("--spawn-rate wants a number above 0, got '0'", "-r0");
    ASSERT_REFUSED("--loglevel wants DEBUG, INFO, WARNING, ERROR or CRITICAL, got 'x'", "-Lx");
}

static void missing_values_are_told(void **state)
{
    (void)state;
    ASSERT_REFUSED("--users wants a value: --users N", "--users");
    ASSERT_REFUSED("--users wants a value: --users N", "-u");
    ASSERT_REFUSED("--users wants a value: --users N", "-u", "--");
    ASSERT_REFUSED("--host wants a value (one that starts with a dash is written --host=-...)",
                   "--host", "--headless");
}

static void options_of_locust_that_are_missing_are_told_apart(void **state)
{
    (void)state;
    ASSERT_REFUSED("--build-path is not there yet", "--build-path=x");
    ASSERT_REFUSED(
        "--web-port (-P) is of the web interface (libacrida-web), which is not installed", "-P",
        "8089");
    ASSERT_REFUSED("--headful is called --no-headless here", "--headful");
    ASSERT_REFUSED("--slave is the old name of --worker", "--slave");
}

static void a_tolerant_pass_skips_what_it_does_not_know(void **state)
{
    char *const argv[] = { "acrida", "--csv",  "out", "--c", "--html",    "-x9",
                           "-f",     "shop.c", "-u",  "7",   "--influx=a" };
    struct acri_options *o = acri_options_new();

    (void)state;
    assert_int_equal(acri_options_parse_arguments(o, 11, argv, true, NULL), 0);
    assert_string_equal(acri_options_string(o, "scenario"), "shop.c");
    assert_int_equal(acri_options_int(o, "users"), 7);
    acri_options_free(o);
}

static void no_arguments_are_fine(void **state)
{
    char *const argv[] = { "acrida", NULL };
    struct acri_options *o = acri_options_new();

    (void)state;
    assert_int_equal(acri_options_parse_arguments(o, 1, argv, false, NULL), 0);
    assert_int_equal(acri_options_parse_arguments(o, 0, argv + 1, false, NULL), 0);
    acri_options_free(o);
}

static void assert_list(const struct acri_options *o, const char *name, const char *joined)
{
    char got[256] = "";
    size_t used = 0;
    size_t n;
    const char *const *list = acri_options_list(o, name, &n);

    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(got + used, sizeof(got) - used, "%s|", list[i]);
    assert_string_equal(got, joined);
}

static void tags_take_words_up_to_the_next_option(void **state)
{
    struct acri_options *o = acri_options_new();

    (void)state;
    assert_int_equal(PARSE(o, NULL, "buyer", "-T", "a", "b", "-E", "c,d", "e", "-u", "3", "seller"),
                     0);
    assert_list(o, "tags", "a|b|");
    assert_list(o, "exclude-tags", "c|d|e|");
    assert_list(o, "user-types", "buyer|seller|");
    acri_options_free(o);
    o = acri_options_new();
    assert_int_equal(PARSE(o, NULL, "--tags=a b", "buyer", "-Tc", "-E", "x", "--", "seller"), 0);
    assert_list(o, "tags", "a|b|c|");
    assert_list(o, "user-types", "buyer|seller|");
    acri_options_free(o);
    ASSERT_REFUSED("--tags wants a value: --tags TAG ...", "-T");
}

static void json_is_one_element(void **state)
{
    struct acri_options *o = acri_options_new();

    (void)state;
    assert_int_equal(PARSE(o, NULL, "--config-users", "[{\"a\": 1, \"b\": 2}]", "x.json", "-u1"),
                     0);
    assert_list(o, "config-users", "[{\"a\": 1, \"b\": 2}]|x.json|");
    acri_options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_attached_or_next),
        cmocka_unit_test(the_last_of_repeated_options_counts),
        cmocka_unit_test(unique_abbreviations_are_accepted),
        cmocka_unit_test(ambiguous_abbreviations_are_not),
        cmocka_unit_test(a_name_that_starts_another_is_not_ambiguous),
        cmocka_unit_test(flags_can_be_unset),
        cmocka_unit_test(letters_of_flags_can_be_joined),
        cmocka_unit_test(locusts_name_of_the_scenario_is_an_alias),
        cmocka_unit_test(names_without_dashes_are_user_types),
        cmocka_unit_test(a_misspelt_option_is_suggested),
        cmocka_unit_test(bad_values_name_the_option),
        cmocka_unit_test(missing_values_are_told),
        cmocka_unit_test(options_of_locust_that_are_missing_are_told_apart),
        cmocka_unit_test(a_tolerant_pass_skips_what_it_does_not_know),
        cmocka_unit_test(no_arguments_are_fine),
        cmocka_unit_test(tags_take_words_up_to_the_next_option),
        cmocka_unit_test(json_is_one_element),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
