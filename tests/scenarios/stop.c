/* SPDX-License-Identifier: MIT */
/* stop.c: users that are in the middle of something when the run ends. */
#include <acrida/acrida.h>

static int leave(struct acr_user *u)
{
    acr_report(u, .type = "hook", .name = "on_stop");
    return 0;
}

/* Long after any run of the tests is over. */
static int linger(struct acr_user *u)
{
    acr_report(u, .type = "task", .name = "begun");
    acr_log(u, "lingering");
    acr_report(u, .type = "task", .name = acr_sleep(u, 600) < 0 ? "cancelled" : "slept");
    return 0;
}

/* Over a while after the run time of 1 s is. */
static int finish(struct acr_user *u)
{
    int r = 0;

    acr_report(u, .type = "task", .name = "begun");
    while (acr_run_time(u) < 1.5 && r == 0)
        r = acr_sleep(u, 0.02);
    acr_report(u, .type = "task", .name = r < 0 ? "cancelled" : "slept");
    return 0;
}

/* Does not want to see that it is to end. */
static int ignore(struct acr_user *u)
{
    acr_report(u, .type = "task", .name = "begun");
    for (;;)
        acr_sleep(u, 600);
    return 0;
}

static int fail(struct acr_user *u)
{
    acr_report(u, .type = "task", .name = "broken", .error = "it is broken");
    return ACR_STOP_USER;
}

static int raise(struct acr_user *u)
{
    return acr_raise(u, "no luck");
}

static int succeed(struct acr_user *u)
{
    acr_report(u, .type = "task", .name = "sound", .response_time_ms = 1);
    return ACR_STOP_USER;
}

static const struct acr_task linger_tasks[] = { { .name = "linger", .run = linger } };
static const struct acr_task finish_tasks[] = { { .name = "finish", .run = finish } };
static const struct acr_task ignore_tasks[] = { { .name = "ignore", .run = ignore } };
static const struct acr_task fail_tasks[] = { { .name = "fail", .run = fail } };
static const struct acr_task raise_tasks[] = { { .name = "raise", .run = raise } };
static const struct acr_task succeed_tasks[] = { { .name = "succeed", .run = succeed } };

static const struct acr_user_type users[] = {
    { .name = "lingerer", .on_stop = leave, .tasks = linger_tasks, .n_tasks = 1 },
    { .name = "finisher", .on_stop = leave, .tasks = finish_tasks, .n_tasks = 1 },
    { .name = "ignorer", .tasks = ignore_tasks, .n_tasks = 1 },
    { .name = "failing", .tasks = fail_tasks, .n_tasks = 1 },
    { .name = "raising", .wait = ACR_CONSTANT(60), .tasks = raise_tasks, .n_tasks = 1 },
    { .name = "sound", .tasks = succeed_tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "stop", .user_types = users, .n_user_types = ACR_LEN(users));
