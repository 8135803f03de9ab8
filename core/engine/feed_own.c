/* SPDX-License-Identifier: MIT */
#include "engine/feed_own.h"

#include "base/check.h"

#include <stdlib.h>

struct acri_feed_own *acri_feed_own_of(struct acri_feed_own **list, const struct acr_feeder *f)
{
    struct acri_feed_own *own = *list;

    while (own != NULL && own->feeder != f)
        own = own->next;
    if (own == NULL) {
        own = acri_alloc(sizeof(*own));
        *own = (struct acri_feed_own){ .next = *list, .feeder = f };
        *list = own;
    }
    return own;
}

void acri_feed_own_free(struct acri_feed_own *list)
{
    while (list != NULL) {
        struct acri_feed_own *own = list;

        list = own->next;
        free(own);
    }
}
