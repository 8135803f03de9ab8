/* SPDX-License-Identifier: MIT */
/* arrivals_http.c: one GET per iteration, for open load; a user that stops the server for a while. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/status/200", .name = "visit");
    return 0;
}

/* The target sits still for as long as its rule for this path says. */
static int stall(struct acr_user *u)
{
    acr_sleep(u, 1);
    acr_get(u, "/delay/0", .name = "stall");
    return ACR_STOP_USER;
}

static const struct acr_task visit_tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_task stall_tasks[] = { { .name = "stall", .run = stall } };

static const struct acr_user_type users[] = {
    { .name = "visitor", .tasks = visit_tasks, .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "newcomer",
      .fresh = true,
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "pacer",
      .wait = ACR_CONSTANT_THROUGHPUT(10),
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "saboteur",
      .fixed_count = 1,
      .tasks = stall_tasks,
      .n_tasks = ACR_LEN(stall_tasks) },
};

ACR_PLUGIN(.name = "arrivals", .user_types = users, .n_user_types = ACR_LEN(users));
