/* SPDX-License-Identifier: MIT */
/* Users that stay connected, ask for a small page and think 1 to 5 seconds. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_user_type users[] = {
    { .name = "visitor", .wait = ACR_BETWEEN(1, 5), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "visit-bench", .user_types = users, .n_user_types = ACR_LEN(users));
