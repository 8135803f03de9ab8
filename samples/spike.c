/* SPDX-License-Identifier: MIT */
/* spike.c: a base of 100 users with two spikes, as a shape in stages. A ramp never blocks: each
 * stage begins on time, from the users that there are. (At 10 a second the last but one comes from
 * 1000 to 400 users only.) */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int get_product(struct acr_user *u)
{
    int id = (int)acr_random_int(u, 1, 1000);

    acr_get(u, acr_fmt(u, "/api/products/%d", id), .name = "/api/products/[id]", .timeout_s = 30);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "get_product", .run = get_product } };

static const struct acr_user_type users[] = {
    { .name = "visitor", .wait = ACR_BETWEEN(0.1, 0.5), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

static const struct acr_stage stages[] = {
    { .duration_s = 60, .users = 100, .spawn_rate = 10 },   /* ramp up */
    { .duration_s = 60, .users = 100, .spawn_rate = 10 },   /* base */
    { .duration_s = 30, .users = 500, .spawn_rate = 50 },   /* spike */
    { .duration_s = 60, .users = 100, .spawn_rate = 10 },   /* recovery */
    { .duration_s = 30, .users = 1000, .spawn_rate = 100 }, /* a larger spike */
    { .duration_s = 60, .users = 100, .spawn_rate = 10 },   /* recovery */
    { .duration_s = 60, .users = 0, .spawn_rate = 10 },     /* down to nobody */
};

static const struct acr_shape shape = { .stages = stages, .n_stages = ACR_LEN(stages) };

ACR_PLUGIN(.name = "spike", .user_types = users, .n_user_types = ACR_LEN(users), .shape = &shape);
