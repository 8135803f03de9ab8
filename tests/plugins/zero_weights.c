/* SPDX-License-Identifier: MIT */
#include "shop.h"

static const struct acr_task tasks[] = {
    { .name = "browse", .run = browse, .weight = ACR_NEVER },
    { .name = "buy", .run = browse, .weight = ACR_NEVER },
};
static const struct acr_user_type users[] = { { SHOPPER } };

ACR_PLUGIN(SHOP);
