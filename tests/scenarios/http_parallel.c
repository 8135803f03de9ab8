/* SPDX-License-Identifier: MIT */
/* http_parallel.c: several requests of one user at once, and who owns what of them. */
#include "http_check.h"

#include <errno.h>

static int get_all(struct acr_user *u)
{
    const char *urls[20];
    const char *const mixed[] = { "/json", "/status/404", NULL, "", "/status/500", "/json" };

    for (size_t i = 0; i < ACR_LEN(urls); i++)
        urls[i] = "/delay/100";
    CHECK(acr_get_all(u, urls, ACR_LEN(urls), .name = "all", .parallel = 5) == 0);
    /* The connections stay: the target counts no more than these five for each user. */
    CHECK(acr_get_all(u, urls, 5, .name = "again", .parallel = 5) == 0);
    CHECK(acr_get_all(u, mixed, ACR_LEN(mixed), .name = "mixed", .parallel = 2) == 2);
    CHECK(acr_get_all(u, mixed, ACR_LEN(mixed), .name = "expected", .expect = "200,404,500") == 0);
    CHECK(acr_get_all(u, mixed, 1, .parallel = 1) == 0);
    CHECK(acr_get_all(u, mixed, 0) == 0);
    return 0;
}

static int settle_own(struct acr_user *u, void *arg)
{
    int number = *(int *)arg;
    struct acr_response *res =
        acr_get(u, "/json", .name = acr_fmt(u, "own %d", number), .catch_response = true);

    acr_sleep(u, 0.01 * (4 - number));
    if (number % 2 == 1)
        acr_fail(res, "odd");
    return acr_json_bool(res, "ok", false) ? number : -EINVAL;
}

/* Each coroutine settles its own when it ends, and leaves the others' alone. */
static int settling(struct acr_user *u)
{
    struct acr_spawned *spawned[4];
    struct acr_response *mine = acr_get(u, "/json", .name = "mine", .catch_response = true);

    for (int i = 0; i < 4; i++)
        spawned[i] = acr_spawn(u, settle_own, &i, sizeof i);
    for (int i = 0; i < 4; i++)
        CHECK(acr_join(u, spawned[i], 0) == i);
    CHECK(acr_json_bool(mine, "ok", false));
    acr_fail(mine, "late");
    return 0;
}

static int visit(struct acr_user *u, void *arg)
{
    (void)arg;
    acr_get(u, "/cookies/set?shared=1");
    acr_set_header(u, "X-Shared", "yes");
    return 0;
}

static int slow(struct acr_user *u, void *arg)
{
    (void)arg;
    return acr_get(u, "/delay/200", .headers = "X-Own: 1")->status;
}

/* Cookies and headers are the user's; a header set meanwhile does not change what is on its way. */
static int sharing(struct acr_user *u)
{
    struct acr_spawned *open = acr_spawn(u, slow, NULL, 0);

    acr_spawn(u, visit, NULL, 0);
    for (int i = 0; i < 1000; i++)
        acr_set_header(u, "X-Count", acr_fmt(u, "%d", i));
    CHECK(acr_join(u, open, 0) == 200);
    CHECK(acr_join_all(u) == 0);
    CHECK_TEXT("1", acr_cookie(u, "shared"));
    CHECK_TEXT("yes", acr_json_string(acr_get(u, "/echo"), "headers.X-Shared"));
    CHECK_TEXT("999", acr_json_string(acr_get(u, "/echo"), "headers.X-Count"));
    return 0;
}

static int64_t connection(struct acr_user *u)
{
    return acr_json_int(acr_get(u, "/echo"), "connection", -1);
}

/* A connection in use is closed when it is not any more. */
static int reconnecting(struct acr_user *u)
{
    acr_close_connections(u);
    int64_t old = connection(u);
    struct acr_spawned *open = acr_spawn(u, slow, NULL, 0); /* uses the old one */
    acr_sleep(u, 0.05);
    acr_close_connections(u);
    int64_t fresh = connection(u);
    CHECK(fresh > 0 && fresh != old);
    CHECK(acr_join(u, open, 0) == 200);
    for (int i = 0; i < 3; i++)
        CHECK(connection(u) != old);

    /* One that is not established yet, too. */
    acr_close_connections(u);
    open = acr_spawn(u, slow, NULL, 0);
    acr_close_connections(u);
    CHECK(acr_join(u, open, 0) == 200);
    fresh = connection(u);
    acr_sleep(u, 0.01);
    CHECK(connection(u) == fresh);
    return 0;
}

static int all(struct acr_user *u)
{
    static http_step *const steps[] = { get_all, settling, sharing, reconnecting };
    return http_run_steps(u, steps, ACR_LEN(steps));
}

static int pages(struct acr_user *u)
{
    static const char *const urls[] = { "/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h" };

    acr_get_all(u, urls, ACR_LEN(urls), .name = acr_fmt(u, "file %d", 1), .parallel = 4,
                .headers = acr_fmt(u, "X-Number: %d", 2));
    return 0;
}

static int leave_open(struct acr_user *u)
{
    acr_spawn(u, slow, NULL, 0);
    acr_get(u, "/json");
    return ACR_STOP_USER; /* before the other has its answer */
}

static const struct acr_task all_tasks[] = { { .name = "all", .run = all } };
static const struct acr_task pages_tasks[] = { { .name = "pages", .run = pages } };
static const struct acr_task leave_tasks[] = { { .name = "leave_open", .run = leave_open } };
static const struct acr_user_type users[] = {
    { .name = "all", .tasks = all_tasks, .n_tasks = 1 },
    { .name = "pages", .tasks = pages_tasks, .n_tasks = 1 },
    { .name = "leaving", .tasks = leave_tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "http_parallel", .user_types = users, .n_user_types = ACR_LEN(users));
