/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stats/histogram.h"

#define ERROR_MAX 0.004
#define N_MAX 20000

static double worst_error;

static void check_error(uint64_t got_ns, uint64_t exact_ns)
{
    double error = fabs((double)got_ns - (double)exact_ns) / (double)exact_ns;

    worst_error = error > worst_error ? error : worst_error;
    if (error > ERROR_MAX)
        fail_msg("%llu for %llu", (unsigned long long)got_ns, (unsigned long long)exact_ns);
}

static void assert_same(const struct acri_histogram *a, const struct acri_histogram *b)
{
    uint32_t i = 0, j = 0;
    uint64_t n, m;
    bool has_more;

    assert_int_equal(a->count, b->count);
    assert_int_equal(a->sum_low, b->sum_low);
    assert_int_equal(a->sum_high, b->sum_high);
    assert_int_equal(a->min_ns, b->min_ns);
    assert_int_equal(a->max_ns, b->max_ns);
    while ((has_more = acri_histogram_next(a, &i, &n))) {
        assert_true(acri_histogram_next(b, &j, &m));
        assert_int_equal(i++, j++);
        assert_int_equal(n, m);
    }
    assert_false(acri_histogram_next(b, &j, &m));
}

/* --- distributions, from 1 us to 1 hour
 * ---------------------------------------------------------------- */

static double gauss(struct acri_rng *rng)
{
    /* Box-Muller. */
    return sqrt(-2 * log(1 - acri_rng_unit(rng))) * cos(2 * M_PI * acri_rng_unit(rng));
}

static double draw(struct acri_rng *rng, int kind)
{
    double u = acri_rng_unit(rng);

    switch (kind) {
    case 0:
        return 1e6 + u * 1e9; /* uniform */
    case 1:
        return 5e6 * exp(1.5 * gauss(rng)); /* log-normal */
    case 2:
        return -2e7 * log(1 - u); /* exponential */
    case 3:
        return 1e6 / pow(1 - u, 1 / 1.1); /* Pareto: a long tail */
    case 4:
        return u < 0.95 ? 2e6 * exp(0.05 * gauss(rng))
                        : 3e9 * exp(0.1 * gauss(rng)); /* two humps */
    case 5:
        return 1e3 * pow(3.6e9, u); /* the whole range */
    default:
        return 12345678; /* one value */
    }
}

