/* SPDX-License-Identifier: MIT */
/* markov.c: where a visitor goes next depends on where it is: a Markov chain, whose shares the
 * access log of a shop would give. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int home(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static int list(struct acr_user *u)
{
    acr_get(u, "/api/products?page=1", .name = "/api/products");
    return 0;
}

static int product(struct acr_user *u)
{
    acr_get(u, acr_fmt(u, "/api/products/%d", (int)acr_random_int(u, 1, 1000)),
            .name = "/api/products/[id]");
    return 0;
}

static const struct acr_transition from_home[] = { { .task = "list" } };

static const struct acr_transition from_list[] = {
    { .task = "product", .weight = 3 }, { .task = "list", .weight = 1 }, /* the next page */
};

static const struct acr_transition from_product[] = {
    { .task = "list", .weight = 2 },
    { .task = "product", .weight = 1 }, /* a similar one */
    { .task = "home", .weight = 1 },
};

static const struct acr_task tasks[] = {
    { .name = "home", .run = home, .transitions = from_home, .n_transitions = ACR_LEN(from_home) },
    { .name = "list", .run = list, .transitions = from_list, .n_transitions = ACR_LEN(from_list) },
    { .name = "product",
      .run = product,
      .transitions = from_product,
      .n_transitions = ACR_LEN(from_product) },
};

static const struct acr_user_type users[] = {
    { .name = "visitor",
      .order = ACR_MARKOV, /* begins with the first task */
      .wait = ACR_BETWEEN(1, 5),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "markov", .user_types = users, .n_user_types = ACR_LEN(users));
