/* SPDX-License-Identifier: MIT */
/* Has no getter of its own, but links a library that has one. */
#include <acrida/plugin.h>

const struct acr_module *acr_plugin_v1(void);
ACR_API int uses_it(void);

int uses_it(void)
{
    return acr_plugin_v1() != NULL;
}
