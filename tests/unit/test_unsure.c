/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/unsure.h"

static uint64_t told[3000];
static unsigned n_told;

static void tell(void *arg, uint32_t worker, uint64_t seq)
{
    assert_ptr_equal(arg, told);
    told[worker] = seq;
    n_told++;
}

static void each_worker_hears_once_of_what_is_on_disk(void **state)
{
    struct acri_unsure u = { 0 };
    uint64_t number = 0;
    uint64_t settled = 0;

    (void)state;
    for (uint64_t seq = 1; seq <= 40; seq++) {
        for (uint32_t worker = 0; worker < 3000; worker += 100)
            acri_unsure_put(&u, ++number, worker, seq);
        if (seq % 4 != 0)
            continue;
        /* All but the last half round. */
        settled = number - 15;
        n_told = 0;
        acri_unsure_settle(&u, settled, tell, told);
        assert_int_equal(n_told, 30);
        assert_int_equal(told[0], seq);
        assert_int_equal(told[1400], seq);
        assert_int_equal(told[1500], seq - 1);
        assert_int_equal(told[2900], seq - 1);
        assert_false(acri_unsure_is_empty(&u));
    }
    n_told = 0;
    acri_unsure_settle(&u, settled, tell, told);
    assert_int_equal(n_told, 0);
    acri_unsure_settle(&u, UINT64_MAX, tell, told);
    assert_int_equal(n_told, 15);
    assert_int_equal(told[2900], 40);
    assert_true(acri_unsure_is_empty(&u));
    acri_unsure_done(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_worker_hears_once_of_what_is_on_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
