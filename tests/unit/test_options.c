/* SPDX-License-Identifier: MIT */
/* Options as a whole: plugins' options, both passes, getters, the SDK's functions. */
#include "support/unit.h"

#include "app/options.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct acr_option added[] = {
    { .name = "csv", .metavar = "PREFIX", .help = "Files." },
    { .name = "csv-full-history", .help = "All.", .kind = ACR_OPTION_FLAG },
    { .name = "batch", .help = "Rows.", .kind = ACR_OPTION_INT, .default_value = "100" },
    { .name = "share", .help = "Part.", .kind = ACR_OPTION_NUMBER },
    { .name = "every", .help = "Time.", .kind = ACR_OPTION_DURATION, .default_value = "2m" },
};

/* Neither home nor folder may bring options into these tests. */
static int isolate(void **state)
{
    (void)state;
    setenv("HOME", "/nonexistent", 1);
    return chdir("/");
}

static struct acri_options *with_plugin(void)
{
    struct acri_options *o = acri_options_new();

    assert_int_equal(acri_options_add(o, "report", added, ACR_LEN(added), NULL), 0);
    return o;
}

static void without_sources_options_have_their_defaults(void **state)
{
    struct acri_options *o = acri_options_new();
    size_t n;

    (void)state;
    assert_int_equal(acri_options_int(o, "users"), 1);
    assert_true(acri_options_number(o, "spawn-rate") == 1);
    assert_true(acri_options_duration(o, "on-stop-timeout") == 10);
    assert_int_equal(acri_options_int(o, "exit-code-on-error"), 1);
    assert_string_equal(acri_options_string(o, "loglevel"), "INFO");
    assert_string_equal(acri_options_string(o, "host"), "");
    assert_string_equal(acri_options_string(o, "headless"), "");
    assert_false(acri_options_is_set(o, "users"));
    assert_string_equal(acri_options_origin(o, "users"), "default");
    acri_options_list(o, "scenario", &n);
    assert_int_equal(n, 0);
    acri_options_free(o);
    acri_options_free(NULL);
}

static void options_of_plugins_take_part(void **state)
{
    char *const argv[] = { "acrida", "--csv", "out/x", "--csv-full", "--batch=5", "-u", "3" };
    struct acri_options *o = with_plugin();

    (void)state;
    assert_int_equal(acri_options_parse(o, 7, argv, NULL), 0);
    assert_string_equal(acri_options_string(o, "csv"), "out/x");
    assert_true(acri_options_flag(o, "csv-full-history"));
    assert_int_equal(acri_options_int(o, "batch"), 5);
    assert_true(acri_options_duration(o, "every") == 120);
    acri_options_free(o);
}

static void the_second_pass_forgets_the_first(void **state)
{
    char *const argv[] = { "acrida", "--csv", "out", "-f", "a.c" };
    struct acri_options *o = acri_options_new();
    size_t n;

    (void)state;
    assert_int_equal(acri_options_scan(o, 5, argv, NULL), 0);
    /* Not known yet whether --csv takes a value. */
    acri_options_list(o, "user-types", &n);
    assert_int_equal(n, 1);
    assert_int_equal(acri_options_add(o, "report", added, ACR_LEN(added), NULL), 0);
    assert_int_equal(acri_options_parse(o, 5, argv, NULL), 0);
    acri_options_list(o, "user-types", &n);
    assert_int_equal(n, 0);
    acri_options_list(o, "scenario", &n);
    assert_int_equal(n, 1);
    acri_options_free(o);
}

static void the_first_pass_already_tells_bad_values(void **state)
{
    char *const argv[] = { "acrida", "-u", "abc", "-f", "missing.c" };
    struct acri_options *o = acri_options_new();
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_options_scan(o, 5, argv, &error), -EINVAL);
    assert_string_equal(error.text, "--users wants a whole number, got 'abc'");
    acri_options_free(o);
}

static void assert_not_added(const struct acr_option *option, int code, const char *why)
{
    struct acri_options *o = with_plugin();
    struct acri_error error = { "" };

    assert_int_equal(acri_options_add(o, "bad", option, 1, &error), code);
    assert_string_equal(error.text, why);
    acri_options_free(o);
}

