/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "app/merge_once.h"

static void each_number_is_new_once(void **state)
{
    static const uint64_t order[] = { 5, 3, 4, 9, 1, 2, 8 };
    struct acri_merge_once o = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        assert_true(acri_merge_once_mark(&o, order[i]));
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        assert_false(acri_merge_once_mark(&o, order[i]));
    assert_int_equal(o.n, 2);
    assert_int_equal(o.ranges[0].last, 5);
    assert_int_equal(o.ranges[1].first, 8);
    acri_merge_once_done(&o);
}

static void a_sum_is_taken_where_nothing_is_there(void **state)
{
    struct acri_merge_once o = { 0 };

    (void)state;
    assert_true(acri_merge_once_is_free(&o, 10));
    acri_merge_once_mark_up_to(&o, 10);
    assert_false(acri_merge_once_is_free(&o, 1));
    assert_false(acri_merge_once_mark(&o, 10));
    assert_true(acri_merge_once_mark(&o, 11));
    acri_merge_once_done(&o);
    assert_true(acri_merge_once_mark(&o, 11));
    assert_true(acri_merge_once_is_free(&o, 10));
    assert_false(acri_merge_once_is_free(&o, 11));
    acri_merge_once_mark_up_to(&o, 10);
    assert_int_equal(o.n, 1);
    assert_int_equal(o.ranges[0].first, 1);
    acri_merge_once_done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_is_new_once),
        cmocka_unit_test(a_sum_is_taken_where_nothing_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
