/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/descriptor.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static struct acri_error error;

static struct acr_abi our_abi(void)
{
    return (struct acr_abi){
        ACR_ABI_MAGIC,           sizeof(struct acr_abi),    ACR_ABI_MAJOR,
        ACR_ABI_MINOR,           sizeof(struct acr_plugin), sizeof(struct acr_user_type),
        sizeof(struct acr_task), sizeof(struct acr_client), sizeof(struct acr_option),
        sizeof(struct acr_hooks)
    };
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

static void another_layout_of_our_version_is_refused(void **state)
{
    const struct acr_plugin plugin = { .name = "x" };
    struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    uint32_t *sizes = &m.abi.plugin_size;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        m.abi = our_abi();
        sizes[i] += 8;
        assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
        sizes[i] -= 16;
        assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
        assert_non_null(strstr(error.text, "impossible sizes"));
    }
    m.abi = our_abi();
    m.abi.header_size = 8; /* not even a version */
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    m.abi.header_size = UINT32_MAX;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    assert_int_equal(acri_descriptor_check_abi(NULL, "x.so", &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "returns NULL"));
}

static void a_longer_header_is_read_through_its_size(void **state)
{
    static const struct acr_plugin plugin = { .name = "later" };
    struct {
        struct acr_abi abi;
        uint32_t set_size; /* of structures that we do not know */
        uint32_t more;
        const struct acr_plugin *plugin;
    } later = { .abi = our_abi(), .set_size = 40, .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    later.abi.header_size = offsetof(__typeof__(later), plugin);
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen((const void *)&later, "x.so", &arena, &wide, &error), 0);
    assert_string_equal(wide->name, "later");
    acri_arena_done(&arena);
}

static void larger_structures_are_cut_to_ours(void **state)
{
    struct later_plugin {
        struct acr_plugin known;
        const void *sets;
    };
    struct later_plugin plugin = { .known = { .name = "x" }, .sets = &error };
    struct acr_module m = { .abi = our_abi(), .plugin = &plugin.known };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    m.abi.plugin_size = sizeof(plugin);
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    assert_string_equal(wide->name, "x");
    m.abi.task_size = 0;
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -ENOEXEC);
    acri_arena_done(&arena);
}

static void texts_are_copied_and_may_not_be_endless(void **state)
{
    static char name[2 * ACRI_DESCRIPTOR_TEXT_LIMIT] = "before";
    const struct acr_plugin plugin = { .name = name };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    memcpy(name, "after", sizeof("after"));
    assert_string_equal(wide->name, "before");
    memset(name, 'a', sizeof(name) - 1);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -EINVAL);
    assert_non_null(strstr(error.text, "longer than 4096 bytes"));
    acri_arena_done(&arena);
}

static void the_arenas_limit_is_a_refusal(void **state)
{
    static struct acr_user_type types[1000];
    const struct acr_plugin plugin = { .name = "x", .user_types = types, .n_user_types = 1000 };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 4096);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -ENOMEM);
    assert_non_null(strstr(error.text, "too large"));
    acri_arena_done(&arena);
}

