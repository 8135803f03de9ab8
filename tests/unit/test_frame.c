/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/frame.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static struct acri_set_plan *plan(const struct acr_task *tasks, size_t n, enum acr_order order)
{
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = n, .order = order };
    const struct acri_task_filter all = { 0 };
    uint32_t n_rates = 0;

    return acri_task_plan_new(&type, &all, &n_rates);
}

/* The first letters of the next tasks. */
static void take(struct acri_frame *f, struct acri_rng *rng, size_t n, char *ret_names)
{
    for (size_t i = 0; i < n; i++)
        ret_names[i] = acri_frame_next(f, rng)->task->name[0];
    ret_names[n] = '\0';
}

static void sequential_tasks_follow_each_other_as_often_as_their_weight(void **state)
{
    static const struct acr_task tasks[] = {
        { .name = "skipped", .run = nothing, .weight = ACR_NEVER },
        { .name = "a", .run = nothing },
        { .name = "b", .run = nothing, .weight = 3 },
        { .name = "never", .run = nothing, .weight = ACR_NEVER },
    };
    struct acri_set_plan *set = plan(tasks, 4, ACR_SEQUENTIAL);
    struct acri_rng rng;
    struct acri_frame f;
    char names[16];

    (void)state;
    acri_rng_init(&rng, 1, 1);
    acri_frame_init(&f, set);
    assert_true(acri_frame_is_between(&f));
    take(&f, &rng, 3, names);
    assert_string_equal(names, "abb");
    assert_false(acri_frame_is_between(&f));
    take(&f, &rng, 1, names);
    assert_true(acri_frame_is_between(&f)); /* a round is over */
    take(&f, &rng, 8, names);
    assert_string_equal(names, "abbbabbb");
    acri_frame_done(&f);
    acri_task_plan_free(set);
}

static void what_is_scheduled_comes_first_and_in_order(void **state)
{
    static const struct acr_task tasks[] = { { .name = "a", .run = nothing },
                                             { .name = "x", .run = nothing, .weight = ACR_NEVER },
                                             { .name = "y", .run = nothing, .weight = ACR_NEVER } };
    struct acri_set_plan *set = plan(tasks, 3, ACR_RANDOM);
    struct acri_rng rng;
    struct acri_frame f;
    char names[16];

    (void)state;
    acri_rng_init(&rng, 1, 1);
    acri_frame_init(&f, set);
    assert_int_equal(acri_frame_schedule(&f, "x", false), 0);
    assert_int_equal(acri_frame_schedule(&f, "x", false), 0);
    assert_int_equal(acri_frame_schedule(&f, "y", true), 0);
    assert_int_equal(acri_frame_schedule(&f, "z", true), -ENOENT);
    assert_false(acri_frame_is_between(&f));
    take(&f, &rng, 4, names);
    assert_string_equal(names, "yxxa");
    assert_int_equal(acri_frame_schedule(&f, "y", false), 0); /* freed with the frame */
    acri_frame_done(&f);
    acri_task_plan_free(set);
}

/* Shares of a chain are those of its stationary distribution: a 1/2, b 1/4, c 1/4. */
static void a_chain_goes_where_its_transitions_lead(void **state)
{
    static const struct acr_transition from_a[] = { { "b", 1 }, { "c", 1 } };
    static const struct acr_transition from_b[] = { { "a", 0 }, { "c", ACR_NEVER } };
    static const struct acr_transition from_c[] = { { "a", 7 } };
    static const struct acr_task tasks[] = {
        { .name = "a", .run = nothing, .transitions = from_a, .n_transitions = 2 },
        { .name = "b", .run = nothing, .transitions = from_b, .n_transitions = 2 },
        { .name = "c", .run = nothing, .transitions = from_c, .n_transitions = 1 },
    };
    struct acri_set_plan *set = plan(tasks, 3, ACR_MARKOV);
    size_t counts[3] = { 0 };
    struct acri_rng rng;
    struct acri_frame f;
    char last = 0;

    (void)state;
    acri_rng_init(&rng, 5, 0);
    acri_frame_init(&f, set);
    for (int i = 0; i < 40000; i++) {
        char name = acri_frame_next(&f, &rng)->task->name[0];

        assert_true(last != 0 || name == 'a'); /* the first stands first */
        assert_true(last == 0 || (last == 'a') != (name == 'a'));
        counts[name - 'a']++;
        last = name;
    }
    assert_int_equal(counts[0], 20000);
    /* Within five standard deviations of a fair coin. */
    assert_true(fabs((double)counts[1] - 10000) < 5 * sqrt(20000.0 / 4));
    acri_frame_done(&f);
    acri_task_plan_free(set);
}

static void the_wait_is_that_of_the_innermost_set_that_has_one(void **state)
{
    static const struct acr_task inner_tasks[] = { { .name = "i", .run = nothing } };
    static const struct acr_task_set inner = { .tasks = inner_tasks,
                                               .n_tasks = 1,
                                               .state_size = 8 };
    static const struct acr_task middle_tasks[] = { { .name = "in", .set = &inner } };
    static const struct acr_task_set middle = { .tasks = middle_tasks,
                                                .n_tasks = 1,
                                                .wait = ACR_CONSTANT(2) };
    static const struct acr_task tasks[] = { { .name = "m", .set = &middle } };
    struct acri_set_plan *set = plan(tasks, 1, ACR_RANDOM);
    struct acri_frame base;
    struct acri_frame *m;
    struct acri_frame *i;

    (void)state;
    acri_frame_init(&base, set);
    m = acri_frame_push(&base, set->tasks[0].set);
    i = acri_frame_push(m, m->set->tasks[0].set);
    assert_string_equal(i->set->name, "in");
    assert_ptr_equal(acri_frame_of_wait(i), m);
    assert_ptr_equal(acri_frame_of_wait(&base), &base);
    assert_non_null(i->state);
    assert_null(m->state);
    assert_false(acri_frame_is_between(i));
    assert_ptr_equal(acri_frame_pop(i), m);
    assert_ptr_equal(acri_frame_pop(m), &base);
    acri_frame_done(&base);
    acri_task_plan_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequential_tasks_follow_each_other_as_often_as_their_weight),
        cmocka_unit_test(what_is_scheduled_comes_first_and_in_order),
        cmocka_unit_test(a_chain_goes_where_its_transitions_lead),
        cmocka_unit_test(the_wait_is_that_of_the_innermost_set_that_has_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
