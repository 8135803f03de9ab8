/* SPDX-License-Identifier: MIT */
/* http_once.c: requests as a person debugs them. */
#include "http_check.h"

static int all(struct acr_user *u)
{
    acr_post(u, "/echo", .body = "a\x1b[1mb", .headers = "X-Mine: 1", .auth = "me:word");
    acr_get(u, "/redirect/1", .name = "moved");
    acr_get(u, "/bytes/5000", .discard_body = true);
    acr_get(u, "http://127.0.0.1:1/", .name = "nobody");
    struct acr_response *res = acr_get(u, "/json", .name = "judged", .catch_response = true);
    acr_get(u, "/status/404");
    acr_fail(res, "not liked");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "all", .run = all } };
static const struct acr_user_type users[] = { { .name = "person", .tasks = tasks, .n_tasks = 1 } };

ACR_PLUGIN(.name = "http_once", .user_types = users, .n_user_types = ACR_LEN(users));
