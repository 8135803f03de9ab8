/* SPDX-License-Identifier: MIT */
#include "shop.h"

static const struct acr_task tasks[] = { BROWSE };
static const struct acr_user_type users[] = { { SHOPPER }, { SHOPPER } };

ACR_PLUGIN(SHOP);
