/* SPDX-License-Identifier: MIT */
/* http_labels.c: context, tags and trends of requests, settled at once or later. */
#include "http_check.h"

#include <acrida/events.h>

static int all(struct acr_user *u)
{
    acr_get(u, "/server-timing", .tags = "eu fast", .context = "first");
    acr_get(u, "/json", .trend_headers = "Content-Length, Server-Timing");
    struct acr_response *res =
        acr_get(u, "/status/404", .catch_response = true, .tags = acr_fmt(u, "%s", "eu"),
                .context = acr_fmt(u, "%s", "later"));
    acr_pass(res);
    acr_set_context(u, "user's");
    acr_get(u, "/redirect/1");
    const char *const urls[] = { "/json", "/server-timing" };
    acr_get_all(u, urls, ACR_LEN(urls), .context = "all", .tags = "fast");
    acr_get(u, "/drop", .catch_response = true, .name = "no answer");
    return ACR_STOP_USER;
}

/* What listeners are told, as counters. */
static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    acr_count(u, acr_fmt(u, "%s: '%s' [%s]", e->name, e->context, e->tags), 1);
    return 0;
}

static const struct acr_http_defaults http = ACR_HTTP_DEFAULTS(.trend_headers = "server-timing");
static const struct acr_hooks hooks = { .request = on_request };
static const struct acr_task tasks[] = { { .name = "all", .run = all } };
static const struct acr_user_type users[] = {
    { .name = "labels", .tasks = tasks, .n_tasks = 1, .http = &http },
};

ACR_PLUGIN(.name = "http_labels", .user_types = users, .n_user_types = ACR_LEN(users),
           .hooks = &hooks);
