/* SPDX-License-Identifier: MIT */
/* Built against the SDK before this one. */
#include <acrida/plugin.h>

#undef ACR_ABI_MINOR
#define ACR_ABI_MINOR 1

ACR_PLUGIN(.name = "shop");
