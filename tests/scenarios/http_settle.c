/* SPDX-License-Identifier: MIT */
/* http_settle.c: responses settled by hand, by the last word, or by status at the end of the task.
 */
#include "http_check.h"

#include <acrida/events.h>

static int settle(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/status/500", .name = "passed", .catch_response = true);
    acr_fail(res, "not this");
    acr_pass(res);

    res = acr_get(u, "/json", .name = "failed", .catch_response = true);
    acr_pass(res);
    acr_fail(res, "reason %d", 7);

    res = acr_get(u, "/json", .catch_response = true);
    acr_rename(res, "renamed %s", "twice");
    res = acr_get(u, "/status/404", .catch_response = true);
    acr_rename(res, "lost");

    /* The time is the answer's, not that of the settling. */
    res = acr_get(u, "/json", .name = "quick", .catch_response = true);
    acr_sleep(u, 0.3);
    acr_pass(res);

    /* Memory given back early settles what lived in it. */
    size_t mark = acr_mark(u);
    acr_alloc(u, 100);
    for (int i = 0; i < 50; i++) {
        acr_get(u, "/bytes/100000", .name = "rewound", .catch_response = true);
        acr_rewind(u, mark);
    }

    acr_name_requests(u, "grouped");
    acr_get(u, "/json");
    acr_get(u, "/status/204");
    acr_get(u, "/json", .name = "plain");
    acr_name_requests(u, NULL);

    res = acr_get(u, "/json", .name = "plain");
    acr_fail(res, "too late: a warning");
    return ACR_STOP_USER;
}

/* A listener cannot wait for an answer: its requests are neither made nor counted. */
static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    if (e->error != NULL && acr_get(u, "/json", .name = "within")->error[0] == '\0')
        return acr_raise(u, "a request within a listener was made");
    return 0;
}

static const struct acr_hooks hooks = { .request = on_request };
static const struct acr_task tasks[] = { { .name = "settle", .run = settle } };
static const struct acr_user_type users[] = {
    { .name = "settler", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "http_settle", .user_types = users, .n_user_types = ACR_LEN(users),
           .hooks = &hooks);
