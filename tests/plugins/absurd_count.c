/* SPDX-License-Identifier: MIT */
/* A count that was never set. */
#include "shop.h"

static const struct acr_task tasks[] = { BROWSE };
static const struct acr_user_type users[] = {
    { .name = "shopper", .tasks = tasks, .n_tasks = 0x7f7f7f7f }
};

ACR_PLUGIN(SHOP);
