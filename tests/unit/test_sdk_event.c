/* SPDX-License-Identifier: MIT */
/* Custom events over plugins, and state per loop merged into one. */
#include "support/one_run.h"

#include "engine/plan.h"

#include <errno.h>

#define TASKS(array) .tasks = (array), .n_tasks = ACR_LEN(array)

struct order {
    int number;
    double price; /* added later: the second listener does not know it */
};

static uint32_t ordered;
static uint32_t counts;
static char story[128];

static void tell(const char *word)
{
    strncat(story, word, sizeof(story) - strlen(story) - 1);
}

static int first(struct acr_user *u, const void *payload)
{
    const struct order *o = payload;

    tell(acr_fmt(u, "first %d %.1f ", o->number, o->price));
    return 0;
}

static int second(struct acr_user *u, const void *payload)
{
    tell(acr_fmt(u, "second %d ", *(const int *)payload));
    return acr_raise(u, "second is cross");
}

static int third(struct acr_user *u, const void *payload)
{
    (void)u;
    (void)payload;
    tell("third ");
    return ACR_STOP_USER;
}

/* What listeners raise and want is not in the middle of the task, but at its end. */
static int order(struct acr_user *u)
{
    const struct order o = { 7, 2.5 };

    assert_int_equal(acr_fire(u, ordered, &o), ACR_RAISED);
    assert_false(acr_is_cancelled(u));
    tell("task ");
    return 0;
}

static const struct acr_event event = { "shop.ordered", &ordered, sizeof(struct order) };
static const struct acr_listener listeners[] = { { "shop.ordered", first, sizeof(struct order) },
                                                 { "shop.ordered", second, sizeof(int) },
                                                 { "shop.ordered", third, 0 } };

static void listeners_run_in_order_whatever_the_others_do(void **state)
{
    static const struct acr_task tasks[] = { { .name = "order", .run = order } };
    static const struct acr_user_type type = { .name = "u", TASKS(tasks) };
    const struct acr_plugin plugin = { .name = "shop",
                                       .user_types = &type,
                                       .n_user_types = 1,
                                       .events = &event,
                                       .n_events = 1,
                                       .listeners = listeners,
                                       .n_listeners = 3 };

    (void)state;
    story[0] = '\0';
    /* A listener's error: exit code 2; not an exception of the task. */
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = 5 }), 2);
    assert_string_equal(story, "first 7 2.5 second 7 third task ");
    assert_int_equal(outcome.exceptions, 0);
}

static void events_are_matched_by_name_and_size(void **state)
{
    static const struct acr_task tasks[] = { { .name = "order", .run = order } };
    static const struct acr_user_type type = { .name = "u", TASKS(tasks) };
    static const struct acr_listener larger = { "shop.ordered", first, sizeof(struct order) + 8 };
    static const struct acr_listener unknown = { "shop.paid", first, 0 };
    const struct acr_plugin shop = {
        .name = "shop", .user_types = &type, .n_user_types = 1, .events = &event, .n_events = 1
    };
    const struct acr_plugin again = { .name = "again", .events = &event, .n_events = 1 };
    const struct acr_plugin newer = { .name = "newer", .listeners = &larger, .n_listeners = 1 };
    const struct acr_plugin deaf = { .name = "deaf", .listeners = &unknown, .n_listeners = 1 };
    const struct acr_plugin early = { .name = "early", .listeners = listeners, .n_listeners = 1 };
    const struct acr_plugin *const twice[] = { &shop, &again };
    const struct acr_plugin *const too_new[] = { &shop, &newer };
    const struct acr_plugin *const good[] = { &early, &deaf, &shop };
    struct acri_error error = { "" };
    struct acri_plan plan;

    (void)state;
    assert_int_equal(acri_plan_init(&plan, twice, 2, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, "two custom events are called 'shop.ordered'"));
    assert_int_equal(acri_plan_init(&plan, too_new, 2, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, "with a payload of 24 bytes, but it has 16"));
    /* Whoever is loaded first. Nobody fires what 'deaf' listens to: a warning. */
    assert_int_equal(acri_plan_init(&plan, good, 3, NULL, &error), 0);
    assert_int_equal(plan.events[0].n_listeners, 1);
    acri_plan_done(&plan);
}

struct counts {
    uint64_t requests;
    uint64_t tasks;
};

static struct counts at_end;

static void merge(void *into, const void *from)
{
    struct counts *all = into;
    const struct counts *more = from;

    all->requests += more->requests;
    all->tasks += more->tasks;
}

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    struct counts *mine = acr_loop_state(u, counts);

    (void)e;
    mine->requests++;
    return 0;
}

static int on_test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)s;
    at_end = *(const struct counts *)acr_loop_state(u, counts);
    return 0;
}

static int report_twice(struct acr_user *u)
{
    struct counts *mine = acr_loop_state(u, counts);

    mine->tasks++;
    for (int i = 0; i < 2; i++)
        acr_report(u, .type = "JOB", .name = "x", .response_time_ms = 1);
    return 0;
}

static void state_per_loop_comes_together(void **state)
{
    static const struct acr_task tasks[] = { { .name = "report", .run = report_twice } };
    static const struct acr_user_type type = { .name = "u", TASKS(tasks) };
    static const struct acr_hooks hooks = { .request = on_request, .test_stop = on_test_stop };
    static const struct acr_loop_state_type counted = { &counts, sizeof(struct counts), merge };
    const struct acr_plugin plugin = { .name = "counting",
                                       .user_types = &type,
                                       .n_user_types = 1,
                                       .hooks = &hooks,
                                       .loop_state = &counted };

    (void)state;
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        assert_int_equal(one_run(&plugin, (struct acri_run_options){ .n_users = 50,
                                                                     .n_threads = threads,
                                                                     .n_iterations = 5000 }),
                         0);
        assert_int_equal(at_end.tasks, 5000);
        assert_int_equal(at_end.requests, 10000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listeners_run_in_order_whatever_the_others_do),
        cmocka_unit_test(events_are_matched_by_name_and_size),
        cmocka_unit_test(state_per_loop_comes_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
