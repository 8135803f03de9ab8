/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/rng.h"

#include <math.h>

static void the_same_seed_and_stream_give_the_same_values(void **state)
{
    struct acri_rng a;
    struct acri_rng b;
    struct acri_rng other;
    int n_same = 0;

    (void)state;
    acri_rng_init(&a, 7, 3);
    acri_rng_init(&b, 7, 3);
    acri_rng_init(&other, 7, 4);
    for (int i = 0; i < 1000; i++) {
        uint64_t x = acri_rng_next(&a);

        assert_true(x == acri_rng_next(&b));
        n_same += x == acri_rng_next(&other);
    }
    assert_int_equal(n_same, 0);
}

static void values_below_n_are_even(void **state)
{
    enum { N = 7, DRAWS = 70000 };
    int counts[N] = { 0 };
    struct acri_rng rng;
    double chi = 0;

    (void)state;
    acri_rng_init(&rng, 1, 0);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t x = acri_rng_below(&rng, N);

        assert_true(x < N);
        counts[x]++;
    }
    for (int i = 0; i < N; i++)
        chi += pow(counts[i] - DRAWS / (double)N, 2) / (DRAWS / (double)N);
    assert_true(chi < 22.5); /* 6 degrees of freedom, 1 in 1,000; the seed is fixed */
    assert_int_equal(acri_rng_below(&rng, 0), 0);
    assert_int_equal(acri_rng_below(&rng, 1), 0);
}

static void first_values_of_neighbouring_streams_are_even(void **state)
{
    double sum = 0;
    struct acri_rng rng;

    (void)state;
    for (uint64_t user = 0; user < 10000; user++) {
        double x;

        acri_rng_init(&rng, 0, user);
        x = acri_rng_unit(&rng);
        assert_true(x >= 0 && x < 1);
        sum += x;
    }
    assert_true(sum > 4850 && sum < 5150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_and_stream_give_the_same_values),
        cmocka_unit_test(values_below_n_are_even),
        cmocka_unit_test(first_values_of_neighbouring_streams_are_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