/* The most that is let in, with one task array for all of them: must not take minutes. */
static void ten_thousand_types_of_ten_thousand_tasks_are_checked(void **state)
{
    static struct acr_user_type types[ACRI_DESCRIPTOR_LIMIT];
    static struct acr_task tasks[ACRI_DESCRIPTOR_LIMIT];
    static char names[ACRI_DESCRIPTOR_LIMIT][8];
    const struct acr_plugin plugin = { .name = "x",
                                       .user_types = types,
                                       .n_user_types = ACRI_DESCRIPTOR_LIMIT };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    for (size_t i = 0; i < ACRI_DESCRIPTOR_LIMIT; i++) {
        snprintf(names[i], sizeof(names[i]), "n%zu", i);
        tasks[i] = (struct acr_task){ .name = names[i], .run = nothing };
        types[i] =
            (struct acr_user_type){ .name = names[i], .tasks = tasks, .n_tasks = ACR_LEN(tasks) };
    }
    acri_arena_init(&arena, 64 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    assert_int_equal(acri_descriptor_validate(wide, "x.so", &error), 0);
    tasks[9999].name = names[0];
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    assert_int_equal(acri_descriptor_validate(wide, "x.so", &error), -EINVAL);
    assert_string_equal(error.text, "x.so: two tasks of user type 'n0' are called 'n0'");
    acri_arena_done(&arena);
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

#define GOOD_TASK                   \
    {                               \
        .name = "t", .run = nothing \
    }

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
        { { .name = "u", .tasks = twice, .n_tasks = 2 },
          "two tasks of user type 'u' are called 't'" },
        { { .name = "u", .tasks = no_run, .n_tasks = 1 }, "has no .run function" },
        { { .name = "u", .tasks = no_name, .n_tasks = 1 }, "task 1 of user type 'u' has no name" },
        { { .name = "u", .tasks = never, .n_tasks = 1 }, "all weights are zero" },
        { { .name = "u", .tasks = negative, .n_tasks = 1 }, "must not be negative" },
        { { .name = "u", .weight = -0.5, .tasks = good, .n_tasks = 1 }, "must not be negative" },
        { { .name = "u", .weight = NAN, .tasks = good, .n_tasks = 1 }, "must not be negative" },
        { { .name = "u", .state_size = SIZE_MAX, .tasks = good, .n_tasks = 1 }, "bytes of state" },
        { { .name = "u", .stack_kib = 8, .tasks = good, .n_tasks = 1 }, "16 to 1024" },
        { { .name = "u", .wait = ACR_BETWEEN(5, 1), .tasks = good, .n_tasks = 1 },
          "makes no sense" },
        { { .name = "u", .wait = ACR_CONSTANT(-1), .tasks = good, .n_tasks = 1 },
          "makes no sense" },
        { { .name = "u", .wait = { .kind = 99 }, .tasks = good, .n_tasks = 1 }, "makes no sense" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct acr_plugin plugin = { .name = "p",
                                           .user_types = &cases[i].type,
                                           .n_user_types = 1 };
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
    const struct acr_option dashed = { .name = "--csv", .help = "h" };
    const struct acr_option unknown = { .name = "csv", .help = "h", .kind = 99 };
    const struct acr_option options[] = { { .name = "csv", .help = "h" },
                                          { .name = "csv", .help = "i" } };
    const struct acr_client no_slot = { .name = "c" };
    uint32_t slot;
    const struct acr_client clients[] = { { .name = "c", .slot = &slot },
                                          { .name = "c", .slot = &slot } };
    const struct acr_plugin cases[] = {
        { .name = "p", .options = &shouting, .n_options = 1 },
        { .name = "p", .options = &silent, .n_options = 1 },
        { .name = "p", .options = &dashed, .n_options = 1 },
        { .name = "p", .options = &unknown, .n_options = 1 },
        { .name = "p", .options = options, .n_options = 2 },
        { .name = "p", .clients = &no_slot, .n_clients = 1 },
        { .name = "p", .clients = clients, .n_clients = 2 },
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
        cmocka_unit_test(another_layout_of_our_version_is_refused),
        cmocka_unit_test(a_longer_header_is_read_through_its_size),
        cmocka_unit_test(larger_structures_are_cut_to_ours),
        cmocka_unit_test(texts_are_copied_and_may_not_be_endless),
        cmocka_unit_test(the_arenas_limit_is_a_refusal),
        cmocka_unit_test(ten_thousand_types_of_ten_thousand_tasks_are_checked),
        cmocka_unit_test(a_narrow_plugin_is_widened_with_zeros),
        cmocka_unit_test(absurd_counts_and_missing_arrays_are_refused),
        cmocka_unit_test(what_cannot_be_run_is_refused_by_name),
        cmocka_unit_test(options_and_clients_need_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
