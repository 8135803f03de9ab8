/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "stats/window.h"

static void add(struct acri_window *w, uint64_t ns, uint64_t n)
{
    struct acri_histogram h;

    acri_histogram_init(&h);
    acri_histogram_record_n(&h, ns, n);
    acri_window_add(w, n, n / 10, &h);
    acri_histogram_done(&h);
}

static void closed_slots_are_summed_until_they_are_dropped(void **state)
{
    struct acri_window w;
    struct acri_histogram times;

    (void)state;
    acri_window_init(&w);
    acri_histogram_init(&times);
    add(&w, 1 * ACRI_NS_PER_MS, 100);
    assert_int_equal(acri_window_requests(&w), 0);
    acri_window_close(&w, 0);
    add(&w, 50 * ACRI_NS_PER_MS, 200);
    add(&w, 90 * ACRI_NS_PER_MS, 100);
    acri_window_close(&w, 1);
    assert_int_equal(acri_window_requests(&w), 400);
    assert_int_equal(acri_window_failures(&w), 40);
    acri_window_times(&w, &times);
    assert_int_equal(acri_histogram_count(&times), 400);
    assert_int_equal(acri_histogram_min_ns(&times), 1 * ACRI_NS_PER_MS);
    assert_int_equal(acri_histogram_max_ns(&times), 90 * ACRI_NS_PER_MS);

    acri_window_drop(&w, 0);
    acri_histogram_clear(&times);
    acri_window_times(&w, &times);
    assert_int_equal(acri_window_requests(&w), 300);
    assert_int_equal(acri_histogram_count(&times), 300);
    assert_int_equal(acri_histogram_min_ns(&times), 50 * ACRI_NS_PER_MS);
    acri_histogram_done(&times);
    acri_window_done(&w);
}

static void a_bucket_may_hold_more_than_an_item_does(void **state)
{
    struct acri_window w;
    struct acri_histogram times;

    (void)state;
    acri_window_init(&w);
    acri_histogram_init(&times);
    add(&w, ACRI_NS_PER_MS, 1000001);
    acri_window_close(&w, 3);
    acri_window_times(&w, &times);
    assert_int_equal(acri_histogram_count(&times), 1000001);
    assert_int_equal(acri_histogram_quantile_ns(&times, 0.5), ACRI_NS_PER_MS);
    acri_histogram_done(&times);
    acri_window_done(&w);
}

static void idle_slots_take_no_memory(void **state)
{
    struct acri_window w;

    (void)state;
    acri_window_init(&w);
    for (size_t i = 0; i < ACRI_WINDOW_SLOTS; i++)
        acri_window_close(&w, i);
    assert_int_equal(acri_window_bytes(&w), 0);
    acri_window_done(&w);
}

static void requests_without_times_are_counted_too(void **state)
{
    struct acri_window w;
    struct acri_histogram none;

    (void)state;
    acri_window_init(&w);
    acri_histogram_init(&none);
    acri_window_add(&w, 5, 2, &none);
    acri_window_close(&w, 9);
    acri_window_times(&w, &none);
    assert_int_equal(acri_window_requests(&w), 5);
    assert_int_equal(acri_window_failures(&w), 2);
    assert_int_equal(acri_histogram_count(&none), 0);
    acri_window_clear(&w);
    assert_int_equal(acri_window_requests(&w), 0);
    acri_window_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_slots_are_summed_until_they_are_dropped),
        cmocka_unit_test(a_bucket_may_hold_more_than_an_item_does),
        cmocka_unit_test(idle_slots_take_no_memory),
        cmocka_unit_test(requests_without_times_are_counted_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
