/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/descriptor.h"
#include "plugin/validate.h"

#include <errno.h>
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
    return (struct acr_abi){ ACR_ABI_MAGIC,
                             sizeof(struct acr_abi),
                             ACR_ABI_MAJOR,
                             ACR_ABI_MINOR,
                             sizeof(struct acr_plugin),
                             sizeof(struct acr_user_type),
                             sizeof(struct acr_task),
                             sizeof(struct acr_client),
                             sizeof(struct acr_option),
                             sizeof(struct acr_hooks),
                             sizeof(struct acr_task_set),
                             sizeof(struct acr_transition),
                             sizeof(struct acr_event),
                             sizeof(struct acr_listener),
                             sizeof(struct acr_loop_state_type),
                             sizeof(struct acr_shape),
                             sizeof(struct acr_stage),
                             sizeof(struct acr_command) };
}

static void our_own_abi_is_accepted_and_others_are_named(void **state)
{
    const struct acr_plugin plugin = { .name = "x" };
    struct acr_module m = { .abi = our_abi(), .plugin = &plugin };

    (void)state;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), 0);
    m.abi.minor = ACR_ABI_MINOR + 1;
    assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "x.so was built for SDK ABI 0.4, and this is 0.3"));
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
    for (size_t i = 0; i < 14; i++) {
        m.abi = our_abi();
        sizes[i] += 8;
        assert_int_equal(acri_descriptor_check_abi(&m, "x.so", &error), -ENOEXEC);
        sizes[i] -= 12;
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

static void goals_are_copied_and_must_be_there(void **state)
{
    char text[] = "p95 < 1s";
    const char *const goals[] = { text, NULL };
    struct acr_plugin plugin = { .name = "x", .goals = goals, .n_goals = 2 };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    assert_int_equal(wide->n_goals, 2);
    text[0] = 'q';
    assert_string_equal(wide->goals[0], "p95 < 1s");
    assert_null(wide->goals[1]);
    plugin.goals = NULL;
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -EINVAL);
    assert_non_null(strstr(error.text, "2 goals announced, but there are none: NULL"));
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
    assert_int_equal(acri_validate(wide, "x.so", &error), 0);
    tasks[9999].name = names[0];
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    assert_int_equal(acri_validate(wide, "x.so", &error), -EINVAL);
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
    assert_int_equal(acri_validate(wide, "old.so", &error), 0);
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

static int pages;

/* One set in two places is copied once; what is in it, too. */
static void nested_sets_are_widened_and_shared_ones_once(void **state)
{
    static const struct acr_transition on[] = { { "pay", 2 } };
    static const struct acr_task steps[] = {
        { .name = "fill", .run = nothing, .transitions = on, .n_transitions = 1 },
        { .name = "pay", .run = nothing, .transitions = on, .n_transitions = 1 },
    };
    static const struct acr_task_set basket = {
        .tasks = steps, .n_tasks = 2, .order = ACR_MARKOV, .state_size = 8
    };
    static const struct acr_task tasks[] = { { .name = "one", .set = &basket },
                                             { .name = "two", .set = &basket } };
    static const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 2 };
    static const struct acr_plugin plugin = { .name = "x", .user_types = &type, .n_user_types = 1 };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    const struct acr_task *copy;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    copy = wide->user_types[0].tasks;
    assert_ptr_not_equal(copy[0].set, &basket);
    assert_ptr_equal(copy[0].set, copy[1].set);
    assert_int_equal(copy[0].set->state_size, 8);
    assert_string_equal(copy[0].set->tasks[0].transitions[0].task, "pay");
    assert_int_equal(acri_validate(wide, "x.so", &error), 0);
    acri_arena_done(&arena);
}

static void sets_without_end_are_refused(void **state)
{
    static struct acr_task_set sets[ACRI_DESCRIPTOR_DEPTH + 2];
    static struct acr_task tasks[ACRI_DESCRIPTOR_DEPTH + 2];
    const struct acr_user_type type = { .name = "u", .tasks = &tasks[0], .n_tasks = 1 };
    const struct acr_plugin plugin = { .name = "x", .user_types = &type, .n_user_types = 1 };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < ACR_LEN(sets); i++) {
        tasks[i] = (struct acr_task){ .name = "t", .set = &sets[i] };
        sets[i] = (struct acr_task_set){ .tasks = &tasks[(i + 1) % ACR_LEN(sets)], .n_tasks = 1 };
    }
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -EINVAL);
    assert_non_null(strstr(error.text, "nested more than 16 deep"));
    sets[3].tasks = &tasks[2];
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), -EINVAL);
    assert_non_null(strstr(error.text, "contains itself"));
    acri_arena_done(&arena);
}

static void events_listeners_and_shapes_are_copied(void **state)
{
    static uint32_t slot;
    static const struct acr_event event = { "x.paged", &slot, sizeof(pages) };
    static const struct acr_listener listener = { .event = "x.paged", .payload_size = 4 };
    static const struct acr_stage stages[] = {
        { .duration_s = 1, .users = 2, .user_types = "u v" }
    };
    static const struct acr_shape shape = { .stages = stages, .n_stages = 1 };
    static const struct acr_plugin plugin = { .name = "x",
                                              .events = &event,
                                              .n_events = 1,
                                              .listeners = &listener,
                                              .n_listeners = 1,
                                              .shape = &shape };
    const struct acr_module m = { .abi = our_abi(), .plugin = &plugin };
    const struct acr_plugin *wide;
    struct acri_arena arena;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    assert_int_equal(acri_descriptor_widen(&m, "x.so", &arena, &wide, &error), 0);
    assert_ptr_not_equal(wide->events, &event);
    assert_ptr_equal(wide->events[0].slot, &slot);
    assert_string_equal(wide->listeners[0].event, "x.paged");
    assert_ptr_not_equal(wide->shape->stages[0].user_types, stages[0].user_types);
    assert_string_equal(wide->shape->stages[0].user_types, "u v");
    acri_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_abi_is_accepted_and_others_are_named),
        cmocka_unit_test(another_layout_of_our_version_is_refused),
        cmocka_unit_test(a_longer_header_is_read_through_its_size),
        cmocka_unit_test(larger_structures_are_cut_to_ours),
        cmocka_unit_test(texts_are_copied_and_may_not_be_endless),
        cmocka_unit_test(goals_are_copied_and_must_be_there),
        cmocka_unit_test(the_arenas_limit_is_a_refusal),
        cmocka_unit_test(ten_thousand_types_of_ten_thousand_tasks_are_checked),
        cmocka_unit_test(a_narrow_plugin_is_widened_with_zeros),
        cmocka_unit_test(absurd_counts_and_missing_arrays_are_refused),
        cmocka_unit_test(nested_sets_are_widened_and_shared_ones_once),
        cmocka_unit_test(sets_without_end_are_refused),
        cmocka_unit_test(events_listeners_and_shapes_are_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
