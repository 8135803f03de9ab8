/* SPDX-License-Identifier: MIT */
/* Shapes and edits over whole runs, on one thread, so that plain counters do. */
#include "support/one_run.h"

#include <errno.h>

#define TASKS(array) .tasks = (array), .n_tasks = ACR_LEN(array)

static int n_started[2];
static int n_stopped[2];
static int n_live;
static int most_live;

static int which(const struct acr_user *u)
{
    return acr_type_name(u)[0] == 'a' ? 0 : 1;
}

static int start(struct acr_user *u)
{
    n_started[which(u)]++;
    if (++n_live > most_live)
        most_live = n_live;
    return 0;
}

static int stop(struct acr_user *u)
{
    n_stopped[which(u)]++;
    n_live--;
    return 0;
}

static int rest(struct acr_user *u)
{
    return acr_sleep(u, 3600) < 0 ? 0 : 0;
}

static const struct acr_task tasks[] = { { .name = "rest", .run = rest } };
static const struct acr_user_type types[] = {
    { .name = "a", TASKS(tasks), .on_start = start, .on_stop = stop },
    { .name = "b", TASKS(tasks), .on_start = start, .on_stop = stop },
};

static int run(const struct acr_shape *shape, const struct acr_hooks *hooks, size_t n_types,
               struct acri_run_options o)
{
    const struct acr_plugin plugin = {
        .name = "p", .user_types = types, .n_user_types = n_types, .shape = shape, .hooks = hooks
    };

    memset(n_started, 0, sizeof(n_started));
    memset(n_stopped, 0, sizeof(n_stopped));
    n_live = most_live = 0;
    return one_run(&plugin, o);
}

static int64_t last_stage;
static size_t last_n_stages;

static int note_stage(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    last_stage = acr_snapshot_stage(s, &last_n_stages);
    return 0;
}

static void stages_follow_each_other_up_and_down_to_nobody(void **state)
{
    static const struct acr_hooks hooks = { .test_stop = note_stage };
    static const struct acr_stage stages[] = {
        { .duration_s = 0.3, .users = 20, .spawn_rate = 10000 },
        { .duration_s = 0.3, .users = 5, .spawn_rate = 10000 },
        { .duration_s = 0.3, .users = 0, .spawn_rate = 10000 },
        { .duration_s = 0.3, .users = 8, .spawn_rate = 10000 },
    };
    static const struct acr_shape shape = { .stages = stages, .n_stages = 4 };

    (void)state;
    assert_int_equal(run(&shape, &hooks, 2, (struct acri_run_options){ .has_users = true }), 0);
    assert_int_equal(last_stage, 3); /* the last, though it is over */
    assert_int_equal(last_n_stages, 4);
    assert_int_equal(most_live, 20);
    assert_int_equal(n_started[0], 14);
    assert_int_equal(n_started[1], 14);
    assert_int_equal(n_stopped[0] + n_stopped[1], 28);
}

static void stages_of_the_command_line_come_before_the_plugins(void **state)
{
    static const struct acr_stage mine[] = { { .duration_s = 3600, .users = 1 } };
    static const struct acr_stage given[] = { { .duration_s = 0.3, .users = 3 } };
    static const struct acr_shape shape = { .stages = mine, .n_stages = 1 };
    static const struct acr_shape option = { .stages = given, .n_stages = 1 };

    (void)state;
    assert_int_equal(run(&shape, NULL, 1, (struct acri_run_options){ .shape = &option }), 0);
    assert_int_equal(n_started[0], 3);
}

/* 4 of a, then b alone up to 10, then anyone. */
static void a_stage_may_name_the_types_that_are_added(void **state)
{
    static const struct acr_stage stages[] = {
        { .duration_s = 0.3, .users = 4, .spawn_rate = 10000, .user_types = "a" },
        { .duration_s = 0.3, .users = 10, .spawn_rate = 10000, .user_types = "b" },
        { .duration_s = 0.3, .users = 12, .spawn_rate = 10000 },
    };
    static const struct acr_stage unknown[] = { { .duration_s = 1, .user_types = "a c" } };
    static const struct acr_shape shape = { .stages = stages, .n_stages = 3 };
    static const struct acr_shape wrong = { .stages = unknown, .n_stages = 1 };

    (void)state;
    assert_int_equal(run(&shape, NULL, 2, (struct acri_run_options){ .n_users = 1 }), 0);
    assert_int_equal(n_started[0], 6);
    assert_int_equal(n_started[1], 6);
    assert_int_equal(run(&wrong, NULL, 2, (struct acri_run_options){ .n_users = 1 }), -1);
    assert_string_equal(outcome.error.text,
                        "stage 1 of the shape names the user type 'c', which is not run");
}

static int n_ticks;

