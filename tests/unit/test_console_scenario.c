/* SPDX-License-Identifier: MIT */
/* --list and the task ratios. */
#include "support/unit.h"

#include "app/console_scenario.h"
#include "golden/golden.h"

#include <acrida/plugin.h>

static const struct acr_task buyer_tasks[] = {
    { .name = "browse", .weight = 3 },
    { .name = "view" },
    { .name = "never", .weight = ACR_NEVER },
};
static const struct acr_task odd_tasks[] = { { .name = "\033[2J\"\xff" } };
static const struct acr_user_type buyer = {
    .name = "buyer", .weight = 3, .tasks = buyer_tasks, .n_tasks = ACR_LEN(buyer_tasks)
};
static const struct acr_user_type odd = { .name = "odd", .tasks = odd_tasks, .n_tasks = 1 };
static const struct acr_user_type *const types[] = { &buyer, &odd };

static void assert_written(void (*write)(struct acri_buf *, const struct acr_user_type *const *,
                                         size_t),
                           const char *golden)
{
    struct acri_buf out;

    acri_buf_init(&out, 1u << 20);
    write(&out, types, ACR_LEN(types));
    assert_golden(golden, out.data, out.length);
    acri_buf_done(&out);
}

static void user_types_are_listed(void **state)
{
    (void)state;
    assert_written(acri_console_scenario_list, "list.txt");
}

static void ratios_are_told_per_type_and_in_total(void **state)
{
    (void)state;
    assert_written(acri_console_scenario_ratio, "ratio.txt");
}

static void ratios_as_json_have_locusts_structure(void **state)
{
    (void)state;
    assert_written(acri_console_scenario_ratio_json, "ratio.json");
}

static void types_that_never_run_divide_nothing(void **state)
{
    static const struct acr_user_type never = { .name = "never", .weight = ACR_NEVER };
    static const struct acr_user_type *const one[] = { &never };
    struct acri_buf out;

    (void)state;
    acri_buf_init(&out, 1u << 20);
    acri_console_scenario_ratio_json(&out, one, 1);
    assert_non_null(strstr(out.data, "\"ratio\": 0.0"));
    acri_buf_clear(&out);
    acri_console_scenario_ratio(&out, one, 0);
    assert_null(strstr(out.data, "nan"));
    acri_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_types_are_listed),
        cmocka_unit_test(ratios_are_told_per_type_and_in_total),
        cmocka_unit_test(ratios_as_json_have_locusts_structure),
        cmocka_unit_test(types_that_never_run_divide_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
