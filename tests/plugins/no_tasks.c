/* SPDX-License-Identifier: MIT */
#include "shop.h"

static const struct acr_user_type users[] = { { .name = "shopper", .on_start = browse } };

ACR_PLUGIN(SHOP);
