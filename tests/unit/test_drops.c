/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "dist/drops.h"

static void all_are_counted_and_few_are_said(void **state)
{
    struct acri_drops d = { 0 };

    (void)state;
    acri_log_set_level(ACRI_LOG_WARNING);
    for (uint64_t i = 0; i < 1000; i++)
        acri_drops_count(&d, ACRI_NS_PER_S + i, ACRI_DROPS_FORGED, "a worker");
    assert_int_equal(d.limits[ACRI_DROPS_FORGED].n_left_out, 999);
    acri_drops_count(&d, 11 * ACRI_NS_PER_S, ACRI_DROPS_FORGED, "a worker");
    assert_int_equal(d.limits[ACRI_DROPS_FORGED].n_left_out, 0);
    /* Each reason for itself; what reconnecting brings is not said at all. */
    acri_drops_count(&d, 11 * ACRI_NS_PER_S, ACRI_DROPS_FOREIGN, "a worker");
    assert_int_equal(d.limits[ACRI_DROPS_FOREIGN].n_left_out, 0);
    acri_drops_count(&d, 11 * ACRI_NS_PER_S, ACRI_DROPS_STALE, "a worker");
    assert_int_equal(d.limits[ACRI_DROPS_STALE].next_ns, 0);
    assert_int_equal(d.n[ACRI_DROPS_FORGED], 1001);
    assert_int_equal(acri_drops_all(&d), 1003);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_counted_and_few_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
