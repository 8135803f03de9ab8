/* SPDX-License-Identifier: MIT */
/* Samples as fast as they can be reported: what is left is the cost of a sample. */
#include <acrida/acrida.h>

static int work(struct acr_user *u)
{
    for (int i = 0; i < 1000; i++)
        acr_report(u, .type = "bench", .name = "work", .response_time_ms = 1 + i / 100.0);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "work", .run = work } };
static const struct acr_user_type users[] = {
    { .name = "reporter", .tasks = tasks, .n_tasks = ACR_LEN(tasks) }
};

ACR_PLUGIN(.name = "listeners-bench", .user_types = users, .n_user_types = ACR_LEN(users));
