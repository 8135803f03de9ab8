/* SPDX-License-Identifier: MIT */
/* The getter of the major version to come, and none of ours. */
#include <acrida/plugin.h>

ACR_API const void *acr_plugin_v2(void);

const void *acr_plugin_v2(void)
{
    return NULL;
}
