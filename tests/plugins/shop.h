/* SPDX-License-Identifier: MIT */
/* A sound user type, for plugins that are bad in one way each. */
#ifndef ACRIDA_TESTS_PLUGINS_SHOP_H
#define ACRIDA_TESTS_PLUGINS_SHOP_H

#include <acrida/plugin.h>

static int browse(struct acr_user *u)
{
    (void)u;
    return 0;
}

#define BROWSE                          \
    {                                   \
        .name = "browse", .run = browse \
    }
#define SHOPPER .name = "shopper", .tasks = tasks, .n_tasks = ACR_LEN(tasks)
#define SHOP .name = "shop", .user_types = users, .n_user_types = ACR_LEN(users)

#endif