static uint64_t draw_ns(struct acri_rng *rng, int kind)
{
    double ns = draw(rng, kind);

    if (ns < (double)ACRI_HISTOGRAM_MIN_NS)
        return ACRI_HISTOGRAM_MIN_NS;
    return ns > (double)ACRI_HISTOGRAM_MAX_NS ? ACRI_HISTOGRAM_MAX_NS : (uint64_t)ns;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* --- tests
 * ------------------------------------------------------------------------------------------- */

static void both_ends_of_every_bucket_are_within_the_error(void **state)
{
    uint32_t last = acri_histogram_bucket(ACRI_HISTOGRAM_MAX_NS);
    uint64_t low = ACRI_HISTOGRAM_MIN_NS;

    (void)state;
    for (uint32_t bucket = acri_histogram_bucket(low); bucket < last; bucket++) {
        uint64_t middle = acri_histogram_bucket_ns(bucket);
        uint64_t high =
            middle + (middle - low); /* buckets have an even width: the next one's first */

        assert_int_equal(acri_histogram_bucket(low), bucket);
        assert_int_equal(acri_histogram_bucket(middle), bucket);
        assert_int_equal(acri_histogram_bucket(high - 1), bucket);
        assert_int_equal(acri_histogram_bucket(high), bucket + 1);
        check_error(middle, low);
        check_error(middle, high - 1);
        low = high;
    }
    assert_true(last < ACRI_HISTOGRAM_BUCKETS);
}

static void quantiles_of_any_distribution_are_within_the_error(void **state)
{
    static uint64_t exact[N_MAX];
    struct acri_histogram h;
    struct acri_rng rng;

    (void)state;
    for (int kind = 0; kind <= 6; kind++)
        for (size_t n = 1; n <= N_MAX; n = n * 3 + 1) {
            acri_rng_init(&rng, 1, n + (uint64_t)kind);
            acri_histogram_init(&h);
            for (size_t i = 0; i < n; i++) {
                exact[i] = draw_ns(&rng, kind);
                acri_histogram_record(&h, exact[i]);
            }
            qsort(exact, n, sizeof(*exact), compare);
            for (size_t k = 0; k <= 1000; k++) {
                size_t rank = (k * n + 999) / 1000;

                check_error(acri_histogram_quantile_ns(&h, (double)k / 1000),
                            exact[rank > 0 ? rank - 1 : 0]);
            }
            assert_int_equal(acri_histogram_quantile_ns(&h, 0), exact[0]);
            assert_int_equal(acri_histogram_quantile_ns(&h, 1), exact[n - 1]);
            acri_histogram_done(&h);
        }
    print_message("worst relative error: %.4f %%\n", worst_error * 100);
}

static void a_rank_that_is_whole_is_not_rounded_up(void **state)
{
    struct acri_histogram h;

    (void)state;
    acri_histogram_init(&h);
    for (uint64_t i = 1; i <= 100; i++)
        acri_histogram_record(&h, i * i * ACRI_NS_PER_MS);
    for (uint64_t k = 1; k <= 100; k++)
        check_error(acri_histogram_quantile_ns(&h, (double)k / 100), k * k * ACRI_NS_PER_MS);
    acri_histogram_done(&h);
}

static void times_outside_the_range_are_counted_in_the_end_buckets(void **state)
{
    struct acri_histogram h;

    (void)state;
    acri_histogram_init(&h);
    acri_histogram_record(&h, 0);
    acri_histogram_record(&h, 5);
    acri_histogram_record(&h, 50 * ACRI_NS_PER_MS);
    acri_histogram_record(&h, 2 * ACRI_HISTOGRAM_MAX_NS);
    acri_histogram_record(&h, UINT64_MAX);
    assert_int_equal(acri_histogram_count(&h), 5);
    assert_int_equal(acri_histogram_min_ns(&h), 0);
    assert_int_equal(acri_histogram_max_ns(&h), UINT64_MAX);
    assert_int_equal(acri_histogram_quantile_ns(&h, 0), 0);
    check_error(acri_histogram_quantile_ns(&h, 0.4), ACRI_HISTOGRAM_MIN_NS);
    check_error(acri_histogram_quantile_ns(&h, 0.6), 50 * ACRI_NS_PER_MS);
    check_error(acri_histogram_quantile_ns(&h, 0.8), ACRI_HISTOGRAM_MAX_NS);
    assert_int_equal(acri_histogram_quantile_ns(&h, 1), UINT64_MAX);
    acri_histogram_done(&h);
}

static void an_answer_is_never_outside_of_what_was_measured(void **state)
{
    struct acri_histogram h;

    (void)state;
    acri_histogram_init(&h);
    for (int i = 0; i < 10; i++)
        acri_histogram_record(&h, 200);
    assert_int_equal(acri_histogram_quantile_ns(&h, 0.5), 200);
    acri_histogram_clear(&h);
    for (int i = 0; i < 10; i++)
        acri_histogram_record(&h, 4095999);
    assert_int_equal(acri_histogram_quantile_ns(&h, 0.5), 4095999);
    acri_histogram_done(&h);
}

static void an_empty_one_answers_zero(void **state)
{
    struct acri_histogram h;
    uint32_t bucket = 0;
    uint64_t n;

    (void)state;
    acri_histogram_init(&h);
    assert_int_equal(acri_histogram_min_ns(&h), 0);
    assert_int_equal(acri_histogram_max_ns(&h), 0);
    assert_int_equal(acri_histogram_quantile_ns(&h, 0.5), 0);
    assert_true(acri_histogram_mean_ns(&h) == 0);
    assert_false(acri_histogram_next(&h, &bucket, &n));
    assert_int_equal(acri_histogram_bytes(&h), 0);
    acri_histogram_done(&h);
}

static void a_quantile_outside_of_0_to_1_is_clamped(void **state)
{
    struct acri_histogram h;

    (void)state;
    acri_histogram_init(&h);
    acri_histogram_record(&h, 1000000);
    acri_histogram_record(&h, 9000000);
    assert_int_equal(acri_histogram_quantile_ns(&h, -1), 1000000);
    assert_int_equal(acri_histogram_quantile_ns(&h, 1e300), 9000000);
    acri_histogram_done(&h);
}

static void merging_parts_in_any_order_equals_recording_into_one(void **state)
{
    struct acri_histogram one, parts[8], sum;
    struct acri_rng rng;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t first = seed % 8;

        acri_rng_init(&rng, 2, seed);
        acri_histogram_init(&one);
        acri_histogram_init(&sum);
        for (size_t i = 0; i < 8; i++)
            acri_histogram_init(&parts[i]);
        for (size_t i = 0; i < 5000; i++) {
            uint64_t ns = draw_ns(&rng, (int)acri_rng_below(&rng, 7));

            acri_histogram_record(&one, ns);
            acri_histogram_record(&parts[acri_rng_below(&rng, 8)], ns);
        }
        for (size_t i = 0; i < 8; i++)
            acri_histogram_merge(&sum, &parts[(first + i * 3) % 8]);
        assert_same(&one, &sum);
        for (size_t i = 0; i < 8; i++)
            acri_histogram_done(&parts[i]);
        acri_histogram_done(&one);
        acri_histogram_done(&sum);
    }
}

