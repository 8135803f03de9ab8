/* SPDX-License-Identifier: MIT */
/* A getter of something else. */
#include <acrida/plugin.h>

#undef ACR_ABI_MAGIC
#define ACR_ABI_MAGIC 0x12345678u

ACR_PLUGIN(.name = "shop");
