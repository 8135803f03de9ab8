/* SPDX-License-Identifier: MIT */
/* Calls what no library has. */
#include "shop.h"

int no_such_function(struct acr_user *u);

static const struct acr_task tasks[] = { { .name = "browse", .run = no_such_function } };
static const struct acr_user_type users[] = { { SHOPPER, .on_start = browse } };

ACR_PLUGIN(SHOP);
