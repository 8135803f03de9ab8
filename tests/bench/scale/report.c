/* SPDX-License-Identifier: MIT */
/*
 * Users whose task is one sample reported by hand. The sample "spawn" is for its lateness alone:
 * from when the user was due to when it ran.
 */
#include <acrida/acrida.h>

static int arrive(struct acr_user *u)
{
    acr_report(u, .type = "bench", .name = "spawn");
    return 0;
}

static int work(struct acr_user *u)
{
    acr_report(u, .type = "bench", .name = "work", .response_time_ms = 1);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "work", .run = work } };
static const struct acr_user_type users[] = {
    { .name = "reporter",
      .wait = ACR_BETWEEN(1, 5),
      .on_start = arrive,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "report-bench", .user_types = users, .n_user_types = ACR_LEN(users));
