/* SPDX-License-Identifier: MIT */
/* metrics.c: numbers of the scenario's own beside the requests: a counter, a gauge, a trend,
 * checks, and a stretch of a task that is measured as a whole. */
#include <acrida/acrida.h>
#include <acrida/http.h>

struct buyer {
    int n_orders;
};

static int log_in(struct acr_user *u)
{
    struct acr_response *res =
        acr_post(u, "/api/auth/login", .json = "{\"email\": \"metrics@example.com\"}");

    acr_set_header(u, "Authorization", acr_fmt(u, "Bearer %s", acr_json_string(res, "token")));
    acr_set_context(u, "plan=free"); /* request listeners get it */
    return 0;
}

static int look(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/api/products?page=1&limit=20");

    acr_check(u, acr_json_count(res, "products") == 20, "a page has 20 products");
    acr_check(u, acr_json_number(res, "products[0].price", 0) > 0, "products have prices");
    acr_trend(u, "price", acr_json_number(res, "products[0].price", 0));
    return 0;
}

static int buy(struct acr_user *u)
{
    struct buyer *me = acr_state(u);

    ACR_MEASURE(u, "buy")
    {
        acr_post(u, "/api/cart/items", .json = "{\"product_id\": 1}");
        acr_post(u, "/api/orders", .json = "{}");
    }
    me->n_orders++;
    acr_count(u, "orders", 1);
    acr_gauge(u, "orders of one buyer", me->n_orders);
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "look", .run = look, .weight = 3 },
    { .name = "buy", .run = buy },
};

static const struct acr_user_type users[] = {
    { .name = "buyer",
      .wait = ACR_BETWEEN(0.1, 0.3),
      .state_size = sizeof(struct buyer),
      .on_start = log_in,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "metrics", .user_types = users, .n_user_types = ACR_LEN(users));
