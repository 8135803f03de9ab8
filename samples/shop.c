/* SPDX-License-Identifier: MIT */
/* shop.c: people log in once, browse much more than they buy, and think 1 to 5 seconds between
 * steps. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int log_in(struct acr_user *u)
{
    struct acr_response *res = acr_post(
        u, "/api/auth/login",
        .json = "{\"email\": \"loadtest@example.com\", \"password\": \"test-password-123\"}");

    acr_set_header(u, "Authorization", acr_fmt(u, "Bearer %s", acr_json_string(res, "token")));
    return 0;
}

static int browse_products(struct acr_user *u)
{
    acr_get(u, "/api/products?page=1&limit=20");
    return 0;
}

static int view_product_detail(struct acr_user *u)
{
    int id = (int)acr_random_int(u, 1, 1000);

    acr_get(u, acr_fmt(u, "/api/products/%d", id), .name = "/api/products/[id]");
    return 0;
}

static int add_to_cart(struct acr_user *u)
{
    int id = (int)acr_random_int(u, 1, 1000);

    acr_post(u, "/api/cart/items", .json = acr_fmt(u, "{\"product_id\": %d, \"quantity\": 1}", id));
    return 0;
}

static int check_out(struct acr_user *u)
{
    struct acr_response *res = acr_post(u, "/api/orders", .json = "{\"payment_method\": \"test\"}",
                                        .catch_response = true);

    if (res->status == 201)
        acr_pass(res);
    else if (res->status == 409)
        acr_fail(res, "Cart was empty");
    else
        acr_fail(res, "Unexpected: %d", res->status);
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "browse_products", .run = browse_products, .weight = 5, .tags = "browse" },
    { .name = "view_product_detail", .run = view_product_detail, .weight = 3, .tags = "browse" },
    { .name = "add_to_cart", .run = add_to_cart, .weight = 1, .tags = "purchase" },
    { .name = "check_out", .run = check_out, .weight = 1, .tags = "purchase" },
};

static const struct acr_user_type users[] = {
    { .name = "website_user",
      .wait = ACR_BETWEEN(1, 5),
      .on_start = log_in,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "shop", .user_types = users, .n_user_types = ACR_LEN(users));
