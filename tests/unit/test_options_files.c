/* SPDX-License-Identifier: MIT */
/* Options from the environment and configuration files, in a home and a folder of the test's own.
 */
#include "support/unit.h"

#include "app/options_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-options-XXXXXX";
static char error_text[1024];

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL && chdir(folder) == 0 && setenv("HOME", folder, 1) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static int clean(void **state)
{
    static const char *const variables[] = { "ACRIDA_USERS",    "ACRIDA_SPAWN_RATE",
                                             "ACRIDA_HEADLESS", "ACRIDA_LOCUSTFILE",
                                             "ACRIDA_SCENARIO", "ACRIDA_USER_CLASSES",
                                             "ACRIDA_HOST",     "ACRIDA_LIST" };

    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    unlink("acrida.conf");
    unlink(".acrida.conf");
    unlink("my.conf");
    return 0;
}

/* All sources, as the command line would start them. */
static int read_with(struct acri_options **ret_o, char *const *argv, int argc)
{
    struct acri_error error = { "" };
    int r;

    *ret_o = acri_options_new();
    r = acri_options_parse(*ret_o, argc, argv, &error);
    memcpy(error_text, error.text, sizeof(error_text));
    return r;
}

static struct acri_options *read_fine(void)
{
    char *const argv[] = { "acrida", NULL };
    struct acri_options *o;
    int r = read_with(&o, argv, 1);

    if (r < 0)
        fprintf(stderr, "%s\n", error_text);
    assert_int_equal(r, 0);
    return o;
}

static void assert_refused(const char *why)
{
    char *const argv[] = { "acrida", NULL };
    struct acri_options *o;

    assert_int_equal(read_with(&o, argv, 1), -EINVAL);
    assert_string_equal(error_text, why);
    acri_options_free(o);
}

static void the_environment_sets_options(void **state)
{
    struct acri_options *o;
    size_t n;

    (void)state;
    setenv("ACRIDA_USERS", "12", 1);
    setenv("ACRIDA_SPAWN_RATE", "2.5", 1);
    setenv("ACRIDA_HEADLESS", "true", 1);
    setenv("ACRIDA_USER_CLASSES", "buyer  seller,admin", 1);
    o = read_fine();
    assert_int_equal(acri_options_int(o, "users"), 12);
    assert_true(acri_options_number(o, "spawn-rate") == 2.5);
    assert_true(acri_options_flag(o, "headless"));
    assert_string_equal(acri_options_list(o, "user-types", &n)[2], "admin");
    assert_int_equal(n, 3);
    assert_string_equal(acri_options_origin(o, "users"), "ACRIDA_USERS");
    acri_options_free(o);
}

static void empty_variables_count_as_unset(void **state)
{
    struct acri_options *o;

    (void)state;
    setenv("ACRIDA_USERS", "", 1);
    o = read_fine();
    assert_false(acri_options_is_set(o, "users"));
    acri_options_free(o);
}

static void locusts_variable_names_count_when_ours_are_unset(void **state)
{
    struct acri_options *o;

    (void)state;
    setenv("ACRIDA_LOCUSTFILE", "a.c", 1);
    o = read_fine();
    assert_string_equal(acri_options_string(o, "scenario"), "a.c");
    acri_options_free(o);
    setenv("ACRIDA_SCENARIO", "b.c", 1);
    o = read_fine();
    assert_string_equal(acri_options_string(o, "scenario"), "b.c");
    acri_options_free(o);
}

static void commands_are_not_read_from_the_environment(void **state)
{
    struct acri_options *o;

    (void)state;
    setenv("ACRIDA_LIST", "true", 1);
    o = read_fine();
    assert_false(acri_options_flag(o, "list"));
    acri_options_free(o);
}

static void a_bad_variable_is_named(void **state)
{
    (void)state;
    setenv("ACRIDA_USERS", "abc", 1);
    assert_refused("ACRIDA_USERS wants a whole number, got 'abc'");
}

static void files_set_options(void **state)
{
    struct acri_options *o;
    const char *const *types;
    size_t n;

    (void)state;
    put("acrida.conf", "users = 5\nspawn_rate: 3\nheadless\nscenario shop.c\n"
                       "user-types = [buyer, seller]\n");
    o = read_fine();
    assert_int_equal(acri_options_int(o, "users"), 5);
    assert_true(acri_options_number(o, "spawn-rate") == 3);
    assert_true(acri_options_flag(o, "headless"));
    types = acri_options_list(o, "user-types", &n);
    assert_int_equal(n, 2);
    assert_string_equal(types[1], "seller");
    assert_string_equal(acri_options_origin(o, "users"), "acrida.conf:1: users");
    acri_options_free(o);
}

