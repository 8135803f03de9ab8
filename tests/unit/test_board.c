/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "dist/board.h"

static void silence_goes_on_between_two_looks(void **state)
{
    const struct acri_master_health here = { .is_here = true, .silent_s = 0.5, .have_seq = 7 };
    struct acri_master_health h;
    struct acri_board b;

    (void)state;
    acri_board_init(&b);
    assert_false(acri_board_get(&b, 0, 3, &h));
    assert_false(acri_board_is_here(&b, 3));
    acri_board_put(&b, 10 * ACRI_NS_PER_S, 3, &here);
    assert_true(acri_board_is_here(&b, 3));
    assert_true(acri_board_get(&b, 12 * ACRI_NS_PER_S, 3, &h));
    assert_true(h.silent_s > 2.4 && h.silent_s < 2.6);
    assert_int_equal(h.have_seq, 7);
    /* A look whose clock was read before. */
    assert_true(acri_board_get(&b, 9 * ACRI_NS_PER_S, 3, &h));
    assert_true(h.silent_s > 0.4 && h.silent_s < 0.6);
    acri_board_done(&b);
}

static void workers_are_known_one_by_one(void **state)
{
    const struct acri_master_health gone = { .is_here = false };
    struct acri_master_health h;
    struct acri_board b;

    (void)state;
    acri_board_init(&b);
    acri_board_put(&b, 1, 1000, &gone);
    assert_true(acri_board_size(&b) > 1000);
    assert_true(acri_board_get(&b, 1, 1000, &h));
    assert_false(acri_board_is_here(&b, 1000));
    assert_false(acri_board_get(&b, 1, 999, &h));
    assert_false(acri_board_get(&b, 1, UINT32_MAX, &h));
    assert_int_equal(acri_board_dropped(&b), 0);
    acri_board_put_dropped(&b, 12);
    assert_int_equal(acri_board_dropped(&b), 12);
    acri_board_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_goes_on_between_two_looks),
        cmocka_unit_test(workers_are_known_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