static void bad_options_of_plugins_are_refused(void **state)
{
    (void)state;
    assert_not_added(&(struct acr_option){ .name = "users", .help = "x" }, -EEXIST,
                     "plugin 'bad' adds --users, which acrida has already");
    assert_not_added(&(struct acr_option){ .name = "locustfile", .help = "x" }, -EEXIST,
                     "plugin 'bad' adds --locustfile, which acrida has already");
    assert_not_added(&(struct acr_option){ .name = "csv", .help = "x" }, -EEXIST,
                     "plugin 'bad' adds --csv, which plugin 'report' has already");
    assert_not_added(&(struct acr_option){ .name = "--x", .help = "x" }, -EINVAL,
                     "plugin 'bad' adds an option called '--x': only a-z, 0-9 and dashes can be");
    assert_not_added(&(struct acr_option){ .help = "x" }, -EINVAL,
                     "plugin 'bad' adds an option called '': only a-z, 0-9 and dashes can be");
    assert_not_added(&(struct acr_option){ .name = "x" }, -EINVAL, "plugin 'bad': --x has no help");
    assert_not_added(&(struct acr_option){ .name = "x", .help = "x", .kind = 9 }, -EINVAL,
                     "plugin 'bad': --x is of the unknown kind 9");
    assert_not_added(
        &(struct acr_option){
            .name = "x", .help = "x", .kind = ACR_OPTION_INT, .default_value = "many" },
        -EINVAL, "plugin 'bad': --x: its default wants a whole number, got 'many'");
}

static void an_absent_option_of_locust_can_come_with_a_plugin(void **state)
{
    static const struct acr_option html = { .name = "html", .metavar = "FILE", .help = "x" };
    char *const argv[] = { "acrida", "--html", "a.html" };
    struct acri_options *o = acri_options_new();

    (void)state;
    assert_int_equal(acri_options_add(o, "web", &html, 1, NULL), 0);
    assert_int_equal(acri_options_parse(o, 3, argv, NULL), 0);
    assert_string_equal(acri_options_string(o, "html"), "a.html");
    acri_options_free(o);
}

static void the_sdk_reads_what_was_published(void **state)
{
    char *const argv[] = { "acrida", "--csv=x", "-t", "1m", "--headless", "--share", "0.5" };
    struct acri_options *o = with_plugin();

    (void)state;
    assert_int_equal(acri_options_parse(o, 7, argv, NULL), 0);
    assert_string_equal(acr_option_string("csv"), "");
    acri_options_publish(o);
    assert_string_equal(acr_option_string("csv"), "x");
    assert_string_equal(acr_option_string("headless"), "true");
    assert_true(acr_option_flag("headless"));
    assert_false(acr_option_flag("csv-full-history"));
    assert_int_equal(acr_option_int("batch", 7), 100);
    assert_int_equal(acr_option_int("seed", 7), 7);
    assert_true(acr_option_number("run-time", 0) == 60);
    assert_true(acr_option_number("share", 0) == 0.5);
    assert_true(acr_option_number("batch", 0) == 100);
    acri_options_free(o);
    assert_string_equal(acr_option_string("csv"), "");
}

static void the_sdk_takes_unknown_names_for_unset(void **state)
{
    struct acri_options *o = with_plugin();

    (void)state;
    acri_options_publish(o);
    assert_string_equal(acr_option_string("banana"), "");
    assert_string_equal(acr_option_string(NULL), "");
    assert_false(acr_option_flag("banana"));
    assert_int_equal(acr_option_int("banana", 7), 7);
    assert_int_equal(acr_option_int("csv", 7), 7);
    assert_true(acr_option_number("banana", 7) == 7);
    assert_true(acr_option_number("csv", 7) == 7);
    acri_options_publish(NULL);
    acri_options_free(o);
}

static void the_higher_of_two_that_exclude_each_other_stays(void **state)
{
    char *const both[] = { "acrida", "--stages", "1s:1", "--arrival-rate", "5" };
    char *const one[] = { "acrida", "--stages", "1s:1" };
    struct acri_options *o = acri_options_new();
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_options_exclude(o, "stages", "arrival-rate", &error), 0);
    assert_int_equal(acri_options_parse(o, 5, both, NULL), 0);
    assert_int_equal(acri_options_exclude(o, "stages", "arrival-rate", &error), -EINVAL);
    assert_string_equal(error.text,
                        "--stages and --arrival-rate exclude each other: leave one out");
    setenv("ACRIDA_ARRIVAL_RATE", "7", 1);
    assert_int_equal(acri_options_parse(o, 3, one, NULL), 0);
    assert_true(acri_options_number(o, "arrival-rate") == 7);
    assert_int_equal(acri_options_exclude(o, "arrival-rate", "stages", &error), 0);
    assert_false(acri_options_is_set(o, "arrival-rate"));
    assert_true(acri_options_number(o, "arrival-rate") == 0);
    assert_true(acri_options_is_set(o, "stages"));
    unsetenv("ACRIDA_ARRIVAL_RATE");
    acri_options_free(o);
}