static void a_higher_source_wins(void **state)
{
    char *const argv[] = { "acrida", "--config", "my.conf", "-u", "5", "--no-headless" };
    struct acri_options *o;
    size_t n;

    (void)state;
    put(".acrida.conf", "users = 1\nspawn-rate = 1\nrun-time = 1\nhost = home\nuser-types = a\n");
    put("acrida.conf",
        "users = 2\nspawn-rate = 2\nrun-time = 2\nheadless = true\nuser-types = b\n");
    put("my.conf", "users = 3\nspawn-rate = 3\n");
    setenv("ACRIDA_USERS", "4", 1);
    assert_int_equal(read_with(&o, argv, 6), 0);
    assert_int_equal(acri_options_int(o, "users"), 5);
    assert_true(acri_options_number(o, "spawn-rate") == 3);
    assert_true(acri_options_duration(o, "run-time") == 2);
    assert_string_equal(acri_options_string(o, "host"), "home");
    assert_false(acri_options_flag(o, "headless"));
    /* A list is one value: sources do not add to each other's. */
    assert_string_equal(acri_options_list(o, "user-types", &n)[0], "b");
    assert_int_equal(n, 1);
    acri_options_free(o);
    assert_int_equal(read_with(&o, argv, 3), 0);
    assert_int_equal(acri_options_int(o, "users"), 4);
    acri_options_free(o);
}

static void bad_files_are_named_with_their_line(void **state)
{
    (void)state;
    put("acrida.conf", "\nusers = abc\n");
    assert_refused("acrida.conf:2: users wants a whole number, got 'abc'");
    put("acrida.conf", "usres = 5\n");
    assert_refused("acrida.conf:1: unknown option 'usres': did you mean 'users'?");
    put("acrida.conf", "banana = 5\n");
    assert_refused("acrida.conf:1: unknown option 'banana'");
    put("acrida.conf", "build-path\n");
    assert_refused("acrida.conf:1: build-path is not there yet");
    put("acrida.conf", "users\n");
    assert_refused("acrida.conf:1: users wants a value");
    put("acrida.conf", "users = [1, 2]\n");
    assert_refused("acrida.conf:1: users wants one value, not a list");
    put("acrida.conf", "help\n");
    assert_refused("acrida.conf:1: help belongs on the command line");
    put("acrida.conf", "no-headless = true\n");
    assert_refused("acrida.conf:1: no-headless takes no value");
    put("acrida.conf", "no-users\n");
    assert_refused("acrida.conf:1: unknown option 'no-users': did you mean 'users'?");
}

static void a_file_can_unset_a_flag(void **state)
{
    struct acri_options *o;

    (void)state;
    put(".acrida.conf", "headless\n");
    put("acrida.conf", "no-headless\n");
    o = read_fine();
    assert_false(acri_options_flag(o, "headless"));
    acri_options_free(o);
}

static void a_named_file_must_exist(void **state)
{
    char *const argv[] = { "acrida", "--config=my.conf" };
    struct acri_options *o;

    (void)state;
    assert_int_equal(read_with(&o, argv, 2), -EINVAL);
    assert_string_equal(error_text, "cannot read my.conf: No such file or directory");
    acri_options_free(o);
}

static void a_tolerant_pass_skips_unknown_keys(void **state)
{
    char *const argv[] = { "acrida", NULL };
    struct acri_options *o = acri_options_new();

    (void)state;
    put("acrida.conf", "csv = out\nscenario = a.c\n");
    assert_int_equal(acri_options_scan(o, 1, argv, NULL), 0);
    assert_string_equal(acri_options_string(o, "scenario"), "a.c");
    acri_options_free(o);
}

static void a_home_that_is_no_folder_is_passed_over(void **state)
{
    struct acri_options *o;

    (void)state;
    setenv("HOME", "/dev/null", 1);
    o = read_fine();
    acri_options_free(o);
    unsetenv("HOME");
    o = read_fine();
    acri_options_free(o);
    setenv("HOME", folder, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, clean, clean)

static void lists_come_from_files_and_json_stays_whole(void **state)
{
    struct acri_options *o;
    size_t n;

    (void)state;
    put("acrida.conf", "tags = [a, b c]\n"
                       "config-users = [ {\"user_type_name\": \"x\", \"weight\": 2}, {} ]\n");
    o = read_fine();
    acri_options_list(o, "tags", &n);
    assert_int_equal(n, 3);
    assert_string_equal(acri_options_list(o, "config-users", &n)[0],
                        "[ {\"user_type_name\": \"x\", \"weight\": 2}, {} ]");
    assert_int_equal(n, 1);
    acri_options_free(o);
    put("acrida.conf", "config-users = [a.json, b.json]\n");
    o = read_fine();
    assert_string_equal(acri_options_list(o, "config-users", &n)[1], "b.json");
    assert_int_equal(n, 2);
    acri_options_free(o);
}

static void variables_are_called_after_their_option(void **state)
{
    char variable[ACRI_OPTIONS_FILES_VARIABLE];

    (void)state;
    assert_string_equal(acri_options_files_variable("spawn-rate", variable), "ACRIDA_SPAWN_RATE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_environment_sets_options),
        TEST(empty_variables_count_as_unset),
        TEST(locusts_variable_names_count_when_ours_are_unset),
        TEST(commands_are_not_read_from_the_environment),
        TEST(a_bad_variable_is_named),
        TEST(files_set_options),
        TEST(a_higher_source_wins),
        TEST(bad_files_are_named_with_their_line),
        TEST(a_file_can_unset_a_flag),
        TEST(a_named_file_must_exist),
        TEST(a_tolerant_pass_skips_unknown_keys),
        TEST(a_home_that_is_no_folder_is_passed_over),
        TEST(lists_come_from_files_and_json_stays_whole),
        TEST(variables_are_called_after_their_option),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
