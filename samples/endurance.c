/* SPDX-License-Identifier: MIT */
/* endurance.c: users for runs of many hours, at the pace of people. Each connects anew after every
 * 1000 requests, so that connections are made and ended all the time. */
#include <acrida/acrida.h>
#include <acrida/http.h>

struct runner {
    int n_requests;
};

/* Before each request. */
static void count(struct acr_user *u)
{
    struct runner *me = acr_state(u);

    me->n_requests++;
    if (me->n_requests % acr_option_int("reconnect-every", 1000) == 0)
        acr_close_connections(u); /* the next request opens a new one */
}

static int get_product(struct acr_user *u)
{
    count(u);
    acr_get(u, acr_fmt(u, "/api/products/%d", (int)acr_random_int(u, 1, 1000)),
            .name = "/api/products/[id]", .timeout_s = 10);
    return 0;
}

static int create_user(struct acr_user *u)
{
    struct runner *me = acr_state(u);

    count(u);
    acr_post(u, "/api/users", .timeout_s = 10,
             .json = acr_fmt(u, "{\"name\": \"endurance %d\"}", me->n_requests));
    return 0;
}

static int list_users(struct acr_user *u)
{
    count(u);
    acr_get(u, "/api/users?q=endurance", .timeout_s = 30);
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "get_product", .run = get_product, .weight = 5 },
    { .name = "create_user", .run = create_user, .weight = 2 },
    { .name = "list_users", .run = list_users, .weight = 1 },
};

static const struct acr_user_type users[] = {
    { .name = "endurance_runner",
      .wait = ACR_BETWEEN(1, 5),
      .state_size = sizeof(struct runner),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

static const struct acr_option options[] = {
    { .name = "reconnect-every",
      .metavar = "N",
      .help = "Requests of a user until it connects anew.",
      .kind = ACR_OPTION_INT,
      .default_value = "1000" },
};

ACR_PLUGIN(.name = "endurance", .user_types = users, .n_user_types = ACR_LEN(users),
           .options = options, .n_options = ACR_LEN(options));
