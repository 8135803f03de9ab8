/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/feed_order.h"

#include <stdlib.h>
#include <string.h>

static void each_comes_exactly_once(void **state)
{
    static const uint64_t large[] = { 1000, 4096, 4097, 65536, 100001 };
    struct acri_feed_order order;
    static char seen[100001];

    (void)state;
    for (uint64_t i = 1; i <= 300 + sizeof(large) / sizeof(large[0]); i++) {
        uint64_t n = i <= 300 ? i : large[i - 301];

        acri_feed_order_init(&order, n, 7, i);
        memset(seen, 0, n);
        for (uint64_t at = 0; at < n; at++) {
            uint64_t x = acri_feed_order_at(&order, at);

            assert_true(x < n);
            assert_int_equal(seen[x], 0);
            seen[x] = 1;
        }
    }
}

/* How many of n positions two orders have in common. */
static unsigned same(uint64_t seed_a, uint64_t pass_a, uint64_t seed_b, uint64_t pass_b)
{
    struct acri_feed_order a;
    struct acri_feed_order b;
    unsigned n_same = 0;

    acri_feed_order_init(&a, 1000, seed_a, pass_a);
    acri_feed_order_init(&b, 1000, seed_b, pass_b);
    for (uint64_t i = 0; i < 1000; i++)
        n_same += acri_feed_order_at(&a, i) == acri_feed_order_at(&b, i);
    return n_same;
}

static void seed_and_pass_decide(void **state)
{
    (void)state;
    assert_int_equal(same(1, 1, 1, 1), 1000);
    assert_true(same(1, 1, 1, 2) < 20);
    assert_true(same(1, 1, 2, 1) < 20);
}

/* Over many passes of a small file, each row comes first about equally often, and each of the 6
 * orders of 3 rows comes up. */
static void small_orders_are_even(void **state)
{
    struct acri_feed_order order;
    unsigned n_first[10] = { 0 };
    unsigned n_order[27] = { 0 };
    unsigned n_orders = 0;

    (void)state;
    for (uint64_t pass = 0; pass < 10000; pass++) {
        acri_feed_order_init(&order, 10, 3, pass);
        n_first[acri_feed_order_at(&order, 0)]++;
        acri_feed_order_init(&order, 3, 3, pass);
        n_order[acri_feed_order_at(&order, 0) * 9 + acri_feed_order_at(&order, 1) * 3 +
                acri_feed_order_at(&order, 2)]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(n_first[i], 850, 1150);
    for (int i = 0; i < 27; i++) {
        n_orders += n_order[i] > 0;
        if (n_order[i] > 0)
            assert_in_range(n_order[i], 1500, 1850);
    }
    assert_int_equal(n_orders, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_comes_exactly_once),
        cmocka_unit_test(seed_and_pass_decide),
        cmocka_unit_test(small_orders_are_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
