/* SPDX-License-Identifier: MIT */
/* Growing text: what is appended is there, cleared memory is kept. */
#include "support/unit.h"

#include "text.h"

#include <string.h>

static void a_text_never_appended_to_reads_as_empty(void **state)
{
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    assert_string_equal(http_text_get(&t), "");
}

static void pieces_follow_one_another_and_stay_terminated(void **state)
{
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    assert_true(http_text_puts(&t, "one"));
    assert_true(http_text_put(&t, ' '));
    assert_true(http_text_add(&t, "two\0three", 9));

    assert_int_equal(t.length, 13);
    assert_memory_equal(t.data, "one two\0three", 14);
    http_text_done(&t);
}

static void a_large_text_grows_without_losing_anything(void **state)
{
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    for (int i = 0; i < 100000; i++) {
        assert_true(http_text_put(&t, (char)('a' + i % 26)));
    }

    assert_int_equal(t.length, 100000);
    assert_int_equal(t.data[99999], 'a' + 99999 % 26);
    assert_int_equal(strlen(t.data), 100000);
    http_text_done(&t);
}

static void clearing_keeps_memory_and_trimming_gives_much_of_it_back(void **state)
{
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    assert_true(http_text_reserve(&t, 5000));
    const char *before = t.data;
    http_text_clear(&t);
    assert_ptr_equal(t.data, before);
    http_text_trim(&t, 1u << 20);
    assert_ptr_equal(t.data, before);

    http_text_trim(&t, 1000);

    assert_null(t.data);
    assert_int_equal(t.capacity, 0);
}

static void absurd_sizes_are_refused(void **state)
{
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    assert_false(http_text_reserve(&t, SIZE_MAX));
    assert_false(http_text_reserve(&t, SIZE_MAX / 2));
    assert_null(t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_never_appended_to_reads_as_empty),
        cmocka_unit_test(pieces_follow_one_another_and_stay_terminated),
        cmocka_unit_test(a_large_text_grows_without_losing_anything),
        cmocka_unit_test(clearing_keeps_memory_and_trimming_gives_much_of_it_back),
        cmocka_unit_test(absurd_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
