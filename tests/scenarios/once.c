/* SPDX-License-Identifier: MIT */
/* once.c: one request, of the path in TEST_PATH, then the end. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int ask(struct acr_user *u)
{
    acr_get(u, acr_env("TEST_PATH", "/"), .timeout_s = 60);
    return ACR_STOP_TEST;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = { { .name = "asker", .tasks = tasks, .n_tasks = 1 } };

ACR_PLUGIN(.name = "once", .user_types = users, .n_user_types = ACR_LEN(users));
