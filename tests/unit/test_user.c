/* SPDX-License-Identifier: MIT */
/* The course of one user: task sets, outcomes, the order of on_start and on_stop. */
#include "support/one_run.h"

#include "engine/user.h"

#include <acrida/sync.h>

#include <errno.h>

static char story[512];

static int say(struct acr_user *u, const char *word, int outcome)
{
    (void)u;
    strncat(story, word, sizeof(story) - strlen(story) - 1);
    strncat(story, " ", sizeof(story) - strlen(story) - 1);
    return outcome;
}

/* A step that says its name and returns an outcome. */
#define STEP(name, outcome)              \
    static int name(struct acr_user *u)  \
    {                                    \
        return say(u, #name, (outcome)); \
    }

STEP(start, 0)
STEP(stop, 0)
STEP(outer_start, 0)
STEP(outer_stop, 0)
STEP(inner_start, 0)
STEP(inner_stop, 0)
STEP(a, 0)
STEP(b, 0)
STEP(last, ACR_STOP_USER)
STEP(leave, ACR_INTERRUPT)
STEP(leave_and_wait, ACR_INTERRUPT_WAIT)
STEP(now, ACR_RESCHEDULE_NOW)
STEP(later, ACR_RESCHEDULE)

static double wait(struct acr_user *u)
{
    /* It has a task's memory. */
    say(u, acr_fmt(u, "%s", "wait"), 0);
    return 0;
}

static int go_wrong(struct acr_user *u)
{
    say(u, "fail", 0);
    return acr_raise(u, "on purpose");
}

static void expect(const struct acr_user_type *type, const char *told)
{
    const struct acr_plugin plugin = { .name = "p", .user_types = type, .n_user_types = 1 };

    story[0] = '\0';
    assert_int_not_equal(one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = 10 }), -1);
    assert_string_equal(story, told);
}

#define TASKS(array) .tasks = (array), .n_tasks = ACR_LEN(array)

static const struct acr_task inner_tasks[] = { { .name = "a", .run = a },
                                               { .name = "last", .run = last } };
static const struct acr_task_set inner = { TASKS(inner_tasks), .order = ACR_SEQUENTIAL,
                                           .on_start = inner_start, .on_stop = inner_stop };
static const struct acr_task outer_tasks[] = { { .name = "b", .run = b },
                                               { .name = "inner", .set = &inner } };
static const struct acr_task_set outer = { TASKS(outer_tasks), .order = ACR_SEQUENTIAL,
                                           .on_start = outer_start, .on_stop = outer_stop };

static void sets_start_from_outside_and_stop_from_inside(void **state)
{
    static const struct acr_task tasks[] = { { .name = "outer", .set = &outer } };
    const struct acr_user_type type = {
        .name = "u", TASKS(tasks), .on_start = start, .on_stop = stop
    };

    (void)state;
    expect(&type, "start outer_start b inner_start a last inner_stop outer_stop stop ");
}

static void an_interrupt_leaves_the_set_at_once_or_after_a_wait(void **state)
{
    static const struct acr_task at_once_tasks[] = { { .name = "leave", .run = leave } };
    static const struct acr_task_set at_once = { TASKS(at_once_tasks), .on_stop = inner_stop };
    static const struct acr_task wait_tasks[] = { { .name = "a", .run = a },
                                                  { .name = "leave", .run = leave_and_wait } };
    static const struct acr_task_set and_wait = { TASKS(wait_tasks), .order = ACR_SEQUENTIAL,
                                                  .on_stop = outer_stop, .wait = ACR_CONSTANT(0) };
    static const struct acr_task tasks[] = { { .name = "at once", .set = &at_once },
                                             { .name = "and wait", .set = &and_wait },
                                             { .name = "last", .run = last } };
    const struct acr_user_type type = {
        .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL, .wait = ACR_WAIT_TIME(wait)
    };

    (void)state;
    expect(&type, "leave inner_stop a leave_and_wait outer_stop wait last ");
}

static void outside_of_sets_an_interrupt_is_the_next_task(void **state)
{
    static const struct acr_task tasks[] = {
        { .name = "leave", .run = leave }, { .name = "wait", .run = leave_and_wait },
        { .name = "now", .run = now },     { .name = "later", .run = later },
        { .name = "a", .run = a },         { .name = "last", .run = last }
    };
    const struct acr_user_type type = {
        .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL, .wait = ACR_WAIT_TIME(wait)
    };

    (void)state;
    expect(&type, "leave leave_and_wait wait now later wait a wait last ");
}

static void an_exception_stays_in_its_set(void **state)
{
    static const struct acr_task in[] = { { .name = "fail", .run = go_wrong },
                                          { .name = "leave", .run = leave } };
    static const struct acr_task_set set = { TASKS(in), .order = ACR_SEQUENTIAL };
    static const struct acr_task tasks[] = { { .name = "set", .set = &set },
                                             { .name = "last", .run = last } };
    const struct acr_user_type type = {
        .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL, .wait = ACR_WAIT_TIME(wait)
    };

    (void)state;
    expect(&type, "fail wait leave last ");
    assert_int_equal(outcome.exceptions, 1);
}

