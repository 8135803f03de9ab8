/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/wait.h"

#include <math.h>

#define S ACRI_NS_PER_S
#define MS ACRI_NS_PER_MS

static struct acri_rng rng;

static uint64_t due(struct acr_wait wait, bool must_catch_up, uint64_t now_ns, uint64_t *slot_ns,
                    uint64_t *ret_n_missed)
{
    const struct acri_set_plan set = { .wait = wait, .must_catch_up = must_catch_up };
    const struct acri_wait_input in = { .set = &set, .now_ns = now_ns };

    return acri_wait_due_ns(&in, slot_ns, &rng, ret_n_missed);
}

static void simple_waits_begin_when_the_task_ends(void **state)
{
    const struct acr_wait none = { .kind = ACR_WAIT_NONE };
    const struct acr_wait constant = ACR_CONSTANT(1.5);
    const struct acr_wait between = ACR_BETWEEN(1, 3);
    double low = 10;
    double high = 0;
    double sum = 0;
    uint64_t slot = 0;
    uint64_t n;

    (void)state;
    acri_rng_init(&rng, 1, 0);
    assert_int_equal(due(none, false, 7 * S, &slot, &n), 7 * S);
    assert_int_equal(due(constant, false, 7 * S, &slot, &n), 8500 * MS);
    for (int i = 0; i < 20000; i++) {
        double s = (double)(due(between, false, 7 * S, &slot, &n) - 7 * S) / 1e9;

        low = s < low ? s : low;
        high = s > high ? s : high;
        sum += s;
    }
    assert_true(low >= 1 && low < 1.01 && high < 3 && high > 2.99);
    assert_true(fabs(sum / 20000 - 2) < 5 * 2 / sqrt(12.0 * 20000));
}

/* Mean and deviation of an exponential distribution are the same. */
static void exponential_waits_have_their_mean_and_deviation(void **state)
{
    const struct acr_wait exponential = ACR_EXPONENTIAL(0.5);
    const struct acr_wait poisson = ACR_POISSON(2);
    double sum = 0;
    double squares = 0;
    uint64_t slot = 0;
    uint64_t n;

    (void)state;
    acri_rng_init(&rng, 2, 0);
    assert_true(fabs(exponential.a_s - poisson.a_s) < 1e-12);
    for (int i = 0; i < 40000; i++) {
        double s = (double)due(exponential, false, 0, &slot, &n) / 1e9;

        sum += s;
        squares += s * s;
    }
    assert_true(fabs(sum / 40000 - 0.5) < 5 * 0.5 / 200);
    assert_true(fabs(sqrt(squares / 40000 - (sum / 40000) * (sum / 40000)) - 0.5) < 0.02);
}

static void what_a_function_says_is_waited(void **state)
{
    const struct acri_set_plan set = { .wait = { .kind = ACR_WAIT_FUNCTION } };
    struct acri_wait_input in = { .set = &set, .now_ns = S, .function_s = 0.25 };
    uint64_t slot = 0;
    uint64_t n;

    (void)state;
    assert_int_equal(acri_wait_due_ns(&in, &slot, &rng, &n), 1250 * MS);
    in.function_s = -1;
    assert_int_equal(acri_wait_due_ns(&in, &slot, &rng, &n), S);
    in.function_s = NAN;
    assert_int_equal(acri_wait_due_ns(&in, &slot, &rng, &n), S);
}

/* Whatever tasks take, and however late they are seen to end, slots stay where they are. */
static void paced_tasks_keep_an_absolute_schedule(void **state)
{
    const struct acr_wait pacing = ACR_CONSTANT_PACING(0.1);
    const struct acr_wait throughput = ACR_CONSTANT_THROUGHPUT(10);
    uint64_t slot = 5 * S;
    uint64_t n;

    (void)state;
    for (uint64_t i = 1; i < 1000; i++)
        assert_int_equal(
            due(i % 2 ? pacing : throughput, i % 2 == 0, slot + 37 * MS + i, &slot, &n),
            5 * S + i * 100 * MS);
    assert_int_equal(n, 0);
}

static void pacing_does_not_make_up_for_what_it_missed_but_counts_it(void **state)
{
    const struct acr_wait pacing = ACR_CONSTANT_PACING(0.1);
    uint64_t slot = 5 * S;
    uint64_t n;

    (void)state;
    /* 350 ms: two whole slots are gone, and the next task begins at once. */
    assert_int_equal(due(pacing, false, 5 * S + 350 * MS, &slot, &n), 5 * S + 350 * MS);
    assert_int_equal(n, 2);
    assert_int_equal(due(pacing, false, 5 * S + 360 * MS, &slot, &n), 5 * S + 450 * MS);
    assert_int_equal(n, 0);
}

static void throughput_makes_up_for_it(void **state)
{
    const struct acr_wait throughput = ACR_CONSTANT_THROUGHPUT(10);
    uint64_t slot = 5 * S;
    uint64_t n;

    (void)state;
    assert_int_equal(due(throughput, true, 5 * S + 350 * MS, &slot, &n), 5 * S + 100 * MS);
    assert_int_equal(due(throughput, true, 5 * S + 351 * MS, &slot, &n), 5 * S + 200 * MS);
    assert_int_equal(due(throughput, true, 5 * S + 352 * MS, &slot, &n), 5 * S + 300 * MS);
    assert_int_equal(due(throughput, true, 5 * S + 353 * MS, &slot, &n), 5 * S + 400 * MS);
    assert_int_equal(n, 0);
}

static void a_total_rate_gives_each_slot_once(void **state)
{
    struct acri_set_plan set = { .wait = ACR_TOTAL_RATE(100), .must_catch_up = true };
    struct acri_rate_slots slots = { .per_second = 100 };
    struct acri_wait_input in = { .set = &set, .now_ns = S, .slots = &slots };
    uint64_t slot = 0;
    uint64_t n;

    (void)state;
    for (uint64_t i = 0; i < 50; i++)
        assert_int_equal(acri_wait_due_ns(&in, &slot, &rng, &n), S + i * 10 * MS);
    in.now_ns = 3 * S; /* all users were busy: what was missed is made up for */
    assert_int_equal(acri_wait_due_ns(&in, &slot, &rng, &n), S + 500 * MS);
    set.must_catch_up = false;
    assert_int_equal(acri_wait_due_ns(&in, &slot, &rng, &n), 3 * S);
    assert_int_equal(n, 149);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_waits_begin_when_the_task_ends),
        cmocka_unit_test(exponential_waits_have_their_mean_and_deviation),
        cmocka_unit_test(what_a_function_says_is_waited),
        cmocka_unit_test(paced_tasks_keep_an_absolute_schedule),
        cmocka_unit_test(pacing_does_not_make_up_for_what_it_missed_but_counts_it),
        cmocka_unit_test(throughput_makes_up_for_it),
        cmocka_unit_test(a_total_rate_gives_each_slot_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