static void a_required_option_must_have_a_value(void **state)
{
    static const struct acr_option wanted[] = {
        { .name = "region", .help = "Where.", .is_required = true },
        { .name = "api-key", .help = "Key.", .is_required = true, .is_secret = true },
    };
    char *const argv[] = { "acrida", "--region", "eu" };
    char *const empty[] = { "acrida", "--region=" };
    struct acri_options *o = acri_options_new();
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_options_add(o, "shop", wanted, 2, NULL), 0);
    assert_int_equal(acri_options_parse(o, 2, empty, NULL), 0);
    assert_int_equal(acri_options_check_required(o, false, &error), -EINVAL);
    assert_string_equal(error.text, "plugin 'shop' wants --region: give it, or set ACRIDA_REGION, "
                                    "or region = ... in acrida.conf");
    assert_int_equal(acri_options_parse(o, 3, argv, NULL), 0);
    assert_int_equal(acri_options_check_required(o, false, &error), -EINVAL);
    assert_string_equal(error.text, "plugin 'shop' wants --api-key: set ACRIDA_API_KEY, or api-key "
                                    "= ... in acrida.conf");
    assert_int_equal(acri_options_check_required(o, true, &error), -EINVAL);
    assert_string_equal(error.text, "plugin 'shop' wants --api-key: give it in .options");
    setenv("ACRIDA_API_KEY", "x", 1);
    assert_int_equal(acri_options_parse(o, 3, argv, NULL), 0);
    assert_int_equal(acri_options_check_required(o, false, &error), 0);
    unsetenv("ACRIDA_API_KEY");
    acri_options_free(o);
}

static void choices_of_plugins_are_kept(void **state)
{
    static const struct acr_option size = {
        .name = "size", .help = "x", .choices = "small large", .default_value = "small"
    };
    static const struct acr_option wrong = {
        .name = "size", .help = "x", .choices = "small large", .default_value = "medium"
    };
    char *const argv[] = { "acrida", "--size", "huge" };
    struct acri_options *o = acri_options_new();
    struct acri_error error = { "" };

    (void)state;
    assert_not_added(&wrong, -EINVAL,
                     "plugin 'bad': --size: its default wants one of small, large, got 'medium'");
    assert_int_equal(acri_options_add(o, "shop", &size, 1, NULL), 0);
    assert_int_equal(acri_options_parse(o, 3, argv, &error), -EINVAL);
    assert_string_equal(error.text, "--size wants one of small, large, got 'huge'");
    acri_options_free(o);
}

static void a_rate_is_a_number_for_the_sdk(void **state)
{
    char *const argv[] = { "acrida", "--arrival-rate", "30/m" };
    struct acri_options *o = acri_options_new();

    (void)state;
    assert_int_equal(acri_options_parse(o, 3, argv, NULL), 0);
    acri_options_publish(o);
    assert_true(acr_option_number("arrival-rate", 0) == 0.5);
    acri_options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_sources_options_have_their_defaults),
        cmocka_unit_test(options_of_plugins_take_part),
        cmocka_unit_test(the_second_pass_forgets_the_first),
        cmocka_unit_test(the_first_pass_already_tells_bad_values),
        cmocka_unit_test(bad_options_of_plugins_are_refused),
        cmocka_unit_test(an_absent_option_of_locust_can_come_with_a_plugin),
        cmocka_unit_test(the_sdk_reads_what_was_published),
        cmocka_unit_test(the_sdk_takes_unknown_names_for_unset),
        cmocka_unit_test(the_higher_of_two_that_exclude_each_other_stays),
        cmocka_unit_test(a_required_option_must_have_a_value),
        cmocka_unit_test(choices_of_plugins_are_kept),
        cmocka_unit_test(a_rate_is_a_number_for_the_sdk),
    };

    return cmocka_run_group_tests(tests, isolate, NULL);
}
