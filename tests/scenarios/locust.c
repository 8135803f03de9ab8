/* SPDX-License-Identifier: MIT */
/* locust.c: what sdk/LOCUST.md says of sets, outcomes, hooks and listeners, told by log lines. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <string.h>

static int say(struct acr_user *u, const char *text)
{
    acr_log(u, "%s", text);
    return 0;
}

/* --- trace: one user, step by step --------------------------------------------------------------
 */

static int user_starts(struct acr_user *u)
{
    return say(u, "the user starts");
}

static int user_stops(struct acr_user *u)
{
    return say(u, "the user stops");
}

static int lonely(struct acr_user *u)
{
    say(u, "interrupts nothing");
    return ACR_INTERRUPT;
}

static int outer_starts(struct acr_user *u)
{
    return say(u, "outer starts");
}

static int outer_stops(struct acr_user *u)
{
    return say(u, "outer stops");
}

static int first(struct acr_user *u)
{
    say(u, "first");
    if (acr_schedule(u, "third", false) < 0 || acr_schedule(u, "nobody", false) != -2)
        return acr_raise(u, "acr_schedule");
    return 0;
}

static int second(struct acr_user *u)
{
    return say(u, "second");
}

static int third(struct acr_user *u)
{
    return say(u, "third");
}

static int inner_starts(struct acr_user *u)
{
    return say(u, "inner starts");
}

static int inner_stops(struct acr_user *u)
{
    return say(u, "inner stops");
}

static int trouble(struct acr_user *u)
{
    say(u, "trouble");
    return acr_raise(u, "an exception does not leave the set");
}

static int stop_test(struct acr_user *u)
{
    say(u, "stops the test");
    return ACR_STOP_TEST;
}

static const struct acr_task inner_tasks[] = {
    { .name = "trouble", .run = trouble },
    { .name = "stop_test", .run = stop_test },
};
static const struct acr_task_set inner = { .tasks = inner_tasks,
                                           .n_tasks = ACR_LEN(inner_tasks),
                                           .order = ACR_SEQUENTIAL,
                                           .on_start = inner_starts,
                                           .on_stop = inner_stops };

static const struct acr_task outer_tasks[] = {
    { .name = "first", .run = first },
    { .name = "second", .run = second, .weight = 2 },
    { .name = "third", .run = third, .weight = ACR_NEVER },
    { .name = "inner", .set = &inner },
};
static const struct acr_task_set outer = { .tasks = outer_tasks,
                                           .n_tasks = ACR_LEN(outer_tasks),
                                           .order = ACR_SEQUENTIAL,
                                           .on_start = outer_starts,
                                           .on_stop = outer_stops };

static const struct acr_task trace_tasks[] = {
    { .name = "lonely", .run = lonely },
    { .name = "outer", .set = &outer },
};

/* --- listened: a listener wants its end ---------------------------------------------------------
 */

static int report_bad(struct acr_user *u)
{
    acr_report(u, .type = "T", .name = "bad", .response_time_ms = 1, .error = "bad");
    say(u, "the task goes on");
    acr_report(u, .type = "T", .name = "after it", .response_time_ms = 1);
    return 0;
}

static const struct acr_task listened_tasks[] = { { .name = "report_bad", .run = report_bad } };

/* --- fixed and weighted: who is ended first -----------------------------------------------------
 */

static int rest(struct acr_user *u)
{
    acr_sleep(u, 3600);
    return 0;
}

static const struct acr_task rest_tasks[] = { { .name = "rest", .run = rest } };

static const struct acr_user_type users[] = {
    { .name = "trace",
      .order = ACR_SEQUENTIAL,
      .on_start = user_starts,
      .on_stop = user_stops,
      .tasks = trace_tasks,
      .n_tasks = ACR_LEN(trace_tasks) },
    { .name = "listened", .tasks = listened_tasks, .n_tasks = ACR_LEN(listened_tasks) },
    { .name = "fixed",
      .fixed_count = 2,
      .on_stop = user_stops,
      .tasks = rest_tasks,
      .n_tasks = ACR_LEN(rest_tasks) },
    { .name = "weighted",
      .on_stop = user_stops,
      .tasks = rest_tasks,
      .n_tasks = ACR_LEN(rest_tasks) },
};

/* --- hooks ---------------------------------------------------------------------------------------
 */

static int on_init(struct acr_user *u)
{
    return say(u, "hook init");
}

static int on_test_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return say(u, "hook test_start");
}

static int on_spawning_complete(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return say(u, "hook spawning_complete");
}

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    (void)u;
    return strcmp(e->name, "bad") == 0 ? ACR_STOP_USER : 0;
}

static int on_user_error(struct acr_user *u, const struct acr_error_event *e)
{
    acr_log(u, "hook user_error: %s", e->message);
    return 0;
}

static int on_test_stopping(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return say(u, "hook test_stopping");
}

static int on_test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    acr_log(u, "hook test_stop: %s", acr_snapshot_state(s));
    return 0;
}

static int on_quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)e;
    return say(u, "hook quitting");
}

static int on_quit(struct acr_user *u, const struct acr_quit_event *e)
{
    acr_log(u, "hook quit: %d", e->exit_code);
    return 0;
}

static const struct acr_hooks hooks = { .init = on_init,
                                        .test_start = on_test_start,
                                        .spawning_complete = on_spawning_complete,
                                        .request = on_request,
                                        .user_error = on_user_error,
                                        .test_stopping = on_test_stopping,
                                        .test_stop = on_test_stop,
                                        .quitting = on_quitting,
                                        .quit = on_quit };

ACR_PLUGIN(.name = "locust", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
