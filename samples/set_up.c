/* SPDX-License-Identifier: MIT */
/* set_up.c: log in once before the test, and share the token with all users: on all loops, without
 * a request of each of them. What hooks request is not in the statistics. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

/* --- once, before any user is there ------------------------------------------------------------
 */

static int get_token(struct acr_user *u, const struct acr_test_event *e)
{
    struct acr_response *res =
        acr_post(u, "/api/auth/login", .json = "{\"email\": \"loadtest@example.com\"}");
    const char *token = acr_json_string(res, "token");

    (void)e;
    if (token[0] == '\0')
        return acr_raise(u, "no token: %s", res->error); /* the test does not start */
    return acr_share(u, "token", token);
}

static const struct acr_hooks hooks = { .test_start = get_token };

/* --- each user ---------------------------------------------------------------------------------
 */

static int use_token(struct acr_user *u)
{
    acr_set_header(u, "Authorization", acr_fmt(u, "Bearer %s", acr_shared(u, "token")));
    return 0;
}

static int add_to_cart(struct acr_user *u)
{
    acr_post(u, "/api/cart/items",
             .json = acr_fmt(u, "{\"product_id\": %d}", (int)acr_random_int(u, 1, 1000)));
    return 0;
}

static const struct acr_task tasks[] = { { .name = "add_to_cart", .run = add_to_cart } };

static const struct acr_user_type users[] = {
    { .name = "buyer",
      .wait = ACR_BETWEEN(0.5, 1.5),
      .on_start = use_token,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "set_up", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
