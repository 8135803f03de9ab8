/* SPDX-License-Identifier: MIT */
/* The library that library_beside links. */
#include <acrida/plugin.h>

ACR_API int helper(struct acr_user *u);

int helper(struct acr_user *u)
{
    (void)u;
    return 0;
}
