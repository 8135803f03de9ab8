/* SPDX-License-Identifier: MIT */
/* Two types with the same total rate: one has a single user, on one of the workers. */
#include <acrida/acrida.h>
#include <acrida/metrics.h>

static int rare(struct acr_user *u)
{
    acr_count(u, "rare", 1);
    return 0;
}

static int many(struct acr_user *u)
{
    acr_count(u, "many", 1);
    return 0;
}

static const struct acr_task rare_tasks[] = { { .name = "rare", .run = rare } };
static const struct acr_task many_tasks[] = { { .name = "many", .run = many } };

static const struct acr_user_type users[] = {
    { .name = "rare",
      .fixed_count = 1,
      .wait = ACR_TOTAL_RATE(50),
      .tasks = rare_tasks,
      .n_tasks = ACR_LEN(rare_tasks) },
    { .name = "many",
      .fixed_count = 7,
      .wait = ACR_TOTAL_RATE(50),
      .tasks = many_tasks,
      .n_tasks = ACR_LEN(many_tasks) },
};

ACR_PLUGIN(.name = "cluster_rates", .user_types = users, .n_user_types = ACR_LEN(users));
