/* SPDX-License-Identifier: MIT */
#include "shop.h"

static const struct acr_task tasks[] = { BROWSE, { .name = "buy" } };
static const struct acr_user_type users[] = { { SHOPPER } };

ACR_PLUGIN(SHOP);
