/* SPDX-License-Identifier: MIT */
/* A plugin, but no scenario: loaded; a run of it alone is refused. */
#include <acrida/plugin.h>

ACR_PLUGIN(.name = "shop", .version = "1");
