/* SPDX-License-Identifier: MIT */
/* A getter by hand that forgot what it is for. */
#include <acrida/plugin.h>

ACR_API const struct acr_module *acr_plugin_v1(void);

const struct acr_module *acr_plugin_v1(void)
{
    return NULL;
}
