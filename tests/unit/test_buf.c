/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/buf.h"

#include <errno.h>

static void text_is_appended_and_terminated(void **state)
{
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, 1000);
    assert_string_equal(acri_buf_text(&b), "");
    for (int i = 0; i < 100; i++)
        assert_int_equal(acri_buf_printf(&b, "%d,", i % 10), 0);
    assert_int_equal(b.length, 200);
    assert_int_equal(acri_buf_text(&b)[200], '\0');
    acri_buf_clear(&b);
    assert_string_equal(acri_buf_text(&b), "");
    acri_buf_done(&b);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, 8);
    assert_int_equal(acri_buf_puts(&b, "12345"), 0);
    assert_int_equal(acri_buf_puts(&b, "6789"), -ENOBUFS);
    assert_true(b.is_cut);
    assert_string_equal(acri_buf_text(&b), "12345");
    assert_int_equal(acri_buf_puts(&b, "678"), 0);
    assert_string_equal(acri_buf_text(&b), "12345678");
    acri_buf_done(&b);
}

static void bytes_of_zero_are_kept(void **state)
{
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, 100);
    acri_buf_append(&b, "a\0b", 3);
    acri_buf_append(&b, NULL, 0);
    assert_int_equal(b.length, 3);
    assert_memory_equal(b.data, "a\0b", 4);
    acri_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_appended_and_terminated),
        cmocka_unit_test(what_does_not_fit_is_left_out_whole),
        cmocka_unit_test(bytes_of_zero_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
