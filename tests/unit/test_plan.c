/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/plan.h"

#include <errno.h>
#include <string.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static int hear(struct acr_user *u, const struct acr_request_event *e)
{
    (void)u;
    (void)e;
    return 0;
}

static uint32_t slots[2];

static const struct acr_task tasks[] = { { .name = "a", .run = nothing, .weight = 4 },
                                         { .name = "b", .run = nothing },
                                         { .name = "c", .run = nothing, .weight = ACR_NEVER } };
static const struct acr_user_type shop_types[] = {
    { .name = "buyer", .weight = 2.5, .tasks = tasks, .n_tasks = 3 },
    { .name = "looker", .tasks = tasks, .n_tasks = 3, .stack_kib = 128 },
    { .name = "nobody", .weight = ACR_NEVER, .tasks = tasks, .n_tasks = 3 },
};
static const struct acr_client clients[] = { { .name = "one", .slot = &slots[0] },
                                             { .name = "two", .slot = &slots[1] } };
static const struct acr_hooks hooks = { .request = hear };
static const struct acr_plugin shop = {
    .name = "shop", .user_types = shop_types, .n_user_types = 3, .hooks = &hooks
};
static const struct acr_plugin lib = { .name = "lib", .clients = clients, .n_clients = 2 };
static const struct acr_plugin again = { .name = "again",
                                         .user_types = shop_types,
                                         .n_user_types = 1 };

static void a_plan_has_the_types_clients_and_listeners_of_all_plugins(void **state)
{
    const struct acr_plugin *plugins[] = { &lib, &shop };
    struct acri_error error = { "" };
    struct acri_plan plan;

    (void)state;
    assert_int_equal(acri_plan_init(&plan, plugins, 2, NULL, &error), 0);
    assert_int_equal(plan.n_types, 3);
    assert_true(plan.types[0].weight > 2.4 && plan.types[0].weight < 2.6);
    assert_true(plan.types[1].weight > 0.9 && plan.types[1].weight < 1.1);
    assert_true(plan.types[2].weight < 0.1);
    assert_int_equal(plan.types[1].stack_class, 3);
    assert_int_equal(plan.n_clients, 2);
    assert_int_equal(slots[0], 0);
    assert_int_equal(slots[1], 1);
    assert_int_equal(plan.n_listeners, 1);
    assert_int_equal(plan.n_on_request, 1);
    acri_plan_done(&plan);
}

static void only_the_named_types_are_taken(void **state)
{
    const struct acr_plugin *plugins[] = { &shop };
    const char *names[] = { "looker" };
    struct acri_error error = { "" };
    struct acri_plan plan;

    (void)state;
    assert_int_equal(acri_plan_init(&plan, plugins, 1,
                                    &(struct acri_plan_options){ .names = names, .n_names = 1 },
                                    &error),
                     0);
    assert_int_equal(plan.n_types, 1);
    assert_string_equal(plan.types[0].type->name, "looker");
    acri_plan_done(&plan);
}

static void what_cannot_be_run_is_refused_with_a_line(void **state)
{
    const struct acr_plugin *one[] = { &shop };
    const struct acr_plugin *twice[] = { &shop, &again };
    const struct acr_plugin *none[] = { &lib };
    const struct acr_plugin *clients_twice[] = { &shop, &lib, &lib };
    const char *unknown[] = { "byer" };
    const char *never[] = { "nobody" };
    struct acri_error error = { "" };
    struct acri_plan plan;

    (void)state;
    assert_int_equal(acri_plan_init(&plan, one, 1,
                                    &(struct acri_plan_options){ .names = unknown, .n_names = 1 },
                                    &error),
                     -ENOENT);
    assert_string_equal(error.text,
                        "there is no user type 'byer'; there is: buyer, looker, nobody");
    assert_int_equal(acri_plan_init(&plan, twice, 2, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, "two user types are called 'buyer'"));
    assert_int_equal(acri_plan_init(&plan, none, 1, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, "no user types"));
    assert_int_equal(acri_plan_init(&plan, one, 1,
                                    &(struct acri_plan_options){ .names = never, .n_names = 1 },
                                    &error),
                     -EINVAL);
    assert_non_null(strstr(error.text, "weight zero"));
    assert_int_equal(acri_plan_init(&plan, clients_twice, 3, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, "two clients are called 'one'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_has_the_types_clients_and_listeners_of_all_plugins),
        cmocka_unit_test(only_the_named_types_are_taken),
        cmocka_unit_test(what_cannot_be_run_is_refused_with_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
