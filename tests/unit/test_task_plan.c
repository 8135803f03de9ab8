/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/task_plan.h"

#include <string.h>

static int one(struct acr_user *u)
{
    (void)u;
    return 0;
}

static int two(struct acr_user *u)
{
    (void)u;
    return 0;
}

static const struct acr_task inner_tasks[] = {
    { .name = "deep", .run = one, .tags = "slow rare" },
    { .name = "plain", .run = two },
};
static const struct acr_task_set inner = { .tasks = inner_tasks, .n_tasks = 2 };
static const struct acr_transition round_[] = { { "state", 0 } };
static const struct acr_task chain_tasks[] = {
    { .name = "state", .run = one, .transitions = round_, .n_transitions = 1 }
};
static const struct acr_task_set chain = {
    .tasks = chain_tasks, .n_tasks = 1, .order = ACR_MARKOV, .wait = ACR_TOTAL_RATE(5)
};
static const struct acr_task tasks[] = {
    { .name = "browse", .run = one, .weight = 4, .tags = "browse" },
    { .name = "buy", .run = two, .tags = "purchase slow" },
    { .name = "inner", .set = &inner, .tags = "purchase" },
    { .name = "chain", .set = &chain },
};
static const struct acr_user_type type = {
    .name = "u", .tasks = tasks, .n_tasks = 4, .wait = ACR_TOTAL_RATE(1)
};

/* The names of all tasks that are left, sets in brackets. */
static void describe(const struct acri_set_plan *set, char *text)
{
    for (size_t i = 0; set != NULL && i < set->n_tasks; i++) {
        strcat(text, set->tasks[i].task->name);
        if (set->tasks[i].set != NULL) {
            strcat(text, "[");
            describe(set->tasks[i].set, text);
            strcat(text, "]");
        }
        strcat(text, " ");
    }
}

static void expect(const struct acri_task_filter *filter, const char *left)
{
    char text[512] = "";
    uint32_t n_rates = 0;
    struct acri_set_plan *set = acri_task_plan_new(&type, filter, &n_rates);

    describe(set, text);
    assert_string_equal(text, left);
    acri_task_plan_free(set);
}

static void tags_choose_tasks_and_keep_the_sets_around_them(void **state)
{
    const char *const slow[] = { "slow" };
    const char *const purchase[] = { "purchase", "unknown" };
    const char *const rare[] = { "rare" };
    const char *const all[] = { "browse", "purchase" };

    (void)state;
    expect(&(struct acri_task_filter){ 0 }, "browse buy inner[deep plain ] chain[state ] ");
    expect(&(struct acri_task_filter){ .tags = slow, .n_tags = 1 },
           "buy inner[deep ] chain[state ] ");
    /* A tag of a set is one of all that is in it. */
    expect(&(struct acri_task_filter){ .tags = purchase, .n_tags = 2 },
           "buy inner[deep plain ] chain[state ] ");
    /* Excluding wins. */
    expect(
        &(struct acri_task_filter){
            .tags = slow, .n_tags = 1, .exclude_tags = rare, .n_exclude_tags = 1 },
        "buy chain[state ] ");
    expect(&(struct acri_task_filter){ .exclude_tags = all, .n_exclude_tags = 2 },
           "chain[state ] ");
}

static void names_choose_among_a_types_own_tasks(void **state)
{
    const char *const names[] = { "browse", "inner" };

    (void)state;
    expect(&(struct acri_task_filter){ .names = names, .n_names = 2 },
           "browse inner[deep plain ] ");
}

/* Depth first, each function once. */
static void flat_is_without_sets_and_weights(void **state)
{
    struct acri_task_filter filter = { .is_flat = true };
    uint32_t n_rates = 0;
    struct acri_set_plan *set = acri_task_plan_new(&type, &filter, &n_rates);

    (void)state;
    assert_int_equal(set->n_tasks, 2);
    assert_ptr_equal(set->tasks[0].task->run, one);
    assert_ptr_equal(set->tasks[1].task->run, two);
    assert_true(set->picker.bounds[0] < 1.5 && set->picker.bounds[1] < 2.5);
    acri_task_plan_free(set);
}

static void nothing_left_is_null(void **state)
{
    const char *const none[] = { "none" };
    const struct acr_user_type plain = { .name = "p", .tasks = tasks, .n_tasks = 2 };
    uint32_t n_rates = 0;

    (void)state;
    assert_null(acri_task_plan_new(&plain, &(struct acri_task_filter){ .tags = none, .n_tags = 1 },
                                   &n_rates));
}

static void total_rates_are_numbered(void **state)
{
    const struct acri_task_filter filter = { 0 };
    uint32_t n_rates = 3;
    struct acri_set_plan *set = acri_task_plan_new(&type, &filter, &n_rates);

    (void)state;
    assert_int_equal(n_rates, 5);
    assert_int_not_equal(set->rate_index, set->tasks[3].set->rate_index);
    assert_true(set->must_catch_up);
    acri_task_plan_free(set);
}

static void words_are_whole(void **state)
{
    (void)state;
    assert_true(acri_task_plan_has_word("a bc d", "bc"));
    assert_true(acri_task_plan_has_word("  a  d ", "d"));
    assert_false(acri_task_plan_has_word("abc", "bc"));
    assert_false(acri_task_plan_has_word("bcd", "bc"));
    assert_false(acri_task_plan_has_word(NULL, "bc"));
    assert_false(acri_task_plan_has_word("a b", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_choose_tasks_and_keep_the_sets_around_them),
        cmocka_unit_test(names_choose_among_a_types_own_tasks),
        cmocka_unit_test(flat_is_without_sets_and_weights),
        cmocka_unit_test(nothing_left_is_null),
        cmocka_unit_test(total_rates_are_numbered),
        cmocka_unit_test(words_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
