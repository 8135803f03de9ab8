/* SPDX-License-Identifier: MIT */
#include "dist/spread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORKERS = 5 };

static uint64_t sum_of(const uint64_t *n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < WORKERS; i++)
        sum += n[i];
    return sum;
}

/* One user more is one more on one worker, and parts follow the slots. */
static void test_growth(void **state)
{
    static const uint32_t slots[WORKERS] = { 2, 0, 4, 1, 1 };
    uint64_t before[WORKERS];
    uint64_t after[WORKERS];

    (void)state;
    for (size_t type = 0; type < 20; type++) {
        acri_spread_users(slots, WORKERS, type, 0, before);
        assert_int_equal(sum_of(before), 0);
        for (uint64_t n = 1; n < 100; n++) {
            size_t n_changed = 0;

            acri_spread_users(slots, WORKERS, type, n, after);
            assert_int_equal(sum_of(after), n);
            assert_int_equal(after[1], 0);
            for (size_t i = 0; i < WORKERS; i++) {
                double ideal = (double)n * slots[i] / 8;

                assert_true(after[i] >= before[i]);
                n_changed += after[i] > before[i];
                assert_true((double)after[i] > ideal - slots[i] - 0.001);
                assert_true((double)after[i] < ideal + slots[i] + 0.001);
            }
            assert_int_equal(n_changed, 1);
            memcpy(before, after, sizeof(before));
        }
    }
}

/* Types begin at different workers, so that single users do not all fall on the first. */
static void test_single_users(void **state)
{
    static const uint32_t slots[WORKERS] = { 1, 1, 1, 1, 1 };
    uint64_t users[WORKERS];

    (void)state;
    for (size_t type = 0; type < WORKERS; type++) {
        acri_spread_users(slots, WORKERS, type, 1, users);
        assert_int_equal(users[type], 1);
    }
}

/* A worker that goes leaves its users to the others, which keep their own. */
static void test_loss(void **state)
{
    static const uint32_t all[WORKERS] = { 2, 2, 2, 2, 2 };
    static const uint32_t some[WORKERS] = { 2, 2, 0, 2, 2 };
    uint64_t before[WORKERS];
    uint64_t after[WORKERS];

    (void)state;
    acri_spread_users(all, WORKERS, 3, 1000, before);
    acri_spread_users(some, WORKERS, 3, 1000, after);
    assert_int_equal(sum_of(after), 1000);
    for (size_t i = 0; i < WORKERS; i++)
        assert_true(i == 2 ? after[i] == 0 : after[i] >= before[i]);
}

static void test_nobody(void **state)
{
    static const uint32_t none[WORKERS] = { 0 };
    uint64_t users[WORKERS];

    (void)state;
    acri_spread_users(none, WORKERS, 0, 10, users);
    assert_int_equal(sum_of(users), 0);
    assert_int_equal(acri_spread_part(none, WORKERS, 0, 10), 0);
    assert_int_equal(acri_spread_slots(none, WORKERS), 0);
}

static void test_parts(void **state)
{
    static const uint32_t slots[WORKERS] = { 1, 2, 0, 3, 1 };

    (void)state;
    for (uint64_t n = 0; n < 50; n++) {
        uint64_t sum = 0;

        for (size_t i = 0; i < WORKERS; i++)
            sum += acri_spread_part(slots, WORKERS, i, n);
        assert_int_equal(sum, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth), cmocka_unit_test(test_single_users),
        cmocka_unit_test(test_loss),   cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
