/* SPDX-License-Identifier: MIT */
#include "shop.h"

static const struct acr_task tasks[] = { BROWSE };
static const struct acr_user_type users[] = { { SHOPPER } };

ACR_PLUGIN(.user_types = users, .n_user_types = 1);
