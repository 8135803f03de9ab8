/* SPDX-License-Identifier: MIT */
/* Load for verdicts: with think times and without, and what of it goals can be about. */
#include <acrida/acrida.h>
#include <acrida/http.h>
#include <acrida/metrics.h>

static int get(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/json", .tags = "shop");

    acr_count(u, "orders", 2);
    acr_gauge(u, "queue", 7);
    acr_trend(u, "items", 40);
    acr_check(u, res->status > 0, "answered");
    return 0;
}

static int odd(struct acr_user *u)
{
    acr_get(u, "/json", .name = "a b:c");
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "get", .run = get, .weight = 3 },
    { .name = "odd", .run = odd },
};

static const struct acr_user_type users[] = {
    { .name = "thinker", .wait = ACR_CONSTANT(0.05), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
    { .name = "hurrier", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

static const char *const goals[] = { "requests > 1", "check=answered: ratio > 99%" };

ACR_PLUGIN(.name = "verdict", .user_types = users, .n_user_types = ACR_LEN(users), .goals = goals,
           .n_goals = ACR_LEN(goals));
