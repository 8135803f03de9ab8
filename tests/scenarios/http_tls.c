/* SPDX-License-Identifier: MIT */
/* http_tls.c: HTTPS, verified or not, and the HTTP version that comes of it. */
#include "http_check.h"

#include <stdlib.h>

static int visit(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/", .timeout_s = 20);
    int version = atoi(acr_env("TEST_VERSION", "0"));

    CHECK(res->status == 200 && res->http_version == version);
    CHECK(res->phases.tls_ms > 0);
    CHECK_TEXT(version == 20 ? "HTTP/2.0\n" : "HTTP/1.1\n", res->body);
    for (int i = 0; i < 10; i++) {
        res = acr_get(u, "/");
        CHECK(res->status == 200 && res->phases.tls_ms == 0);
    }
    res = acr_post(u, "/", .json = "{}", .headers = "X-A: b");
    CHECK(res->status == 200);
    /* With HTTP/2 all of them by the one connection that there is. */
    const char *urls[12];
    for (size_t i = 0; i < ACR_LEN(urls); i++)
        urls[i] = "/large";
    CHECK(acr_get_all(u, urls, ACR_LEN(urls), .name = "at once") == 0);
    res = acr_get(u, "/connection"); /* tells how many requests that one has had */
    CHECK((atoi(res->body) == 25) == (version == 20));
    acr_close_connections(u);
    CHECK(atoi(acr_get(u, "/connection")->body) == 1);
    res = acr_get(u, "/large", .name = "large");
    CHECK(res->status == 200 && res->bytes == 300000);
    CHECK_TEXT("gzip", acr_header(res, "content-encoding"));
    return ACR_STOP_USER;
}

static int refused(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/", .catch_response = true);

    CHECK(res->status == 0 && strstr(res->error, acr_env("TEST_ERROR", "certificate")) != NULL);
    acr_pass(res);
    return ACR_STOP_USER;
}

static int trusting(struct acr_user *u)
{
    CHECK(acr_get(u, "/")->status == 200);
    return ACR_STOP_USER;
}

static const struct acr_http_defaults insecure = ACR_HTTP_DEFAULTS(.insecure = true);
static const struct acr_task visit_tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_task refused_tasks[] = { { .name = "refused", .run = refused } };
static const struct acr_task trusting_tasks[] = { { .name = "trusting", .run = trusting } };
static const struct acr_user_type users[] = {
    { .name = "visitor", .tasks = visit_tasks, .n_tasks = 1 },
    { .name = "refused", .tasks = refused_tasks, .n_tasks = 1 },
    { .name = "trusting", .tasks = trusting_tasks, .n_tasks = 1, .http = &insecure },
};

ACR_PLUGIN(.name = "http_tls", .user_types = users, .n_user_types = ACR_LEN(users));
