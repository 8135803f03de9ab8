/* SPDX-License-Identifier: MIT */
/* Each iteration asks the target once, slowly enough to be interrupted. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int ask(struct acr_user *u)
{
    acr_get(u, "/delay/20");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .tasks = tasks, .n_tasks = ACR_LEN(tasks) }
};

ACR_PLUGIN(.name = "cluster_count", .user_types = users, .n_user_types = ACR_LEN(users));
