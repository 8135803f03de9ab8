/* SPDX-License-Identifier: MIT */
/* hello.c: the smallest scenario. Each user asks for the front page, again and again, without
 * waiting. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_user_type users[] = {
    { .name = "visitor", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "hello", .user_types = users, .n_user_types = ACR_LEN(users));
