/* SPDX-License-Identifier: MIT */
/* Built against an SDK whose ABI has broken with ours. */
#include <acrida/plugin.h>

#undef ACR_ABI_MAJOR
#define ACR_ABI_MAJOR 9

ACR_PLUGIN(.name = "shop");
