/* SPDX-License-Identifier: MIT */
/* Nothing is wrong with this one. */
#include "shop.h"

static const struct acr_task tasks[] = { BROWSE };
static const struct acr_user_type users[] = { { SHOPPER } };

ACR_PLUGIN(SHOP);
