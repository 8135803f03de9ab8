/* SPDX-License-Identifier: MIT */
/* stress.c: each user makes 10 requests a second, however long they take: a slow second is made up
 * for. So 50 users are 500 requests a second, as long as the server keeps up. */
#include <acrida/acrida.h>
#include <acrida/http.h>

struct stress {
    int n_requests;
};

static int rapid_get(struct acr_user *u)
{
    struct stress *me = acr_state(u);

    acr_get(u, acr_fmt(u, "/api/products/%d", me->n_requests++ % 1000 + 1),
            .name = "/api/products/[id]", .timeout_s = 5);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "rapid_get", .run = rapid_get } };

static const struct acr_user_type users[] = {
    { .name = "stress",
      .wait = ACR_CONSTANT_THROUGHPUT(10),
      .state_size = sizeof(struct stress),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "stress", .user_types = users, .n_user_types = ACR_LEN(users));
