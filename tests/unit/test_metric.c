/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "stats/metric.h"

static const struct acr_metric *find(const struct acri_metrics *m, uint32_t kind, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->rows[i]->kind == kind && strcmp(m->rows[i]->key.text[1], name) == 0)
            return m->rows[i];
    fail_msg("no metric %u %s", kind, name);
    return NULL;
}

static void trend(struct acri_metrics *m, const char *name, double value)
{
    acri_metrics_add(m, ACR_METRIC_TREND, name, value, 0);
}

static double quantile(const struct acr_metric *x, double q)
{
    double value = NAN;

    assert_true(acri_metric_quantile(x, q, &value));
    return value;
}

static void assert_same(double a, double b)
{
    if (!(a <= b && a >= b))
        fail_msg("%.17g is not %.17g", a, b);
}

static void each_kind_counts_its_own_way(void **state)
{
    struct acri_metrics m;
    const struct acr_metric *x;

    (void)state;
    acri_metrics_init(&m, 10);
    acri_metrics_add(&m, ACR_METRIC_COUNTER, "n", 2, 0);
    acri_metrics_add(&m, ACR_METRIC_COUNTER, "n", 0.5, 0);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "n", 7, 1000);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "n", -1, 3000);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "n", 3, 2000);
    acri_metrics_check(&m, "n", true);
    acri_metrics_check(&m, "n", false);
    acri_metrics_check(&m, "n", true);
    acri_metrics_tag(&m, "n and more", 1, true, true, 1500000);
    acri_metrics_tag(&m, "n", 1, false, false, 99);
    assert_int_equal(m.n, 4);
    assert_same(acri_metric_sum(find(&m, ACR_METRIC_COUNTER, "n")), 2.5);
    x = find(&m, ACR_METRIC_GAUGE, "n");
    assert_int_equal(x->count, 3);
    assert_same(x->last, -1); /* by the clock, not by the order of the calls */
    assert_same(x->min, -1);
    assert_same(x->max, 7);
    x = find(&m, ACR_METRIC_CHECK, "n");
    assert_int_equal(x->count, 3);
    assert_int_equal(x->failures, 1);
    x = find(&m, ACR_METRIC_TAG, "n");
    assert_int_equal(x->count, 2);
    assert_int_equal(x->failures, 1);
    assert_int_equal(x->n_values, 1);
    assert_same(quantile(x, 0.5), 1.5);
    acri_metrics_done(&m);
}

static void rows_are_sorted_by_kind_and_name(void **state)
{
    static const char *const names[] = { "b", "a", "ab", "B", "", "c" };
    struct acri_metrics m;

    (void)state;
    acri_metrics_init(&m, 100);
    for (size_t i = 0; i < ACR_LEN(names); i++) {
        acri_metrics_check(&m, names[i], true);
        trend(&m, names[i], 1);
    }
    assert_int_equal(m.n, 12);
    for (size_t i = 1; i < m.n; i++)
        assert_true(m.rows[i - 1]->kind < m.rows[i]->kind ||
                    (m.rows[i - 1]->kind == m.rows[i]->kind &&
                     strcmp(m.rows[i - 1]->key.text[1], m.rows[i]->key.text[1]) < 0));
    acri_metrics_done(&m);
}

/* The exact value of a rank is the i-th of sorted ones. */
static void assert_quantiles(double *sorted, size_t n)
{
    struct acri_metrics m;
    const struct acr_metric *x;

    acri_metrics_init(&m, 1);
    for (size_t i = 0; i < n; i++)
        trend(&m, "x", sorted[(i * 7919) % n]);
    x = find(&m, ACR_METRIC_TREND, "x");
    for (size_t rank = 1; rank <= n; rank++) {
        double got = quantile(x, (double)rank / (double)n);
        double wanted = sorted[rank - 1];

        if (fabs(wanted) < 0.001 ? !(fabs(got) <= 0.001)
                                 : !(fabs(got - wanted) <= 0.004 * fabs(wanted)))
            fail_msg("rank %zu: %.17g is not %.17g", rank, got, wanted);
    }
    assert_same(quantile(x, 0), sorted[0]);
    assert_same(quantile(x, 1), sorted[n - 1]);
    acri_metrics_done(&m);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void quantiles_are_within_four_in_a_thousand_whatever_the_unit(void **state)
{
    enum { N = 20011 };
    static double values[N];
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 1, 2);
    /* From 0.001 up, over all the bands. */
    for (size_t i = 0; i < N; i++)
        values[i] = 0.001 * exp2(123.5 * (double)i / N);
    assert_quantiles(values, N);
    /* At and beside the edges of buckets and bands. */
    for (size_t i = 0; i < N; i++) {
        double edge = 0.001 * exp2((double)(i / 3 % 124)) * (1 + (double)(i / 372 % 128) / 128);

        values[i] = i % 3 == 0 ? edge : nextafter(edge, i % 3 == 1 ? 0 : INFINITY);
    }
    qsort(values, N, sizeof(values[0]), compare);
    values[0] = 0.001;
    assert_quantiles(values, N);
    /* Below and around zero too. */
    for (size_t i = 0; i < N; i++) {
        double size = exp2(acri_rng_unit(&rng) * 100 - 20);

        values[i] = acri_rng_below(&rng, 2) == 0 ? -size : size;
    }
    qsort(values, N, sizeof(values[0]), compare);
    assert_quantiles(values, N);
}

