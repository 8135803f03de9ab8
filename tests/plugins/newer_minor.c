/* SPDX-License-Identifier: MIT */
/* Built against a later SDK. */
#include <acrida/plugin.h>

#undef ACR_ABI_MINOR
#define ACR_ABI_MINOR 99

ACR_PLUGIN(.name = "shop");
