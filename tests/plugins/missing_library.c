/* SPDX-License-Identifier: MIT */
/* Links a library that is not there. */
#include <acrida/plugin.h>

int answer(void);

ACR_API int ask(void);

int ask(void)
{
    return answer();
}

ACR_PLUGIN(.name = "shop");