/* What fails to start, or does not want to, is not entered and not stopped. */
static void a_set_that_does_not_start_is_left_out(void **state)
{
    static const struct acr_task_set failing = { TASKS(inner_tasks), .on_start = go_wrong,
                                                 .on_stop = inner_stop };
    static const struct acr_task_set unwilling = { TASKS(inner_tasks), .on_start = leave,
                                                   .on_stop = inner_stop };
    static const struct acr_task tasks[] = { { .name = "failing", .set = &failing },
                                             { .name = "unwilling", .set = &unwilling },
                                             { .name = "last", .run = last } };
    const struct acr_user_type type = { .name = "u",
                                        TASKS(tasks),
                                        .order = ACR_SEQUENTIAL,
                                        .wait = ACR_WAIT_TIME(wait),
                                        .on_stop = stop };

    (void)state;
    expect(&type, "fail wait leave last stop ");
    assert_int_equal(outcome.exceptions, 1);
}

static int plan_ahead(struct acr_user *u)
{
    say(u, "plan", 0);
    assert_string_equal(acr_task_name(u), "plan");
    assert_int_equal(acr_schedule(u, "b", false), 0);
    assert_int_equal(acr_schedule(u, "last", false), 0);
    assert_int_equal(acr_schedule(u, "a", true), 0);
    assert_int_equal(acr_schedule(u, "nothing", false), -ENOENT);
    return 0;
}

static void scheduled_tasks_run_next(void **state)
{
    static const struct acr_task tasks[] = { { .name = "plan", .run = plan_ahead },
                                             { .name = "a", .run = a, .weight = ACR_NEVER },
                                             { .name = "b", .run = b, .weight = ACR_NEVER },
                                             { .name = "last", .run = last, .weight = ACR_NEVER } };
    const struct acr_user_type type = { .name = "u", TASKS(tasks) };

    (void)state;
    expect(&type, "plan a b last ");
}

static int count_in_set(struct acr_user *u)
{
    int *n = acr_set_state(u);

    say(u, (*n)++ == 0 ? "first" : "second", 0);
    return *n == 2 ? ACR_INTERRUPT : 0;
}

/* How often coroutines had gone on when a task ended, and what it had of its memory. */
static uint64_t turn_before;
static size_t mark_before;

static void say_deferred(void *arg)
{
    (void)arg;
    say(NULL, "deferred", 0);
}

static int yields(struct acr_user *u)
{
    acr_sleep(u, 0.001);
    acr_defer(u, say_deferred, NULL);
    mark_before = acr_mark(u);
    acr_fmt(u, "a text of this task");
    turn_before = u->home->loop.n_resumed;
    return say(u, "yields", 0);
}

static int follows(struct acr_user *u)
{
    say(u, u->home->loop.n_resumed == turn_before ? "here" : "anew", 0);
    say(u, acr_mark(u) == mark_before ? "empty" : "full", 0);
    turn_before = u->home->loop.n_resumed;
    return 0;
}

/* Others have their turn whenever a task has let nobody else run. */
static void who_does_not_wait_goes_on_in_its_coroutine(void **state)
{
    static const struct acr_task tasks[] = {
        { .name = "yields", .run = yields },         { .name = "follows", .run = follows },
        { .name = "follows again", .run = follows }, { .name = "yields again", .run = yields },
        { .name = "fails", .run = go_wrong },        { .name = "last", .run = last }
    };
    const struct acr_user_type type = { .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL };
    const struct acr_user_type waits = {
        .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL, .wait = ACR_WAIT_TIME(wait)
    };

    (void)state;
    expect(&type, "yields deferred here empty anew empty yields deferred fail last ");
    assert_int_equal(outcome.exceptions, 1);
    expect(&waits, "yields deferred wait anew empty wait anew empty wait yields deferred wait fail "
                   "wait last ");
}

static void a_sets_state_is_new_at_each_entry(void **state)
{
    static const struct acr_task in[] = { { .name = "count", .run = count_in_set } };
    static const struct acr_task_set set = { TASKS(in), .state_size = sizeof(int) };
    static const struct acr_task tasks[] = { { .name = "set", .set = &set, .weight = 2 },
                                             { .name = "last", .run = last } };
    const struct acr_user_type type = { .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL };

    (void)state;
    expect(&type, "first second first second last ");
}

static struct acr_semaphore *semaphore;

static int make_semaphore(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    semaphore = acr_semaphore_new(u, 1);
    return semaphore != NULL ? 0 : ACR_RAISED;
}

static double wait_for_others(struct acr_user *u)
{
    say(u, acr_semaphore_acquire(u, semaphore, 1) == -ECANCELED ? "refused" : "held", 0);
    return 0;
}

static void a_waits_function_cannot_wait_for_others(void **state)
{
    static const struct acr_task tasks[] = { { .name = "a", .run = a },
                                             { .name = "last", .run = last } };
    static const struct acr_hooks hooks = { .test_start = make_semaphore };
    const struct acr_user_type type = {
        .name = "u", TASKS(tasks), .order = ACR_SEQUENTIAL, .wait = ACR_WAIT_TIME(wait_for_others)
    };
    const struct acr_plugin plugin = {
        .name = "p", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };

    (void)state;
    story[0] = '\0';
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .stop_timeout_s = 10 }), 0);
    assert_string_equal(story, "a refused last ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_start_from_outside_and_stop_from_inside),
        cmocka_unit_test(an_interrupt_leaves_the_set_at_once_or_after_a_wait),
        cmocka_unit_test(outside_of_sets_an_interrupt_is_the_next_task),
        cmocka_unit_test(an_exception_stays_in_its_set),
        cmocka_unit_test(a_set_that_does_not_start_is_left_out),
        cmocka_unit_test(scheduled_tasks_run_next),
        cmocka_unit_test(who_does_not_wait_goes_on_in_its_coroutine),
        cmocka_unit_test(a_sets_state_is_new_at_each_entry),
        cmocka_unit_test(a_waits_function_cannot_wait_for_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