static void what_is_near_zero_counts_as_zero(void **state)
{
    struct acri_metrics m;

    (void)state;
    acri_metrics_init(&m, 10);
    trend(&m, "x", -5);
    trend(&m, "x", 0);
    trend(&m, "x", -0.0009);
    trend(&m, "x", 0.0009);
    trend(&m, "x", 5);
    assert_same(quantile(m.rows[0], 0.5), 0);
    assert_same(quantile(m.rows[0], 0.2), -5);
    assert_same(quantile(m.rows[0], 1), 5);
    /* The range is exact, even there. */
    trend(&m, "y", 0.0003);
    trend(&m, "y", 0.0004);
    trend(&m, "y", 0.0005);
    assert_true(quantile(m.rows[1], 0.5) >= 0.0003 && quantile(m.rows[1], 0.5) <= 0.0005);
    acri_metrics_done(&m);
}

static void the_ends_of_all_doubles_are_survived(void **state)
{
    struct acri_metrics m;
    const struct acr_metric *x;

    (void)state;
    acri_metrics_init(&m, 10);
    trend(&m, "x", DBL_MAX);
    trend(&m, "x", DBL_MAX);
    trend(&m, "x", -DBL_MAX);
    trend(&m, "x", DBL_MIN);
    trend(&m, "x", 1e40);
    x = m.rows[0];
    assert_same(x->max, DBL_MAX);
    assert_same(x->min, -DBL_MAX);
    assert_true(quantile(x, 0.6) > 1e34);
    assert_false(isnan(acri_metric_sum(x)));
    acri_metrics_done(&m);
}

static void only_trends_and_tags_have_quantiles(void **state)
{
    struct acri_metrics m;
    double value;

    (void)state;
    acri_metrics_init(&m, 10);
    acri_metrics_add(&m, ACR_METRIC_COUNTER, "c", 1, 0);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "g", 1, 0);
    acri_metrics_check(&m, "k", true);
    acri_metrics_tag(&m, "untimed", 7, false, false, 0);
    for (size_t i = 0; i < m.n; i++)
        assert_false(acri_metric_quantile(m.rows[i], 0.5, &value));
    trend(&m, "t", 1);
    assert_false(acri_metric_quantile(find(&m, ACR_METRIC_TREND, "t"), NAN, &value));
    acri_metrics_done(&m);
}

static void names_are_bounded(void **state)
{
    struct acri_metrics m, total;
    const struct acr_metric *others;
    char name[32];

    (void)state;
    acri_metrics_init(&m, ACRI_METRIC_LIMIT);
    acri_metrics_init(&total, ACRI_METRIC_LIMIT);
    for (int loop = 0; loop < 3; loop++) {
        for (int i = 0; i < 1500; i++) {
            snprintf(name, sizeof(name), "%d: %d", loop % 2, i);
            acri_metrics_add(&m, ACR_METRIC_COUNTER, name, 1, 0);
        }
        acri_metrics_check(&m, "late", false);
        acri_metrics_merge(&total, &m);
        acri_metrics_clear(&m);
    }
    assert_int_equal(m.n, ACRI_METRIC_LIMIT + 2);
    assert_int_equal(total.n, ACRI_METRIC_LIMIT + 2);
    others = find(&total, ACR_METRIC_COUNTER, ACRI_METRIC_OTHERS);
    assert_same(acri_metric_sum(others), 4500 - 2 * ACRI_METRIC_LIMIT);
    assert_int_equal(find(&total, ACR_METRIC_CHECK, ACRI_METRIC_OTHERS)->failures, 3);
    assert_true(acri_metrics_bytes(&total) < 2u << 20);
    acri_metrics_done(&m);
    acri_metrics_done(&total);
}

static void names_are_copied_and_cut(void **state)
{
    struct acri_metrics m;
    size_t bytes = ACRI_KEY_TEXT_MAX + 100;
    char *name = calloc(1, bytes + 1);

    (void)state;
    assert_non_null(name);
    memset(name, 'x', bytes);
    acri_metrics_init(&m, 10);
    for (int i = 0; i < 3; i++)
        trend(&m, name, 1);
    /* The same memory holds another name: the address is a guess only. */
    memset(name, 'y', bytes);
    name[5] = '\0';
    trend(&m, name, 1);
    free(name);
    assert_int_equal(m.n, 2);
    assert_int_equal(m.rows[0]->count, 3);
    assert_int_equal(strlen(m.rows[0]->key.text[1]), ACRI_KEY_TEXT_MAX);
    assert_string_equal(m.rows[1]->key.text[1], "yyyyy");
    acri_metrics_done(&m);
}

