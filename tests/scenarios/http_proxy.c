/* SPDX-License-Identifier: MIT */
/* http_proxy.c: requests by a proxy, forwarded or tunnelled, and what it refuses. */
#include "http_check.h"

/* The proxy adds Via to what it forwards, and never sees what is inside of a tunnel. */
static int forwarded(struct acr_user *u)
{
    for (int i = 0; i < 5; i++) {
        struct acr_response *res = acr_post(u, "/echo", .json = "{}", .auth = "me:word");
        CHECK(res->status == 200);
        CHECK_TEXT("{}", acr_json_string(res, "body"));
        CHECK(acr_value_exists(acr_response_json(res), "headers.Via"));
        CHECK_TEXT("Basic bWU6d29yZA==", acr_json_string(res, "headers.Authorization"));
        CHECK(!acr_value_exists(acr_response_json(res), "headers.Proxy-Authorization"));
    }
    CHECK(acr_get(u, "/redirect/2")->status == 200);
    return ACR_STOP_USER;
}

static int tunnelled(struct acr_user *u)
{
    for (int i = 0; i < 5; i++) {
        struct acr_response *res = acr_get(u, "/", .auth = "me:word");
        CHECK(res->status == 200);
        CHECK_TEXT("via '' by 'Basic bWU6d29yZA=='\n", res->body);
        CHECK((res->phases.tls_ms > 0) == (i == 0));
    }
    acr_close_connections(u);
    CHECK(acr_get(u, "/")->phases.tls_ms > 0);
    return ACR_STOP_USER;
}

/* The proxy passes on bytes, and adds nothing. */
static int plain(struct acr_user *u)
{
    for (int i = 0; i < 5; i++) {
        struct acr_response *res = acr_post(u, "/echo", .json = "{}");
        CHECK(res->status == 200);
        CHECK_TEXT("{}", acr_json_string(res, "body"));
        CHECK(!acr_value_exists(acr_response_json(res), "headers.Via"));
        CHECK((res->phases.connect_ms > 0) == (i == 0));
    }
    return ACR_STOP_USER;
}

static int refused(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/", .name = "n", .catch_response = true);

    CHECK_TEXT(acr_env("TEST_ERROR", ""), res->error);
    CHECK_TEXT(acr_env("TEST_STATUS", "0"), acr_fmt(u, "%d", res->status));
    acr_pass(res);
    return ACR_STOP_USER;
}

static const struct acr_http_defaults nowhere =
    ACR_HTTP_DEFAULTS(.proxy = "http://no.such.proxy.invalid:3128");
static const struct acr_http_defaults wrong = ACR_HTTP_DEFAULTS(.proxy = "gopher://proxy:70");
static const struct acr_task forwarded_tasks[] = { { .name = "forwarded", .run = forwarded } };
static const struct acr_task plain_tasks[] = { { .name = "plain", .run = plain } };
static const struct acr_task tunnelled_tasks[] = { { .name = "tunnelled", .run = tunnelled } };
static const struct acr_task refused_tasks[] = { { .name = "refused", .run = refused } };
static const struct acr_user_type users[] = {
    { .name = "forwarded", .tasks = forwarded_tasks, .n_tasks = 1 },
    { .name = "plain", .tasks = plain_tasks, .n_tasks = 1 },
    { .name = "tunnelled", .tasks = tunnelled_tasks, .n_tasks = 1 },
    { .name = "refused", .tasks = refused_tasks, .n_tasks = 1 },
    { .name = "nowhere", .tasks = refused_tasks, .n_tasks = 1, .http = &nowhere },
    { .name = "wrong", .tasks = refused_tasks, .n_tasks = 1, .http = &wrong },
};

ACR_PLUGIN(.name = "http_proxy", .user_types = users, .n_user_types = ACR_LEN(users));
