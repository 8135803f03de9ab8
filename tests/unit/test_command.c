/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/command.h"

#include <errno.h>

static void words_reach_the_program_as_they_are(void **state)
{
    struct acri_command c;
    struct acri_buf output;

    (void)state;
    acri_buf_init(&output, 1000);
    acri_command_init(&c, "printf");
    acri_command_add(&c, "%s|");
    acri_command_add(&c, "a b; $HOME `x`");
    acri_command_add_words(&c, "  c   d\n");
    assert_int_equal(acri_command_run(&c, &output, false), 0);
    assert_string_equal(acri_buf_text(&output), "a b; $HOME `x`|c|d|");
    acri_command_done(&c);
    acri_buf_done(&output);
}

static void a_backslash_keeps_the_next_character(void **state)
{
    struct acri_command c;

    (void)state;
    acri_command_init(&c, "  ccache gcc ");
    acri_command_add_words(&c, "-I/a\\ b\t-DX=\\\"y\\\" end\\");
    assert_int_equal(c.n, 5);
    assert_string_equal(c.words[1], "gcc");
    assert_string_equal(c.words[2], "-I/a b");
    assert_string_equal(c.words[3], "-DX=\"y\"");
    assert_string_equal(c.words[4], "end\\");
    assert_null(c.words[5]);
    acri_command_done(&c);
}

static void there_may_be_many_words(void **state)
{
    struct acri_command c;
    struct acri_buf output;

    (void)state;
    acri_buf_init(&output, 100000);
    acri_command_init(&c, "echo");
    for (int i = 0; i < 2000; i++)
        acri_command_add(&c, "x");
    assert_int_equal(acri_command_run(&c, &output, false), 0);
    assert_int_equal(output.length, 4000);
    acri_command_done(&c);
    acri_command_init(&c, " ");
    assert_int_equal(acri_command_run(&c, NULL, false), -ENOENT);
    acri_command_done(&c);
    acri_buf_done(&output);
}

static void the_exit_status_comes_back(void **state)
{
    struct acri_command c;

    (void)state;
    acri_command_init(&c, "false");
    assert_int_equal(acri_command_run(&c, NULL, false), 1);
    acri_command_done(&c);
}

static void a_program_that_is_not_there_is_told(void **state)
{
    struct acri_command c;
    struct acri_buf output;

    (void)state;
    acri_buf_init(&output, 1000);
    acri_command_init(&c, "no-such-program-anywhere");
    assert_int_equal(acri_command_run(&c, &output, true), -ENOENT);
    acri_command_done(&c);
    acri_buf_done(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_reach_the_program_as_they_are),
        cmocka_unit_test(a_backslash_keeps_the_next_character),
        cmocka_unit_test(there_may_be_many_words),
        cmocka_unit_test(the_exit_status_comes_back),
        cmocka_unit_test(a_program_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
