/* SPDX-License-Identifier: MIT */
/* cli.c: user types that tell which host they were given, each once. */
#include <acrida/acrida.h>

/* With one thread all others have been before it. */
static bool last_one(struct acr_user *u)
{
    return (int64_t)acr_number(u) + 1 == acr_option_int("users", 0);
}

static int tell(struct acr_user *u)
{
    acr_report(u, .type = acr_type_name(u), .name = acr_host(u), .response_time_ms = 5);
    acr_log_at(u, ACR_LOG_DEBUG, "a detail");
    acr_log_at(u, ACR_LOG_WARNING, "a warning");
    return last_one(u) ? ACR_STOP_TEST : ACR_STOP_USER;
}

static int never(struct acr_user *u)
{
    return acr_raise(u, "this task has the weight ACR_NEVER");
}

static const struct acr_task buyer_tasks[] = {
    { .name = "browse", .run = tell, .weight = 3, .tags = "quick" },
    { .name = "view", .run = tell },
    { .name = "never", .run = never, .weight = ACR_NEVER },
};
static const struct acr_task seller_tasks[] = { { .name = "offer", .run = tell } };

static const struct acr_user_type users[] = {
    { .name = "buyer",
      .weight = 3,
      .host = "http://of.the.type",
      .tasks = buyer_tasks,
      .n_tasks = ACR_LEN(buyer_tasks) },
    { .name = "seller", .wait = ACR_BETWEEN(1, 2.5), .tasks = seller_tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "cli", .version = "1.2", .user_types = users, .n_user_types = ACR_LEN(users));
