/* SPDX-License-Identifier: MIT */
/* A count without what is counted. */
#include <acrida/plugin.h>

ACR_PLUGIN(.name = "shop", .n_user_types = 3);
