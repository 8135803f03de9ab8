/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "app/merge_arguments.h"

#include <errno.h>

#define READ(...)                                                               \
    read_all(sizeof((const char *[]){ "merge", __VA_ARGS__ }) / sizeof(char *), \
             (const char *[]){ "merge", __VA_ARGS__, NULL })

static struct acri_merge_arguments a;
static struct acri_error error;

static int read_all(size_t argc, const char **argv)
{
    acri_merge_arguments_done(&a);
    error.text[0] = '\0';
    return acri_merge_arguments_read(&a, (int)argc, (char **)(uintptr_t)argv, &error);
}

static void files_and_options_may_be_mixed(void **state)
{
    (void)state;
    assert_int_equal(READ("a.bin"), 0);
    assert_int_equal(a.run, 0);
    assert_int_equal(a.n_reports, 0);
    assert_int_equal(READ("--csv", "x", "a", "--run", "7", "--json-file=y", "b", "--", "-c"), 0);
    assert_int_equal(a.run, 7);
    assert_int_equal(a.n_paths, 3);
    assert_string_equal(a.paths[2], "-c");
    assert_int_equal(a.n_reports, 3);
    assert_string_equal(a.reports[1], "x");
    assert_string_equal(a.reports[2], "--json-file=y");
}

static void what_makes_no_sense_is_told(void **state)
{
    (void)state;
    assert_int_equal(READ("--"), -EINVAL);
    assert_string_equal(error.text, "give it at least one file; see acrida merge --help");
    assert_int_equal(READ("--csv", "x"), -EINVAL);
    assert_int_equal(READ("a", "--run"), -EINVAL);
    assert_int_equal(READ("a", "--run", "-1"), -EINVAL);
    assert_int_equal(READ("a", "--run", "5x"), -EINVAL);
    assert_string_equal(error.text, "--run wants the number of a run, not '5x'");
    assert_int_equal(READ("a", "--csvx", "5"), -EINVAL);
    assert_string_equal(error.text, "there is no option --csvx; see acrida merge --help");
    acri_merge_arguments_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_options_may_be_mixed),
        cmocka_unit_test(what_makes_no_sense_is_told),
    };

    return cmocka_run_group_tests_name("merge_arguments", tests, NULL, NULL);
}
