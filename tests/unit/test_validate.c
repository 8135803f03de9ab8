/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/validate.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static struct acri_error error;

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
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
    static const struct acr_task_set no_tasks = { .order = ACR_RANDOM };
    static const struct acr_task both[] = { { .name = "t", .run = nothing, .set = &no_tasks } };
    static const struct acr_task empty[] = { { .name = "t", .set = &no_tasks } };
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
        { { .name = "u", .wait = ACR_CONSTANT_THROUGHPUT(0), .tasks = good, .n_tasks = 1 },
          "makes no sense" },
        { { .name = "u", .wait = ACR_WAIT_TIME(NULL), .tasks = good, .n_tasks = 1 },
          "makes no sense" },
        { { .name = "u", .order = 3, .tasks = good, .n_tasks = 1 }, "unknown .order" },
        { { .name = "u", .tasks = both, .n_tasks = 1 }, "give one of them" },
        { { .name = "u", .tasks = empty, .n_tasks = 1 },
          "task set 't' of user type 'u' has no tasks" },
        { { .name = "u", .arrival_rate = -1, .tasks = good, .n_tasks = 1 }, "arrival rate" },
        { { .name = "u", .arrival_rate = 1, .fixed_count = 1, .tasks = good, .n_tasks = 1 },
          "arrivals decide" },
        { { .name = "u", .wait = { .kind = 99 }, .tasks = good, .n_tasks = 1 }, "makes no sense" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct acr_plugin plugin = { .name = "p",
                                           .user_types = &cases[i].type,
                                           .n_user_types = 1 };
        int r = acri_validate(&plugin, "p.so", &error);

        assert_int_equal(r, cases[i].line == NULL ? 0 : -EINVAL);
        if (cases[i].line != NULL)
            assert_non_null(strstr(error.text, cases[i].line));
    }
}