/* The parts of a run, in one table or merged from many, give the same to the last bit. */
static void merging_is_exact(void **state)
{
    enum { LOOPS = 7, TICKS = 5, N = 300 };
    struct acri_metrics parts[LOOPS], total, whole;
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 3, 4);
    acri_metrics_init(&total, 10);
    acri_metrics_init(&whole, 10);
    for (size_t i = 0; i < LOOPS; i++)
        acri_metrics_init(&parts[i], 10);
    for (size_t tick = 0; tick < TICKS; tick++) {
        for (uint64_t i = 0; i < N; i++) {
            struct acri_metrics *both[] = { &parts[acri_rng_below(&rng, LOOPS)], &whole };
            double value = (acri_rng_unit(&rng) - 0.3) * exp2(acri_rng_unit(&rng) * 60 - 10);
            uint64_t at_ns = 1 + (tick * N + i * 7919 % N);

            for (size_t k = 0; k < 2; k++) {
                trend(both[k], "t", value);
                acri_metrics_add(both[k], ACR_METRIC_COUNTER, "c", value, 0);
                acri_metrics_add(both[k], ACR_METRIC_GAUGE, "g", value, at_ns);
                acri_metrics_check(both[k], "k", value > 0);
                acri_metrics_tag(both[k], "tag", 3, value > 0, true, i * i * 1000);
            }
        }
        for (size_t i = 0; i < LOOPS; i++) {
            acri_metrics_merge(&total, &parts[i]);
            acri_metrics_clear(&parts[i]);
        }
    }
    assert_int_equal(total.n, whole.n);
    for (size_t i = 0; i < total.n; i++) {
        const struct acr_metric *a = total.rows[i], *b = whole.rows[i];

        assert_int_equal(a->count, b->count);
        assert_int_equal(a->failures, b->failures);
        assert_int_equal(a->n_near_zero, b->n_near_zero);
        assert_same(a->min, b->min);
        assert_same(a->max, b->max);
        assert_same(acri_metric_sum(a), acri_metric_sum(b));
        if (a->kind == ACR_METRIC_GAUGE)
            assert_same(a->last, b->last);
        for (double q = 0; a->kind == ACR_METRIC_TREND && q <= 1; q += 1.0 / 1024)
            assert_same(quantile(a, q), quantile(b, q));
    }
    for (size_t i = 0; i < LOOPS; i++)
        acri_metrics_done(&parts[i]);
    acri_metrics_done(&total);
    acri_metrics_done(&whole);
}

static void a_cleared_table_brings_nothing_twice(void **state)
{
    struct acri_metrics m, total;

    (void)state;
    acri_metrics_init(&m, 10);
    acri_metrics_init(&total, 10);
    trend(&m, "x", 5);
    acri_metrics_merge(&total, &m);
    acri_metrics_clear(&m);
    acri_metrics_merge(&total, &m);
    acri_metrics_clear(&m);
    assert_int_equal(total.rows[0]->count, 1);
    trend(&m, "x", 7);
    acri_metrics_merge(&total, &m);
    assert_int_equal(total.rows[0]->count, 2);
    assert_same(total.rows[0]->min, 5);
    assert_same(quantile(total.rows[0], 1), 7);
    acri_metrics_done(&m);
    acri_metrics_done(&total);
}

static void a_reset_keeps_names_and_where_gauges_stand(void **state)
{
    struct acri_metrics m;
    const struct acr_metric *x;

    (void)state;
    acri_metrics_init(&m, 10);
    trend(&m, "t", 5);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "g", 100, 1);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "g", 5, 2);
    acri_metrics_reset(&m, 1000);
    assert_int_equal(m.n, 2);
    assert_int_equal(m.start_ns, 1000);
    x = find(&m, ACR_METRIC_TREND, "t");
    assert_int_equal(x->count, 0);
    assert_same(acri_metric_sum(x), 0);
    assert_false(acri_metric_quantile(x, 0.5, &(double){ 0 }));
    x = find(&m, ACR_METRIC_GAUGE, "g");
    assert_int_equal(x->count, 0);
    assert_same(x->last, 5);
    assert_same(x->max, 5);
    acri_metrics_add(&m, ACR_METRIC_GAUGE, "g", 7, 2000);
    assert_same(x->min, 5);
    assert_same(x->max, 7);
    trend(&m, "t", -3);
    assert_same(find(&m, ACR_METRIC_TREND, "t")->max, -3);
    acri_metrics_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_counts_its_own_way),
        cmocka_unit_test(rows_are_sorted_by_kind_and_name),
        cmocka_unit_test(quantiles_are_within_four_in_a_thousand_whatever_the_unit),
        cmocka_unit_test(what_is_near_zero_counts_as_zero),
        cmocka_unit_test(the_ends_of_all_doubles_are_survived),
        cmocka_unit_test(only_trends_and_tags_have_quantiles),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(names_are_copied_and_cut),
        cmocka_unit_test(merging_is_exact),
        cmocka_unit_test(a_cleared_table_brings_nothing_twice),
        cmocka_unit_test(a_reset_keeps_names_and_where_gauges_stand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
