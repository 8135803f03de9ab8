/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/exception.h"

#include <stdio.h>

static void exceptions_are_counted_by_message_and_place(void **state)
{
    struct acri_exceptions list = { 0 };
    struct acri_raised here = { .message = "no token", .n_frames = 1, .frames = { &list } };
    struct acri_raised there = { .message = "no token", .n_frames = 1, .frames = { &here } };

    (void)state;
    acri_exceptions_add(&list, &here, "shopper", "buy", 7);
    acri_exceptions_add(&list, &here, "shopper", "buy", 8);
    acri_exceptions_add(&list, &there, "shopper", "buy", 9);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.first->next->count, 2);
    assert_int_equal(list.first->next->user_number, 7);
    acri_exceptions_clear(&list);
    assert_int_equal(list.n, 0);
}

static void types_that_share_a_task_have_rows_of_their_own(void **state)
{
    struct acri_exceptions list = { 0 };
    struct acri_raised raised = { .message = "no token", .n_frames = 1, .frames = { &list } };

    (void)state;
    acri_exceptions_add(&list, &raised, "shopper", "buy", 1);
    acri_exceptions_add(&list, &raised, "robot", "buy", 2);
    acri_exceptions_add(&list, &raised, "robot", "buy", 3);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.first->user_type, "robot");
    assert_int_equal(list.first->count, 2);
    assert_int_equal(list.first->next->count, 1);
    acri_exceptions_clear(&list);
}

static void too_many_different_ones_are_counted_as_others(void **state)
{
    struct acri_exceptions list = { 0 };
    uint64_t total = 0;
    char text[32];

    (void)state;
    for (unsigned i = 0; i < 3 * ACRI_EXCEPTION_LIMIT; i++) {
        struct acri_raised raised = { .message = text };

        snprintf(text, sizeof(text), "number %u", i);
        acri_exceptions_add(&list, &raised, "t", "x", i);
    }
    assert_int_equal(list.n, ACRI_EXCEPTION_LIMIT + 1);
    assert_string_equal(list.first->message, ACRI_EXCEPTION_OTHERS);
    for (const struct acri_exception *x = list.first; x != NULL; x = x->next)
        total += x->count;
    assert_int_equal(total, 3 * ACRI_EXCEPTION_LIMIT);
    acri_exceptions_clear(&list);
}

static void a_list_moves_to_the_end_of_another(void **state)
{
    struct acri_exceptions to = { 0 };
    struct acri_exceptions from = { 0 };
    struct acri_raised a = { .message = "a" };
    struct acri_raised b = { .message = "b" };

    (void)state;
    acri_exceptions_add(&to, &a, "t", "x", 0);
    acri_exceptions_add(&from, &b, "t", "x", 0);
    acri_exceptions_move(&to, &from);
    assert_int_equal(to.n, 2);
    assert_int_equal(from.n, 0);
    assert_null(from.first);
    assert_string_equal(to.first->next->message, "b");
    acri_exceptions_clear(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exceptions_are_counted_by_message_and_place),
        cmocka_unit_test(types_that_share_a_task_have_rows_of_their_own),
        cmocka_unit_test(too_many_different_ones_are_counted_as_others),
        cmocka_unit_test(a_list_moves_to_the_end_of_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