static void options_do_not_contradict_themselves(void **state)
{
    static const struct {
        struct acr_option option;
        const char *line; /* NULL = fine */
    } cases[] = {
        { { .name = "x", .help = "h", .choices = "a b", .default_value = "a" }, NULL },
        { { .name = "x", .help = "h", .is_secret = true, .is_required = true }, NULL },
        { { .name = "x", .help = "h", .is_secret = true, .choices = " " }, NULL },
        { { .name = "x", .help = "h", .is_secret = true, .choices = "a" },
          "p.so: option 'x' is secret, but its .choices would be shown" },
        { { .name = "x", .help = "h", .choices = "a\nb" },
          "p.so: option 'x' has .choices that are no words separated by spaces" },
        { { .name = "x", .help = "h", .kind = ACR_OPTION_FLAG, .choices = "a" },
          "p.so: option 'x' is a flag, which has no .choices" },
        { { .name = "x", .help = "h", .kind = ACR_OPTION_FLAG, .is_required = true },
          "p.so: option 'x' is a flag, which cannot be required" },
        { { .name = "x", .help = "h", .default_value = "1", .is_required = true },
          "p.so: option 'x' is required, so that its .default_value has no effect: leave one out" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct acr_plugin plugin = { .name = "p",
                                           .options = &cases[i].option,
                                           .n_options = 1 };
        int r = acri_validate(&plugin, "p.so", &error);

        assert_int_equal(r, cases[i].line == NULL ? 0 : -EINVAL);
        if (cases[i].line != NULL)
            assert_string_equal(error.text, cases[i].line);
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
        assert_int_equal(acri_validate(&cases[i], "p.so", &error), -EINVAL);
}

static int validate_chain(const struct acr_task *tasks, size_t n)
{
    const struct acr_user_type type = {
        .name = "u", .order = ACR_MARKOV, .tasks = tasks, .n_tasks = n
    };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    return acri_validate(&plugin, "p.so", &error);
}

static void chains_need_a_way_on_that_exists(void **state)
{
    static const struct acr_transition to_b[] = { { "b", 0 } };
    static const struct acr_transition to_c[] = { { "c", 0 } };
    static const struct acr_transition to_null[] = { { NULL, 0 } };
    static const struct acr_transition never[] = { { "b", ACR_NEVER } };
    struct acr_task tasks[] = {
        { .name = "a", .run = nothing, .transitions = to_b, .n_transitions = 1 },
        { .name = "b", .run = nothing, .transitions = to_b, .n_transitions = 1 },
    };

    (void)state;
    assert_int_equal(validate_chain(tasks, 2), 0);
    tasks[1].transitions = to_c;
    assert_int_equal(validate_chain(tasks, 2), -EINVAL);
    assert_non_null(strstr(error.text, "has a transition to 'c', which is no task of it"));
    tasks[1].transitions = to_null;
    assert_int_equal(validate_chain(tasks, 2), -EINVAL);
    tasks[1].transitions = never;
    assert_int_equal(validate_chain(tasks, 2), -EINVAL);
    assert_non_null(strstr(error.text, "leads nowhere"));
    tasks[1].n_transitions = 0;
    assert_int_equal(validate_chain(tasks, 2), -EINVAL);
    assert_non_null(strstr(error.text, "leads nowhere"));
    tasks[1].transitions = to_b;
    tasks[1].n_transitions = 1;
    tasks[0].tags = "x";
    assert_int_equal(validate_chain(tasks, 2), -EINVAL);
    assert_non_null(strstr(error.text, "must have none"));
    assert_int_equal(validate_chain(tasks, 0), -EINVAL);
    assert_non_null(strstr(error.text, "has no tasks"));
}

static void transitions_are_for_chains(void **state)
{
    static const struct acr_transition on[] = { { "a", 0 } };
    static const struct acr_task tasks[] = {
        { .name = "a", .run = nothing, .transitions = on, .n_transitions = 1 }
    };
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 1 };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    (void)state;
    assert_int_equal(acri_validate(&plugin, "p.so", &error), -EINVAL);
    assert_non_null(strstr(error.text, "not ACR_MARKOV"));
}

static int listen(struct acr_user *u, const void *payload)
{
    (void)u;
    (void)payload;
    return 0;
}

static int tick(struct acr_user *u, struct acr_load *load)
{
    (void)u;
    (void)load;
    return 0;
}

static int command(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void merge(void *into, const void *from)
{
    (void)into;
    (void)from;
}

static void events_states_and_shapes_are_checked(void **state)
{
    static uint32_t slot;
    const struct acr_event no_slot = { .name = "e" };
    const struct acr_event twice[] = { { "e", &slot, 0 }, { "e", &slot, 0 } };
    const struct acr_event good_event = { "e", &slot, 4 };
    const struct acr_listener deaf = { .event = "e" };
    const struct acr_listener nameless = { .function = listen };
    const struct acr_loop_state_type no_merge = { &slot, 8, NULL };
    const struct acr_loop_state_type good_state = { &slot, 8, merge };
    const struct acr_stage stage = { .duration_s = 1, .users = 0 };
    const struct acr_stage no_time = { .users = 3 };
    const struct acr_stage backwards = { .duration_s = 1, .spawn_rate = -1 };
    const struct acr_command still = { .name = "c", .help = "H." };
    const struct acr_command loud = { .name = "C", .help = "H.", .run = command };
    const struct acr_command silent = { .name = "c", .run = command };
    const struct acr_command good_command = { .name = "c", .help = "H.", .run = command };
    const struct acr_command two[] = { good_command, good_command };
    const struct acr_shape nothing_at_all = { .use_common_options = true };
    const struct acr_shape both = { .stages = &stage, .n_stages = 1, .tick = tick };
    const struct acr_shape bad_time = { .stages = &no_time, .n_stages = 1 };
    const struct acr_shape bad_rate = { .stages = &backwards, .n_stages = 1 };
    const struct acr_shape good_shape = { .stages = &stage, .n_stages = 1 };
    const struct {
        struct acr_plugin plugin;
        const char *line;
    } cases[] = {
        { { .name = "p", .events = &no_slot, .n_events = 1 }, "no .slot" },
        { { .name = "p", .events = twice, .n_events = 2 }, "two custom events" },
        { { .name = "p", .listeners = &deaf, .n_listeners = 1 }, "no .function" },
        { { .name = "p", .listeners = &nameless, .n_listeners = 1 }, "no .event" },
        { { .name = "p", .loop_state = &no_merge }, ".merge" },
        { { .name = "p", .commands = &still, .n_commands = 1 }, "command 1 needs" },
        { { .name = "p", .commands = &loud, .n_commands = 1 }, "command 1 needs" },
        { { .name = "p", .commands = &silent, .n_commands = 1 }, "command 1 needs" },
        { { .name = "p", .commands = two, .n_commands = 2 }, "two commands" },
        { { .name = "p", .shape = &nothing_at_all }, "one of them" },
        { { .name = "p", .shape = &both }, "one of them" },
        { { .name = "p", .shape = &bad_time }, "stage 1" },
        { { .name = "p", .shape = &bad_rate }, "stage 1" },
        { { .name = "p",
            .events = &good_event,
            .n_events = 1,
            .loop_state = &good_state,
            .commands = &good_command,
            .n_commands = 1,
            .shape = &good_shape },
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        assert_int_equal(acri_validate(&cases[i].plugin, "p.so", &error),
                         cases[i].line != NULL ? -EINVAL : 0);
        if (cases[i].line != NULL)
            assert_non_null(strstr(error.text, cases[i].line));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_run_is_refused_by_name),
        cmocka_unit_test(options_do_not_contradict_themselves),
        cmocka_unit_test(options_and_clients_need_their_names),
        cmocka_unit_test(chains_need_a_way_on_that_exists),
        cmocka_unit_test(transitions_are_for_chains),
        cmocka_unit_test(events_states_and_shapes_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
