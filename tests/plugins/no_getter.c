/* SPDX-License-Identifier: MIT */
/* A library like any other. */
#include <acrida/plugin.h>

ACR_API int answer(void);

int answer(void)
{
    return 42;
}
