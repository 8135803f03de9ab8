/* SPDX-License-Identifier: MIT */
/* staged_types.c: first the readers come, then the buyers, then more of both. A stage says which
 * user types are added in it; those that are there stay, and ramping down ends the last ones first.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int read_page(struct acr_user *u)
{
    acr_get(u, "/api/products?page=1");
    return 0;
}

static int buy(struct acr_user *u)
{
    acr_post(u, "/api/auth/login", .json = "{\"email\": \"buyer@example.com\"}");
    return 0;
}

static const struct acr_task reader_tasks[] = { { .name = "read_page", .run = read_page } };
static const struct acr_task buyer_tasks[] = { { .name = "buy", .run = buy } };

static const struct acr_user_type users[] = {
    { .name = "reader",
      .wait = ACR_CONSTANT(1),
      .tasks = reader_tasks,
      .n_tasks = ACR_LEN(reader_tasks) },
    { .name = "buyer",
      .wait = ACR_CONSTANT(1),
      .tasks = buyer_tasks,
      .n_tasks = ACR_LEN(buyer_tasks) },
};

static const struct acr_stage stages[] = {
    { .duration_s = 60, .users = 20, .spawn_rate = 10, .user_types = "reader" }, /* 20 readers */
    { .duration_s = 60, .users = 50, .spawn_rate = 10, .user_types = "buyer" },  /* and 30 buyers */
    { .duration_s = 60, .users = 100, .spawn_rate = 10 },                        /* 50 and 50 */
    { .duration_s = 60, .users = 20, .spawn_rate = 10 },                         /* 20 readers */
};

static const struct acr_shape shape = { .stages = stages, .n_stages = ACR_LEN(stages) };

ACR_PLUGIN(.name = "staged_types", .user_types = users, .n_user_types = ACR_LEN(users),
           .shape = &shape);
