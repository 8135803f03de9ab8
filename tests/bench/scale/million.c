/* SPDX-License-Identifier: MIT */
/*
 * A million users that think 1 to 10 seconds: visitors that stay connected (how many,
 * --config-users says), all others report one sample by hand.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int work(struct acr_user *u)
{
    acr_report(u, .type = "bench", .name = "work", .response_time_ms = 1);
    return 0;
}

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task work_tasks[] = { { .name = "work", .run = work } };
static const struct acr_task visit_tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_user_type users[] = {
    { .name = "reporter",
      .wait = ACR_BETWEEN(1, 10),
      .tasks = work_tasks,
      .n_tasks = ACR_LEN(work_tasks) },
    { .name = "visitor",
      .wait = ACR_BETWEEN(1, 10),
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
};

ACR_PLUGIN(.name = "million-bench", .user_types = users, .n_user_types = ACR_LEN(users));
