/* SPDX-License-Identifier: MIT */
/* What workers do while harm is done to them: short requests, and a count of the answered ones. */
#include <acrida/acrida.h>
#include <acrida/http.h>
#include <acrida/metrics.h>

static int look(struct acr_user *u)
{
    if (acr_get(u, "/json")->error[0] == '\0')
        acr_count(u, "answers", 1);
    return 0;
}

static int tell(struct acr_user *u)
{
    if (acr_post(u, "/echo", .body = "x")->error[0] == '\0')
        acr_count(u, "answers", 1);
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "look", .run = look, .weight = 3 },
    { .name = "tell", .run = tell },
};

static const struct acr_user_type users[] = {
    { .name = "visitor",
      .wait = ACR_BETWEEN(0.02, 0.1),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "cluster-load", .user_types = users, .n_user_types = ACR_LEN(users));
