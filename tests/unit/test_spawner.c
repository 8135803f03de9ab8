/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/spawner.h"

static void the_first_user_is_due_at_once_and_the_others_one_by_one(void **state)
{
    (void)state;
    assert_int_equal(acri_spawner_due(0, 0.5, 10), 1);
    assert_int_equal(acri_spawner_due(2 * ACRI_NS_PER_S - 10000, 0.5, 10), 1);
    assert_int_equal(acri_spawner_due(2 * ACRI_NS_PER_S, 0.5, 10), 2);
    assert_int_equal(acri_spawner_due(ACRI_NS_PER_S, 10, 100), 11);
    assert_int_equal(acri_spawner_due(100 * ACRI_NS_PER_MS, 10, 100), 2);
    assert_int_equal(acri_spawner_due(99 * ACRI_NS_PER_MS, 10, 100), 1);
    assert_int_equal(acri_spawner_due(ACRI_NS_PER_S, 10, 5), 5);
    assert_int_equal(acri_spawner_due(3600 * ACRI_NS_PER_S, 1e6, 1000000), 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_user_is_due_at_once_and_the_others_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