static int tick(struct acr_user *u, struct acr_load *load)
{
    (void)u;
    n_ticks++;
    if (n_ticks == 3)
        return ACR_STOP_TEST;
    assert_int_equal(load->current_users, n_ticks == 1 ? 0 : 6);
    load->users = 6;
    load->spawn_rate = 1000;
    return acr_sleep(u, 0.001);
}

static int absurd_tick(struct acr_user *u, struct acr_load *load)
{
    (void)u;
    load->spawn_rate = 1 / (load->spawn_rate - load->spawn_rate);
    return 0;
}

static void a_tick_says_what_is_wanted_until_it_stops_the_test(void **state)
{
    static const struct acr_shape shape = { .tick = tick };
    static const struct acr_shape absurd = { .tick = absurd_tick };

    (void)state;
    n_ticks = 0;
    assert_int_equal(run(&shape, NULL, 1, (struct acri_run_options){ .n_users = 1 }), 0);
    assert_int_equal(n_ticks, 3);
    assert_int_equal(n_started[0], 6);
    /* A listener's error: the run ends, with exit code 2. */
    assert_int_equal(run(&absurd, NULL, 1, (struct acri_run_options){ .n_users = 1 }), 2);
}

static int n_spawned;

static int on_spawned(struct acr_user *u, const struct acr_test_event *e)
{
    struct acr_load load = { .users = 10, .spawn_rate = 1000 };

    (void)u;
    n_spawned++;
    assert_string_equal(e->role, "local");
    if (n_spawned == 1) {
        assert_int_equal(acr_set_load(&load), 0);
    } else if (n_spawned == 2) {
        load.users = 3;
        load.user_types = "nobody";
        assert_int_equal(acr_set_load(&load), -EINVAL);
        load.user_types = NULL;
        assert_int_equal(acr_set_load(&load), 0);
    } else {
        acr_stop_run();
    }
    return 0;
}

static void a_hook_may_change_the_load(void **state)
{
    static const struct acr_hooks hooks = { .spawning_complete = on_spawned };

    (void)state;
    n_spawned = 0;
    assert_int_equal(run(NULL, &hooks, 2, (struct acri_run_options){ .n_users = 4 }), 0);
    assert_int_equal(n_spawned, 3);
    assert_int_equal(most_live, 10);
    assert_int_equal(n_started[0] + n_started[1], 10);
    assert_int_equal(n_stopped[0] + n_stopped[1], 10);
}

static int n_quitters;

static int quit_at_first(struct acr_user *u)
{
    (void)u;
    return n_quitters++ < 4 ? ACR_STOP_USER : rest(u);
}

static int wait_and_set(struct acr_user *u, const struct acr_snapshot *s)
{
    const struct acr_load load = { .users = 6, .spawn_rate = 1000 };

    (void)u;
    (void)s;
    if (n_ticks++ == 0)
        assert_int_equal(acr_set_load(&load), 0);
    else
        acr_stop_run();
    return 0;
}

/* Those that ended by themselves are missing until the next change, which replaces them. */
static void users_that_ended_are_replaced_by_the_next_change(void **state)
{
    static const struct acr_task quit_tasks[] = { { .name = "quit", .run = quit_at_first } };
    static const struct acr_user_type type = {
        .name = "a", TASKS(quit_tasks), .on_start = start, .on_stop = stop
    };
    static const struct acr_hooks hooks = { .tick = wait_and_set };
    const struct acr_plugin plugin = {
        .name = "p", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };

    (void)state;
    n_quitters = n_ticks = n_live = 0;
    memset(n_started, 0, sizeof(n_started));
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .n_users = 5 }), 0);
    assert_int_equal(n_started[0], 5 + 4 + 1);
}

static void stages_may_be_of_arrivals(void **state)
{
    static const struct acr_stage stages[] = {
        { .duration_s = 0.3, .arrival_rate = 200 },
        { .duration_s = 0.3, .arrival_rate = 400, .ramp_per_s = 2000 },
    };
    static const struct acr_shape shape = { .stages = stages, .n_stages = 2 };

    (void)state;
    /* 60 in the first stage; 30 up to 400/s and 80 at it, less what a busy machine takes from the
     * ends of stages. All users rest, so all are new ones. */
    assert_int_equal(run(&shape, NULL, 1, (struct acri_run_options){ .max_users = 1000 }), 0);
    assert_in_range(n_started[0], 130, 175);
    assert_int_equal(outcome.load[ACR_LOAD_ARRIVALS], n_started[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_follow_each_other_up_and_down_to_nobody),
        cmocka_unit_test(stages_of_the_command_line_come_before_the_plugins),
        cmocka_unit_test(a_stage_may_name_the_types_that_are_added),
        cmocka_unit_test(a_tick_says_what_is_wanted_until_it_stops_the_test),
        cmocka_unit_test(a_hook_may_change_the_load),
        cmocka_unit_test(users_that_ended_are_replaced_by_the_next_change),
        cmocka_unit_test(stages_may_be_of_arrivals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
