/* SPDX-License-Identifier: MIT */
#include "shop.h"

static const struct acr_task tasks[] = { BROWSE };
static const struct acr_user_type users[] = { { SHOPPER, .state_size = ACR_STATE_MAX_BYTES + 1 } };

ACR_PLUGIN(SHOP);
