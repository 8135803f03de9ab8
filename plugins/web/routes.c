/* SPDX-License-Identifier: MIT */
/* The table of paths. */
#include "routes.h"

#include "actions.h"
#include "views.h"

#include <acrida/acrida.h>

#include <string.h>

/* Where Locust changes something with GET, so do we: scripts and its page call it so. */
static const struct web_route routes[] = {
    { .path = "/", .methods = WEB_GET, .local = WEB_LOCAL_PAGE },
    { .path = "/swarm", .methods = WEB_POST, .changes = WEB_POST, .view = web_actions_swarm },
    { .path = "/stop",
      .methods = WEB_GET | WEB_POST,
      .changes = WEB_GET | WEB_POST,
      .view = web_actions_stop },
    { .path = "/stats/reset",
      .methods = WEB_GET | WEB_POST,
      .changes = WEB_GET | WEB_POST,
      .view = web_actions_reset },
    { .path = "/user", .methods = WEB_POST, .changes = WEB_POST, .view = web_actions_user },
    { .path = "/stats/requests",
      .methods = WEB_GET,
      .is_shared = true,
      .view = web_views_requests },
    { .path = "/stats/requests/csv", .methods = WEB_GET, .view = web_views_requests_csv },
    { .path = "/stats/requests_full_history/csv",
      .methods = WEB_GET,
      .local = WEB_LOCAL_FULL_HISTORY },
    { .path = "/stats/failures/csv", .methods = WEB_GET, .view = web_views_failures_csv },
    { .path = "/stats/report", .methods = WEB_GET, .is_heavy = true, .view = web_views_report },
    { .path = "/exceptions", .methods = WEB_GET, .is_shared = true, .view = web_views_exceptions },
    { .path = "/exceptions/csv", .methods = WEB_GET, .view = web_views_exceptions_csv },
    { .path = "/tasks", .methods = WEB_GET, .is_shared = true, .view = web_views_tasks },
    { .path = "/logs", .methods = WEB_GET, .is_shared = true, .view = web_views_logs },
    { .path = "/worker-count", .methods = WEB_GET, .view = web_views_worker_count },
    { .path = "/metrics", .methods = WEB_GET, .is_heavy = true, .view = web_views_metrics },
    { .path = "/api/setup", .methods = WEB_GET, .view = web_views_setup },
    { .path = "/api/state", .methods = WEB_GET, .is_shared = true, .view = web_views_state },
    { .path = "/api/events", .methods = WEB_GET, .local = WEB_LOCAL_EVENTS },
    { .path = "/api/history", .methods = WEB_GET, .view = web_views_history },
    { .path = "/api/runs", .methods = WEB_GET, .view = web_views_runs },
    { .path = "/api/logs", .methods = WEB_GET, .view = web_views_log_lines },
    { .path = "/api/document", .methods = WEB_GET, .is_heavy = true, .view = web_views_document },
    { .path = "/openapi.json", .methods = WEB_GET, .local = WEB_LOCAL_OPENAPI },
    { .path = "/healthz", .methods = WEB_GET, .is_open = true, .local = WEB_LOCAL_HEALTH },
    { .path = "/login",
      .methods = WEB_GET | WEB_POST,
      .changes = WEB_POST,
      .is_open = true,
      .local = WEB_LOCAL_LOGIN },
    { .path = "/logout",
      .methods = WEB_POST,
      .changes = WEB_POST,
      .is_open = true,
      .local = WEB_LOCAL_LOGOUT },
};

size_t web_routes_count(void)
{
    return ACR_LEN(routes);
}

const struct web_route *web_routes_at(size_t index)
{
    return &routes[index];
}

int web_routes_find(const char *path)
{
    for (size_t i = 0; i < ACR_LEN(routes); i++)
        if (strcmp(routes[i].path, path) == 0)
            return (int)i;
    return -1;
}

const char *web_routes_below(const char *base_path, const char *path)
{
    size_t n = strlen(base_path);

    if (strncmp(path, base_path, n) != 0 || (path[n] != '/' && path[n] != '\0'))
        return NULL;
    return path[n] == '\0' ? "/" : path + n;
}

bool web_routes_is_base(const char *base_path)
{
    size_t n = strlen(base_path);

    if (n == 0)
        return true;
    return base_path[0] == '/' && base_path[n - 1] != '/' && n < 200 &&
           strstr(base_path, "//") == NULL && strstr(base_path, "/.") == NULL &&
           strspn(base_path,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/") == n;
}
