/* SPDX-License-Identifier: MIT */
/* arrivals.c: open load as a user type says it, and a shape: what --once does not wait for. */
#include <acrida/acrida.h>

static int tell(struct acr_user *u)
{
    acr_report(u, .type = acr_type_name(u), .name = "tell", .response_time_ms = 5);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "tell", .run = tell } };
static const struct acr_user_type users[] = {
    { .name = "rare",
      .arrival_rate = 0.001,
      .arrivals = ACR_ARRIVALS_POISSON,
      .max_users = 5,
      .on_full = ACR_ON_FULL_QUEUE,
      .tasks = tasks,
      .n_tasks = 1 },
    { .name = "usual", .wait = ACR_CONSTANT(600), .tasks = tasks, .n_tasks = 1 },
};
static const struct acr_stage stages[] = {
    { .duration_s = 600, .users = 0 },
    { .duration_s = 600, .users = 50, .spawn_rate = 5, .user_types = "usual" },
};
static const struct acr_shape shape = { .stages = stages, .n_stages = ACR_LEN(stages) };

ACR_PLUGIN(.name = "arrivals", .user_types = users, .n_user_types = ACR_LEN(users),
           .shape = &shape);
