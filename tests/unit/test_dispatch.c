/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/rng.h"
#include "engine/dispatch.h"

#include <math.h>
#include <string.h>

enum { MOST_TYPES = 12, MOST_LOOPS = 5, USERS = 3000 };

static void init(struct acri_dispatch *d, const double *weights, size_t n_types, size_t n_loops)
{
    struct acri_dispatch_type types[MOST_TYPES] = { { 0 } };

    for (size_t i = 0; i < n_types; i++)
        types[i].weight = weights[i];
    acri_dispatch_init(d, types, n_types, n_loops);
}

static void three_one_six_of_a_thousand_is_three_hundred_one_hundred_six_hundred(void **state)
{
    const double weights[] = { 3, 1, 6 };
    uint64_t counts[3] = { 0 };
    struct acri_dispatch d;

    (void)state;
    init(&d, weights, 3, 2);
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
        init(&d, weights, n_types, n_loops);
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
    init(&d, weights, 3, 3);
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
    init(&d, weights, 2, 2);
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

/* Users per type and loop, kept beside the dispatcher's own books. */
struct head_count {
    uint64_t of_type[MOST_TYPES];
    uint64_t on_loop[MOST_TYPES][MOST_LOOPS];
    uint64_t all;
};

static bool step(struct acri_dispatch *d, struct head_count *c, bool is_up)
{
    size_t type;
    size_t loop;

    if (!(is_up ? acri_dispatch_next : acri_dispatch_back)(d, &type, &loop))
        return false;
    c->of_type[type] += is_up ? 1 : UINT64_MAX;
    c->on_loop[type][loop] += is_up ? 1 : UINT64_MAX;
    c->all += is_up ? 1 : UINT64_MAX;
    return true;
}

/* Fixed counts first, and the rest by weight: whatever the way to this number of users was. */
static void assert_in_proportion(const struct acri_dispatch_type *types, size_t n_types,
                                 size_t n_loops, const struct head_count *c)
{
    double fixed = 0;
    double weights = 0;

    for (size_t i = 0; i < n_types; i++) {
        fixed += (double)types[i].fixed_count;
        weights += types[i].fixed_count > 0 ? 0 : types[i].weight;
    }
    for (size_t i = 0; i < n_types; i++) {
        double all = (double)c->all;
        double ideal = all <= fixed ? (double)types[i].fixed_count / (fixed > 0 ? fixed : 1) * all
                       : types[i].fixed_count > 0 ? (double)types[i].fixed_count
                                                  : types[i].weight / weights * (all - fixed);

        assert_true(fabs((double)c->of_type[i] - ideal) < 1);
        for (size_t l = 0; l < n_loops; l++)
            assert_true(fabs((double)c->on_loop[i][l] - ideal / (double)n_loops) < 2);
    }
}

static void random_edits_keep_the_proportions_at_every_moment(void **state)
{
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 7, 0);
    for (int round = 0; round < 80; round++) {
        size_t n_types = 1 + (size_t)acri_rng_below(&rng, MOST_TYPES);
        size_t n_loops = 1 + (size_t)acri_rng_below(&rng, MOST_LOOPS);
        struct acri_dispatch_type types[MOST_TYPES] = { { 0 } };
        struct head_count c = { .all = 0 };
        struct acri_dispatch d;

        types[0].weight = 1; /* so that there is always somebody to add */
        for (size_t i = 1; i < n_types; i++) {
            types[i].weight = acri_rng_below(&rng, 4) == 0 ? 0 : 0.1 + 9 * acri_rng_unit(&rng);
            types[i].fixed_count = acri_rng_below(&rng, 3) == 0 ? 1 + acri_rng_below(&rng, 40) : 0;
        }
        acri_dispatch_init(&d, types, n_types, n_loops);
        for (int edit = 0; edit < 12; edit++) {
            uint64_t target = acri_rng_below(&rng, 400);

            while (c.all != target) {
                assert_true(step(&d, &c, c.all < target));
                assert_in_proportion(types, n_types, n_loops, &c);
            }
        }
        acri_dispatch_done(&d);
    }
}

static void fixed_counts_come_first_and_go_last(void **state)
{
    const struct acri_dispatch_type types[] = { { .weight = 5 },
                                                { .fixed_count = 2 },
                                                { .weight = 1, .fixed_count = 1 } };
    struct head_count c = { .all = 0 };
    struct acri_dispatch d;

    (void)state;
    acri_dispatch_init(&d, types, 3, 1);
    for (int i = 0; i < 3; i++)
        assert_true(step(&d, &c, true));
    assert_int_equal(c.of_type[1], 2);
    assert_int_equal(c.of_type[2], 1);
    for (int i = 0; i < 7; i++)
        assert_true(step(&d, &c, true));
    assert_int_equal(c.of_type[0], 7);
    while (c.all > 3)
        assert_true(step(&d, &c, false));
    assert_int_equal(c.of_type[0], 0);
    acri_dispatch_done(&d);
}

static void only_fixed_counts_stop_at_their_sum(void **state)
{
    const struct acri_dispatch_type types[] = { { .fixed_count = 2 }, { .fixed_count = 1 } };
    struct head_count c = { .all = 0 };
    struct acri_dispatch d;

    (void)state;
    acri_dispatch_init(&d, types, 2, 2);
    while (step(&d, &c, true))
        assert_true(c.all <= 3);
    assert_int_equal(c.all, 3);
    while (step(&d, &c, false))
        continue;
    assert_int_equal(c.all, 0);
    acri_dispatch_done(&d);
}

/* As a shape that names user types: 4 of A, then B alone up to 10, then all again. */
static void what_is_not_allowed_is_not_added_but_stays(void **state)
{
    const double weights[] = { 1, 1 };
    const bool only_a[] = { true, false };
    const bool only_b[] = { false, true };
    struct head_count c = { .all = 0 };
    struct acri_dispatch d;

    (void)state;
    init(&d, weights, 2, 2);
    acri_dispatch_allow(&d, only_a);
    while (c.all < 4)
        assert_true(step(&d, &c, true));
    acri_dispatch_allow(&d, only_b);
    while (c.all < 10)
        assert_true(step(&d, &c, true));
    assert_int_equal(c.of_type[0], 4);
    acri_dispatch_allow(&d, NULL);
    while (c.all < 12)
        assert_true(step(&d, &c, true));
    assert_int_equal(c.of_type[0], 6);
    assert_int_equal(c.of_type[1], 6);
    acri_dispatch_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_one_six_of_a_thousand_is_three_hundred_one_hundred_six_hundred),
        cmocka_unit_test(random_weights_keep_their_proportions_after_every_user),
        cmocka_unit_test(a_type_of_weight_zero_gets_nobody),
        cmocka_unit_test(two_equal_types_on_two_loops_are_mixed),
        cmocka_unit_test(random_edits_keep_the_proportions_at_every_moment),
        cmocka_unit_test(fixed_counts_come_first_and_go_last),
        cmocka_unit_test(only_fixed_counts_stop_at_their_sum),
        cmocka_unit_test(what_is_not_allowed_is_not_added_but_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
