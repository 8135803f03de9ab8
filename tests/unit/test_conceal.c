/* SPDX-License-Identifier: MIT */
/* Secrets on the command line: the test's own name stands for one. */
#include "support/unit.h"

#include "app/conceal.h"

#include <stdio.h>
#include <string.h>

static char *name;

/* What others see of this process. */
static void read_command_line(char *to, size_t size)
{
    FILE *file = fopen("/proc/self/cmdline", "re");
    size_t n;

    assert_non_null(file);
    n = fread(to, 1, size - 1, file);
    to[n] = '\0';
    fclose(file);
}

static void what_lies_elsewhere_is_left_alone(void **state)
{
    char text[] = "secret";

    (void)state;
    assert_false(acri_conceal(text));
    assert_string_equal(text, "secret");
    assert_false(acri_conceal("a constant"));
}

static void an_argument_is_overwritten_for_all_to_see(void **state)
{
    char seen[4096];
    const char *end = strstr(name, "test_conceal") + 5;

    (void)state;
    assert_true(acri_conceal(end));
    assert_string_equal(end, "*******");
    read_command_line(seen, sizeof(seen));
    assert_null(strstr(seen, "test_conceal"));
    assert_non_null(strstr(seen, "test_*******"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_elsewhere_is_left_alone),
        cmocka_unit_test(an_argument_is_overwritten_for_all_to_see),
    };

    (void)argc;
    name = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
