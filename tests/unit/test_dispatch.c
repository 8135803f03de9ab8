/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/rng.h"
#include "engine/dispatch.h"

#include <math.h>
#include <string.h>

enum { MOST_TYPES = 12, MOST_LOOPS = 5, USERS = 3000 };

static void three_one_six_of_a_thousand_is_three_hundred_one_hundred_six_hundred(void **state)
{
    const double weights[] = { 3, 1, 6 };
    uint64_t counts[3] = { 0 };
    struct acri_dispatch d;

    (void)state;
    acri_dispatch_init(&d, weights, 3, 2);
    for (int i = 0; i < 1000; i++) {
        size_t type;
        size_t loop;

        acri_dispatch_next(&d, &type, &loop);
        counts[type]++;
    }
    assert_int_equal(counts[0], 300);
    assert_int_equal(counts[1], 100);
    assert_int_equal(counts[2], 600);
    acri_dispatch_done(&d);
}

/* The promise of the design: per type within 1 of its share over the run, within 2 on each loop. */
static void random_weights_keep_their_proportions_after_every_user(void **state)
{
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 42, 0);
    for (int round = 0; round < 60; round++) {
        size_t n_types = 1 + (size_t)acri_rng_below(&rng, MOST_TYPES);
        size_t n_loops = 1 + (size_t)acri_rng_below(&rng, MOST_LOOPS);
        uint64_t counts[MOST_TYPES][MOST_LOOPS];
        double weights[MOST_TYPES];
        double sum = 0;
        struct acri_dispatch d;

        memset(counts, 0, sizeof(counts));
        for (size_t i = 0; i < n_types; i++) {
            weights[i] = acri_rng_below(&rng, 4) == 0 ? 1 : 0.1 + 50 * acri_rng_unit(&rng);
            sum += weights[i];
        }
        acri_dispatch_init(&d, weights, n_types, n_loops);
        for (int n = 1; n <= USERS; n++) {
            size_t type;
            size_t loop;

            acri_dispatch_next(&d, &type, &loop);
            counts[type][loop]++;
            for (size_t i = 0; i < n_types; i++) {
                double ideal = weights[i] / sum * n;
                uint64_t all = 0;

                for (size_t l = 0; l < n_loops; l++) {
                    all += counts[i][l];
                    assert_true(fabs((double)counts[i][l] - ideal / (double)n_loops) < 2);
                }
                assert_true(fabs((double)all - ideal) < 1);
            }
        }
        acri_dispatch_done(&d);
    }
}

static void a_type_of_weight_zero_gets_nobody(void **state)
{
    const double weights[] = { 0, 2, 0 };
    struct acri_dispatch d;

    (void)state;
    acri_dispatch_init(&d, weights, 3, 3);
    for (int i = 0; i < 100; i++) {
        size_t type;
        size_t loop;

        acri_dispatch_next(&d, &type, &loop);
        assert_int_equal(type, 1);
    }
    acri_dispatch_done(&d);
}

static void two_equal_types_on_two_loops_are_mixed(void **state)
{
    const double weights[] = { 1, 1 };
    uint64_t counts[2][2] = { { 0 } };
    struct acri_dispatch d;

    (void)state;
    acri_dispatch_init(&d, weights, 2, 2);
    for (int i = 0; i < 8; i++) {
        size_t type;
        size_t loop;

        acri_dispatch_next(&d, &type, &loop);
        counts[type][loop]++;
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(counts[i / 2][i % 2], 2);
    acri_dispatch_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_one_six_of_a_thousand_is_three_hundred_one_hundred_six_hundred),
        cmocka_unit_test(random_weights_keep_their_proportions_after_every_user),
        cmocka_unit_test(a_type_of_weight_zero_gets_nobody),
        cmocka_unit_test(two_equal_types_on_two_loops_are_mixed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
