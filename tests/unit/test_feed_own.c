/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/feed_own.h"

/* Feeders are told apart by their addresses alone. */
static const char places[2];

static const struct acr_feeder *feeder(int i)
{
    return (const struct acr_feeder *)(const void *)&places[i];
}

static void each_feeder_has_one_that_stays(void **state)
{
    struct acri_feed_own *list = NULL;
    struct acri_feed_own *first = acri_feed_own_of(&list, feeder(0));
    struct acri_feed_own *second;

    (void)state;
    assert_false(first->is_dealt);
    first->is_dealt = true;
    first->position = 7;
    second = acri_feed_own_of(&list, feeder(1));
    assert_ptr_not_equal(first, second);
    assert_false(second->is_dealt);
    assert_ptr_equal(acri_feed_own_of(&list, feeder(0)), first);
    assert_ptr_equal(acri_feed_own_of(&list, feeder(1)), second);
    assert_int_equal(first->position, 7);
    acri_feed_own_free(list);
    acri_feed_own_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_feeder_has_one_that_stays) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
