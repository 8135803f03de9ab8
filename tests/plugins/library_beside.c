/* SPDX-License-Identifier: MIT */
/* Links a library that lies beside it and nowhere else: found, although a private copy is loaded.
 */
#include "shop.h"

int helper(struct acr_user *u);

static const struct acr_task tasks[] = { BROWSE, { .name = "help", .run = helper } };
static const struct acr_user_type users[] = { { SHOPPER } };

ACR_PLUGIN(SHOP);
