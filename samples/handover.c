/* SPDX-License-Identifier: MIT */
/* handover.c: some users order things, others follow them until they are ready. An order goes from
 * one to the other through a pool; nobody asks the server for the same thing twice. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

#include <string.h>

static struct acr_pool *orders;

static int make_pool(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    orders = acr_pool_new(u, 100);
    return orders != NULL ? 0 : ACR_RAISED;
}

static int order(struct acr_user *u)
{
    struct acr_response *res = acr_post(u, "/things", .json = "{}", .expect = "201");
    const char *id = acr_json_string(res, "id");

    /* Waits while 100 orders are open: whoever orders must not run away from who follows. */
    if (*id != '\0')
        acr_pool_put(u, orders, id, 0);
    return 0;
}

static int follow(struct acr_user *u)
{
    const char *id = acr_pool_take(u, orders, 0);

    /* None comes any more when the run ends. */
    while (id != NULL && acr_sleep(u, 0.1) == 0) {
        struct acr_response *res = acr_get(u, acr_fmt(u, "/things/%s", id), .name = "/things/[id]");

        if (strcmp(acr_json_string(res, "status"), "PENDING") != 0)
            return 0;
    }
    return 0;
}

static const struct acr_task ordering[] = { { .name = "order", .run = order } };
static const struct acr_task following[] = { { .name = "follow", .run = follow } };

static const struct acr_user_type users[] = {
    { .name = "buyer", .wait = ACR_BETWEEN(0.5, 1.5), .tasks = ordering, .n_tasks = 1 },
    { .name = "clerk", .tasks = following, .n_tasks = 1 },
};
static const struct acr_hooks hooks = { .test_start = make_pool };

ACR_PLUGIN(.name = "handover", .user_types = users, .n_user_types = ACR_LEN(users),
           .hooks = &hooks);
