/* SPDX-License-Identifier: MIT */
/* mixed.c: three kinds of users at once. Their weights are 3, 1 and 6: of 1000 users 300 are
 * programs that call the API, 100 administrators and 600 mobile phones. */
#include <acrida/acrida.h>
#include <acrida/http.h>

/* --- programs: fast, and known by a key ---------------------------------------------------------
 */

static int fetch_data(struct acr_user *u)
{
    acr_get(u, "/api/v1/data/export", .headers = "X-API-Key: test-key");
    return 0;
}

static const struct acr_task api_tasks[] = { { .name = "fetch_data", .run = fetch_data } };

/* --- administrators: they read slowly -----------------------------------------------------------
 */

static int view_dashboard(struct acr_user *u)
{
    acr_get(u, "/admin/dashboard");
    return 0;
}

static int generate_report(struct acr_user *u)
{
    acr_post(u, "/admin/reports/generate", .json = "{\"type\": \"monthly\", \"format\": \"csv\"}");
    return 0;
}

static const struct acr_task admin_tasks[] = {
    { .name = "view_dashboard", .run = view_dashboard, .weight = 3 },
    { .name = "generate_report", .run = generate_report, .weight = 1 },
};

/* --- mobile phones: most of the traffic ---------------------------------------------------------
 */

static int sync_feed(struct acr_user *u)
{
    acr_get(u, "/api/mobile/feed?since=2026-03-01");
    return 0;
}

static const struct acr_task mobile_tasks[] = { { .name = "sync_feed", .run = sync_feed } };

static const struct acr_http_defaults mobile_http =
    ACR_HTTP_DEFAULTS(.headers = "User-Agent: MyApp/2.1 (iOS 17.4)\nAccept: application/json");

/* --- together ----------------------------------------------------------------------------------
 */

static const struct acr_user_type users[] = {
    { .name = "api_consumer",
      .weight = 3,
      .wait = ACR_CONSTANT(0.1),
      .tasks = api_tasks,
      .n_tasks = ACR_LEN(api_tasks) },
    { .name = "admin",
      .weight = 1,
      .wait = ACR_BETWEEN(3, 10),
      .tasks = admin_tasks,
      .n_tasks = ACR_LEN(admin_tasks) },
    { .name = "mobile",
      .weight = 6,
      .wait = ACR_BETWEEN(2, 8),
      .http = &mobile_http,
      .tasks = mobile_tasks,
      .n_tasks = ACR_LEN(mobile_tasks) },
};

ACR_PLUGIN(.name = "mixed", .user_types = users, .n_user_types = ACR_LEN(users));
