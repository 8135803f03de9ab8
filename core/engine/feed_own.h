/* SPDX-License-Identifier: MIT */
/* What a user has of feeders that deal a position to each user, for good. Thread: the user's. */
#ifndef ACRIDA_ENGINE_FEED_OWN_H
#define ACRIDA_ENGINE_FEED_OWN_H

#include <stdbool.h>
#include <stdint.h>

struct acr_feeder;

struct acri_feed_own {
    struct acri_feed_own *next;
    const struct acr_feeder *feeder;
    uint64_t position; /* when it is dealt */
    bool is_dealt;
};

/* The one of this feeder in a list; added when there is none. */
struct acri_feed_own *acri_feed_own_of(struct acri_feed_own **list, const struct acr_feeder *f);
void acri_feed_own_free(struct acri_feed_own *list);

#endif
