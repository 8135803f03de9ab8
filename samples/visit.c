/* SPDX-License-Identifier: MIT */
/* visit.c: task sets within each other. A visitor comes, browses at random for a while, checks out
 * step by step at times, leaves, and comes again later. */
#include <acrida/acrida.h>
#include <acrida/http.h>

/* --- the check-out: its steps in this order, then back to browsing -------------------------------
 */

struct check_out {
    int n_items; /* zeroed each time that it is entered */
};

static int add_to_cart(struct acr_user *u)
{
    struct check_out *set = acr_set_state(u);

    acr_post(u, "/api/cart/items", .json = "{\"product_id\": 7, \"quantity\": 1}");
    set->n_items++;
    return 0;
}

static int order(struct acr_user *u)
{
    const struct check_out *set = acr_set_state(u);
    struct acr_response *res = acr_post(u, "/api/orders", .json = "{}", .catch_response = true);

    if (res->status == 201 && acr_json_int(res, "items", 0) == set->n_items)
        acr_pass(res);
    else
        acr_fail(res, "status %d for %d items", res->status, set->n_items);
    return ACR_INTERRUPT; /* out of this set: browsing goes on at once */
}

static const struct acr_task check_out_tasks[] = {
    { .name = "add_to_cart", .run = add_to_cart, .weight = 3 }, /* three times in a row */
    { .name = "order", .run = order },
};

static const struct acr_task_set check_out = { .tasks = check_out_tasks,
                                               .n_tasks = ACR_LEN(check_out_tasks),
                                               .order = ACR_SEQUENTIAL,
                                               .wait = ACR_CONSTANT(0.1),
                                               .state_size = sizeof(struct check_out) };

/* --- browsing: at random, until leaving ----------------------------------------------------------
 */

static int list(struct acr_user *u)
{
    acr_get(u, "/api/products?page=1");
    return 0;
}

static int view(struct acr_user *u)
{
    acr_get(u, acr_fmt(u, "/api/products/%d", (int)acr_random_int(u, 1, 1000)),
            .name = "/api/products/[id]");
    return 0;
}

static int leave(struct acr_user *u)
{
    (void)u;
    return ACR_INTERRUPT_WAIT; /* out of this set, and a wait before the next visit */
}

static const struct acr_task browse_tasks[] = {
    { .name = "list", .run = list, .weight = 5 },
    { .name = "view", .run = view, .weight = 5 },
    { .name = "check_out", .set = &check_out },
    { .name = "leave", .run = leave },
};

static int enter(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task_set browse = { .tasks = browse_tasks,
                                            .n_tasks = ACR_LEN(browse_tasks),
                                            .wait = ACR_BETWEEN(0.1, 0.3),
                                            .on_start = enter };

/* --- the visitor --------------------------------------------------------------------------------
 */

static int log_in(struct acr_user *u)
{
    struct acr_response *res =
        acr_post(u, "/api/auth/login", .json = "{\"email\": \"visitor@example.com\"}");

    acr_set_header(u, "Authorization", acr_fmt(u, "Bearer %s", acr_json_string(res, "token")));
    return 0;
}

static const struct acr_task tasks[] = { { .name = "browse", .set = &browse } };

static const struct acr_user_type users[] = {
    { .name = "visitor",
      .wait = ACR_BETWEEN(1, 3), /* between two visits */
      .on_start = log_in,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "visit", .user_types = users, .n_user_types = ACR_LEN(users));
