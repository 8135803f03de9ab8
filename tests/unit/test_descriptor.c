/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/descriptor.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static struct acri_error error;

static struct acr_abi our_abi(void)
{
    return (struct acr_abi){ ACR_ABI_MAGIC,
                             sizeof(struct acr_abi),
                             ACR_ABI_MAJOR,
                             ACR_ABI_MINOR,
                             sizeof(struct acr_plugin),
                             sizeof(struct acr_user_type),
                             sizeof(struct acr_task),
                             sizeof(struct acr_client),
                             sizeof(struct acr_option),
                             sizeof(struct acr_hooks) };
}

static void our_own_abi_is_accepted_and_others_are_named(void **state)
{
    const struct acr_plugin plugin = { .name = "x" };
    struct acr_module m = { .abi = our_abi(), .plugin = &plugin };

    (void)state;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), 0);
    m.abi.minor = ACR_ABI_MINOR + 1;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "x.so was built for SDK ABI 0.2, and this is 0.1"));
    m.abi = our_abi();
    m.abi.major = 7;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    m.abi = our_abi();
    m.abi.magic = 1;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    m.abi = our_abi();
    m.abi.task_size = 0;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    m.abi = our_abi();
    m.plugin = NULL;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
}

/* The layout of an older plugin: tasks without weight and tags, user types up to the tasks. */
struct old_task {
    const char *name;
    int (*run)(struct acr_user *u);
};

#define OLD_TYPE_SIZE (offsetof(struct acr_user_type, n_tasks) + sizeof(size_t))

static void a_narrow_plugin_is_widened_with_zeros(void **state)
{
    static const struct old_task tasks[] = { { "a", nothing }, { "b", nothing } };
    static char types[2][OLD_TYPE_SIZE];
    struct acr_user_type type = { .n_tasks = 2 };
    struct { /* a plugin that ends after the user types */
        const char *name;
        const char *version;
        const void *user_types;
        size_t n_user_types;
    } old = { "old", NULL, types, 2 };
    struct acr_module m = { .abi = our_abi(), .plugin = (const void *)&old };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    m.abi.plugin_size = sizeof(old);
    m.abi.user_type_size = OLD_TYPE_SIZE;
    m.abi.task_size = sizeof(struct old_task);
    type.tasks = (const void *)tasks;
    type.name = "one";
    memcpy(types[0], &type, OLD_TYPE_SIZE);
    type.name = "two";
    memcpy(types[1], &type, OLD_TYPE_SIZE);
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "old.so", &arena, &wide, &error), 0);
    assert_string_equal(wide->user_types[1].name, "two");
    assert_string_equal(wide->user_types[1].tasks[1].name, "b");
    assert_int_equal(wide->user_types[1].tasks[1].weight, 0);
    assert_null(wide->user_types[0].http);
    assert_ptr_equal(wide->user_types[0].tasks, wide->user_types[1].tasks);
    assert_int_equal(wide->n_clients, 0);
    assert_null(wide->hooks);
    assert_int_equal(acri_descriptor_validate(wide, "old.so", &error), 0);
    acri_arena_done(&arena);
}

static void absurd_counts_and_missing_arrays_are_refused(void **state)
{
    struct acr_plugin plugin = { .name = "x", .n_user_types = 3 };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -EINVAL);
    assert_non_null(strstr(error.text, "NULL"));
    plugin.user_types = (const void *)&plugin;
    plugin.n_user_types = SIZE_MAX / 8;
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -EINVAL);
    acri_arena_done(&arena);
}

#define GOOD_TASK { .name = "t", .run = nothing }

static void what_cannot_be_run_is_refused_by_name(void **state)
{
    static const struct acr_task good[] = { GOOD_TASK };
    static const struct acr_task twice[] = { GOOD_TASK, GOOD_TASK };
    static const struct acr_task no_run[] = { { .name = "t" } };
    static const struct acr_task no_name[] = { { .run = nothing } };
    static const struct acr_task never[] = { { .name = "t", .run = nothing, .weight = ACR_NEVER } };
    static const struct acr_task negative[] = { { .name = "t", .run = nothing, .weight = -2 } };
    const struct {
        struct acr_user_type type;
        const char *line;
    } cases[] = {
        { { .name = "u", .tasks = good, .n_tasks = 1 }, NULL },
        { { .tasks = good, .n_tasks = 1 }, "has no .name" },
        { { .name = "a\nb", .tasks = good, .n_tasks = 1 }, "has no .name" },
        { { .name = "u" }, "user type 'u' has no tasks" },
        { { .name = "u", .tasks = twice, .n_tasks = 2 }, "two tasks of user type 'u' are called 't'" },
        { { .name = "u", .tasks = no_run, .n_tasks = 1 }, "has no .run function" },
        { { .name = "u", .tasks = no_name, .n_tasks = 1 }, "task 1 of user type 'u' has no name" },
        { { .name = "u", .tasks = never, .n_tasks = 1 }, "all weights are zero" },
        { { .name = "u", .tasks = negative, .n_tasks = 1 }, "must not be negative" },
        { { .name = "u", .weight = -0.5, .tasks = good, .n_tasks = 1 }, "must not be negative" },
        { { .name = "u", .weight = NAN, .tasks = good, .n_tasks = 1 }, "must not be negative" },
        { { .name = "u", .state_size = SIZE_MAX, .tasks = good, .n_tasks = 1 }, "bytes of state" },
        { { .name = "u", .stack_kib = 8, .tasks = good, .n_tasks = 1 }, "16 to 1024" },
        { { .name = "u", .wait = ACR_BETWEEN(5, 1), .tasks = good, .n_tasks = 1 }, "makes no sense" },
        { { .name = "u", .wait = ACR_CONSTANT(-1), .tasks = good, .n_tasks = 1 }, "makes no sense" },
        { { .name = "u", .wait = { .kind = 99 }, .tasks = good, .n_tasks = 1 }, "makes no sense" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct acr_plugin plugin = {
            .name = "p", .user_types = &cases[i].type, .n_user_types = 1
        };
        int r = acri_descriptor_validate(&plugin, "p.so", &error);

        assert_int_equal(r, cases[i].line == NULL ? 0 : -EINVAL);
        if (cases[i].line != NULL)
            assert_non_null(strstr(error.text, cases[i].line));
    }
}

static void options_and_clients_need_their_names(void **state)
{
    const struct acr_option shouting = { .name = "CSV", .help = "h" };
    const struct acr_option silent = { .name = "csv" };
    const struct acr_client no_slot = { .name = "c" };
    const struct acr_plugin cases[] = {
        { .name = "p", .options = &shouting, .n_options = 1 },
        { .name = "p", .options = &silent, .n_options = 1 },
        { .name = "p", .clients = &no_slot, .n_clients = 1 },
        { .name = "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(acri_descriptor_validate(&cases[i], "p.so", &error), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_abi_is_accepted_and_others_are_named),
        cmocka_unit_test(a_narrow_plugin_is_widened_with_zeros),
        cmocka_unit_test(absurd_counts_and_missing_arrays_are_refused),
        cmocka_unit_test(what_cannot_be_run_is_refused_by_name),
        cmocka_unit_test(options_and_clients_need_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
