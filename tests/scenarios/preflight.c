/* SPDX-License-Identifier: MIT */
/* preflight.c: users that keep a connection each, and users that need nothing. */
#include <acrida/http.h>

#include <stdatomic.h>
#include <stdlib.h>

static atomic_ulong n_done;

/* The test is over when all $USERS have been there. */
static int leave(void)
{
    unsigned long n = strtoul(acr_env("USERS", "0"), NULL, 10);

    return atomic_fetch_add(&n_done, 1) + 1 == n ? ACR_STOP_TEST : ACR_DONE;
}

static int report(struct acr_user *u)
{
    acr_report(u, .type = "HAND", .name = "report", .response_time_ms = 1);
    return leave();
}

static int get(struct acr_user *u)
{
    acr_get(u, acr_env("URL", ""), .name = "get");
    return leave();
}

static const struct acr_task reports[] = { { .name = "report", .run = report } };
static const struct acr_task gets[] = { { .name = "get", .run = get } };
static const struct acr_http_defaults http = ACR_HTTP_DEFAULTS(.timeout_s = 5);

static const struct acr_user_type types[] = {
    { .name = "web", .tasks = gets, .n_tasks = 1, .http = &http, .wait = ACR_CONSTANT(60) },
    { .name = "hand", .tasks = reports, .n_tasks = 1, .weight = 9, .wait = ACR_CONSTANT(60) },
};

ACR_PLUGIN(.name = "preflight", .user_types = types, .n_user_types = ACR_LEN(types));
