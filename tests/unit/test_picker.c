/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/picker.h"

#include <math.h>

static void picks_follow_the_weights(void **state)
{
    enum { DRAWS = 200000 };
    const double weights[] = { 5, 0, 3, 1, 1 };
    double counts[5] = { 0 };
    struct acri_picker p;
    struct acri_rng rng;
    double chi = 0;

    (void)state;
    acri_rng_init(&rng, 3, 3);
    acri_picker_init(&p, weights, 5);
    for (int i = 0; i < DRAWS; i++)
        counts[acri_picker_pick(&p, &rng)]++;
    assert_true(counts[1] < 0.5);
    for (int i = 0; i < 5; i++)
        if (weights[i] > 0)
            chi += pow(counts[i] - weights[i] / 10 * DRAWS, 2) / (weights[i] / 10 * DRAWS);
    assert_true(chi < 16.3); /* 3 degrees of freedom, 1 in 1,000; the seed is fixed */
    acri_picker_done(&p);
}

static void weights_of_zero_at_the_ends_are_never_picked(void **state)
{
    const double weights[] = { 0, 0, 1, 0 };
    struct acri_picker p;
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 3, 3);
    acri_picker_init(&p, weights, 4);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(acri_picker_pick(&p, &rng), 2);
    acri_picker_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_follow_the_weights),
        cmocka_unit_test(weights_of_zero_at_the_ends_are_never_picked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
