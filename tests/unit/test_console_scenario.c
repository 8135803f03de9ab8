/* SPDX-License-Identifier: MIT */
/* --list and the task ratios. */
#include "support/unit.h"

#include "app/console_scenario.h"
#include "base/log.h"
#include "golden/golden.h"

#include <acrida/plugin.h>

#include <string.h>

static const struct acr_task buyer_tasks[] = {
    { .name = "browse", .weight = 3 },
    { .name = "view" },
    { .name = "never", .weight = ACR_NEVER },
};
static const struct acr_task odd_tasks[] = { { .name = "\033[2J\"\xff" } };
static const struct acr_task cart_tasks[] = { { .name = "add", .weight = 3 }, { .name = "pay" } };
static const struct acr_task_set cart = { .tasks = cart_tasks, .n_tasks = 2 };
static const struct acr_task shop_tasks[] = { { .name = "look" },
                                              { .name = "cart", .set = &cart } };
static const struct acr_task_set shop = { .tasks = shop_tasks, .n_tasks = 2 };
static const struct acr_task nested_tasks[] = {
    { .name = "home" }, { .name = "shop", .weight = 3, .set = &shop, .tags = "s" }
};
static const struct acr_user_type flat_types[] = {
    { .name = "buyer", .weight = 3, .tasks = buyer_tasks, .n_tasks = ACR_LEN(buyer_tasks) },
    { .name = "odd", .tasks = odd_tasks, .n_tasks = 1 },
};
static const struct acr_user_type nested_types[] = {
    { .name = "nested", .tasks = nested_tasks, .n_tasks = ACR_LEN(nested_tasks) },
    { .name = "fixed", .fixed_count = 2, .tasks = cart_tasks, .n_tasks = 2 },
};

static void make_plan(const struct acr_user_type *types, const struct acri_plan_options *options,
                      struct acri_plan *ret_plan)
{
    const struct acr_plugin plugin = { .name = "p", .user_types = types, .n_user_types = 2 };
    const struct acr_plugin *plugins[] = { &plugin };

    assert_int_equal(acri_plan_init(ret_plan, plugins, 1, options, NULL), 0);
}

static void list(struct acri_buf *out, const struct acri_plan *plan, uint64_t n_users)
{
    (void)n_users;
    acri_console_scenario_list(out, plan);
}

static void assert_written(void (*write)(struct acri_buf *, const struct acri_plan *, uint64_t),
                           const struct acr_user_type *types, uint64_t n_users, const char *golden)
{
    struct acri_plan plan;
    struct acri_buf out;

    make_plan(types, NULL, &plan);
    acri_buf_init(&out, 1u << 20);
    write(&out, &plan, n_users);
    assert_golden(golden, out.data, out.length);
    acri_buf_done(&out);
    acri_plan_done(&plan);
}

static void user_types_are_listed(void **state)
{
    (void)state;
    assert_written(list, flat_types, 1, "list.txt");
}

static void ratios_are_told_per_type_and_in_total(void **state)
{
    (void)state;
    assert_written(acri_console_scenario_ratio, flat_types, 1, "ratio.txt");
}

static void ratios_as_json_have_locusts_structure(void **state)
{
    (void)state;
    assert_written(acri_console_scenario_ratio_json, flat_types, 1, "ratio.json");
}

static void sets_are_told_with_what_is_in_them(void **state)
{
    (void)state;
    assert_written(acri_console_scenario_ratio, nested_types, 8, "ratio_nested.txt");
    assert_written(acri_console_scenario_ratio_json, nested_types, 8, "ratio_nested.json");
}

static void the_selection_is_told_not_the_scenario(void **state)
{
    static const char *const tags[] = { "s" };
    const struct acri_plan_options options = { .tags = tags, .n_tags = 1 };
    struct acri_plan plan;
    struct acri_buf out;

    (void)state;
    acri_log_set_level(ACRI_LOG_ERROR);
    make_plan(nested_types, &options, &plan);
    acri_buf_init(&out, 1u << 20);
    acri_console_scenario_ratio(&out, &plan, 1);
    assert_null(strstr(out.data, "home"));
    assert_null(strstr(out.data, "fixed"));
    assert_non_null(strstr(out.data, "   100.0      shop"));
    acri_buf_done(&out);
    acri_plan_done(&plan);
}

static void types_that_never_run_divide_nothing(void **state)
{
    static const struct acr_user_type never = { .name = "never", .weight = ACR_NEVER };
    struct acri_set_plan no_tasks = { .name = "never" };
    struct acri_user_plan type = { .type = &never, .tasks = &no_tasks };
    const struct acri_plan plan = { .types = &type, .n_types = 1 };
    const struct acri_plan empty = { 0 };
    struct acri_buf out;

    (void)state;
    acri_buf_init(&out, 1u << 20);
    acri_console_scenario_ratio_json(&out, &plan, 1);
    assert_non_null(strstr(out.data, "\"ratio\": 0.0"));
    acri_buf_clear(&out);
    acri_console_scenario_ratio(&out, &empty, 1);
    assert_null(strstr(out.data, "nan"));
    acri_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_types_are_listed),
        cmocka_unit_test(ratios_are_told_per_type_and_in_total),
        cmocka_unit_test(ratios_as_json_have_locusts_structure),
        cmocka_unit_test(sets_are_told_with_what_is_in_them),
        cmocka_unit_test(the_selection_is_told_not_the_scenario),
        cmocka_unit_test(types_that_never_run_divide_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