static void large_counts_are_exact_however_they_came_about(void **state)
{
    struct acri_histogram one_by_one, at_once, merged, part;
    uint32_t bucket = 0;
    uint64_t n;

    (void)state;
    acri_histogram_init(&one_by_one);
    acri_histogram_init(&at_once);
    acri_histogram_init(&merged);
    acri_histogram_init(&part);
    for (int i = 0; i < 200000; i++)
        acri_histogram_record(&one_by_one, 5000000);
    acri_histogram_record_n(&at_once, 5000000, 200000);
    acri_histogram_record_n(&part, 5000000, 50000);
    for (int i = 0; i < 4; i++)
        acri_histogram_merge(&merged, &part);
    assert_same(&one_by_one, &at_once);
    assert_same(&one_by_one, &merged);
    acri_histogram_record_n(&at_once, 5000000, (1ull << 48) - 200000);
    acri_histogram_merge(&merged, &at_once);
    assert_true(acri_histogram_next(&merged, &bucket, &n));
    assert_int_equal(n, (1ull << 48) + 200000);
    acri_histogram_done(&one_by_one);
    acri_histogram_done(&at_once);
    acri_histogram_done(&merged);
    acri_histogram_done(&part);
}

static void the_sum_does_not_overflow(void **state)
{
    struct acri_histogram a, b;

    (void)state;
    acri_histogram_init(&a);
    acri_histogram_init(&b);
    acri_histogram_record_n(&a, ACRI_HISTOGRAM_MAX_NS, 1ull << 40);
    assert_true(acri_histogram_mean_ns(&a) == (double)ACRI_HISTOGRAM_MAX_NS);
    acri_histogram_record(&b, UINT64_MAX);
    acri_histogram_record(&b, UINT64_MAX);
    assert_int_equal(b.sum_high, 1);
    assert_int_equal(b.sum_low, UINT64_MAX - 1);
    acri_histogram_clear(&a);
    acri_histogram_record(&a, 2);
    acri_histogram_merge(&b, &a);
    assert_int_equal(b.sum_high, 2);
    assert_int_equal(b.sum_low, 0);
    acri_histogram_done(&a);
    acri_histogram_done(&b);
}

static void a_cleared_one_is_as_new_and_reuses_its_memory(void **state)
{
    struct acri_histogram used, fresh;
    struct acri_rng rng;
    size_t bytes = 0;

    (void)state;
    acri_histogram_init(&used);
    for (uint64_t round = 0; round < 5; round++) {
        acri_rng_init(&rng, 3, 1);
        acri_histogram_init(&fresh);
        for (int i = 0; i < 3000; i++) {
            uint64_t ns = draw_ns(&rng, 5);

            acri_histogram_record(&used, ns);
            acri_histogram_record(&fresh, ns);
        }
        acri_histogram_record_n(&used, 7000000, 1000000);
        acri_histogram_record_n(&fresh, 7000000, 1000000);
        assert_same(&used, &fresh);
        acri_histogram_done(&fresh);
        if (round > 0)
            assert_int_equal(acri_histogram_bytes(&used), bytes);
        bytes = acri_histogram_bytes(&used);
        acri_histogram_clear(&used);
        assert_int_equal(acri_histogram_count(&used), 0);
    }
    acri_histogram_done(&used);
    assert_int_equal(acri_histogram_bytes(&used), 0);
}

static void a_histogram_is_rebuilt_from_its_buckets(void **state)
{
    struct acri_histogram from, to;
    struct acri_rng rng;
    uint32_t bucket = 0;
    uint64_t n;

    (void)state;
    acri_rng_init(&rng, 4, 1);
    acri_histogram_init(&from);
    acri_histogram_init(&to);
    for (int i = 0; i < 3000; i++)
        acri_histogram_record(&from, draw_ns(&rng, 1));
    for (; acri_histogram_next(&from, &bucket, &n); bucket++)
        acri_histogram_put(&to, bucket, n);
    acri_histogram_widen(&to, from.min_ns, from.max_ns);
    for (double q = 0; q <= 1; q += 0.01)
        assert_int_equal(acri_histogram_quantile_ns(&from, q), acri_histogram_quantile_ns(&to, q));
    acri_histogram_put(&to, UINT32_MAX, 1);
    assert_int_equal(acri_histogram_count(&to), 3001);
    acri_histogram_done(&from);
    acri_histogram_done(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_of_every_bucket_are_within_the_error),
        cmocka_unit_test(quantiles_of_any_distribution_are_within_the_error),
        cmocka_unit_test(a_rank_that_is_whole_is_not_rounded_up),
        cmocka_unit_test(times_outside_the_range_are_counted_in_the_end_buckets),
        cmocka_unit_test(an_answer_is_never_outside_of_what_was_measured),
        cmocka_unit_test(an_empty_one_answers_zero),
        cmocka_unit_test(a_quantile_outside_of_0_to_1_is_clamped),
        cmocka_unit_test(merging_parts_in_any_order_equals_recording_into_one),
        cmocka_unit_test(large_counts_are_exact_however_they_came_about),
        cmocka_unit_test(the_sum_does_not_overflow),
        cmocka_unit_test(a_cleared_one_is_as_new_and_reuses_its_memory),
        cmocka_unit_test(a_histogram_is_rebuilt_from_its_buckets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
