/* SPDX-License-Identifier: MIT */
/* guest.c: a scenario to be run beside another one. */
#include <acrida/acrida.h>

/* With one thread all others have been before it. */
static bool last_one(struct acr_user *u)
{
    return (int64_t)acr_number(u) + 1 == acr_option_int("users", 0);
}

static int look(struct acr_user *u)
{
    acr_report(u, .type = "guest", .name = "look", .response_time_ms = 5);
    return last_one(u) ? ACR_STOP_TEST : ACR_STOP_USER;
}

static const struct acr_task tasks[] = { { .name = "look", .run = look } };
static const struct acr_user_type users[] = { { .name = "guest", .tasks = tasks, .n_tasks = 1 } };

ACR_PLUGIN(.name = "guest", .user_types = users, .n_user_types = ACR_LEN(users));
