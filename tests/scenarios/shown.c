/* SPDX-License-Identifier: MIT */
/*
 * What a master shows of its workers: requests that succeed and fail, exceptions, and as many
 * warnings of each process as SHOWN_LINES says.
 */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

#include <stdlib.h>

static int test_start(struct acr_user *u, const struct acr_test_event *e)
{
    const char *text = acr_env("SHOWN_LINES", "0");
    long n = strtol(text, NULL, 10);

    (void)e;
    for (long i = 1; i <= n; i++)
        acr_log_at(u, ACR_LOG_WARNING, "line %ld of %ld", i, n);
    return 0;
}

static int read_page(struct acr_user *u)
{
    acr_get(u, "/json");
    return 0;
}

static int fail(struct acr_user *u)
{
    acr_get(u, "/status/500");
    return 0;
}

static int stumble(struct acr_user *u)
{
    return acr_raise(u, "stumbled");
}

static const struct acr_task tasks[] = {
    { .name = "read", .run = read_page, .weight = 6 },
    { .name = "fail", .run = fail, .weight = 2 },
    { .name = "stumble", .run = stumble, .weight = 1 },
};

static const struct acr_user_type users[] = {
    { .name = "visitor",
      .wait = ACR_BETWEEN(0.02, 0.06),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

static const struct acr_hooks hooks = { .test_start = test_start };

ACR_PLUGIN(.name = "shown", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
