/* SPDX-License-Identifier: MIT */
/* Messages of scenarios between the processes of a cluster (<acrida/cluster.h>): those that have
 * come wait here until the conductor tells them to the hooks. Thread: control, but for
 * acr_send_message. */
#ifndef ACRIDA_ENGINE_MESSAGES_H
#define ACRIDA_ENGINE_MESSAGES_H

#include "engine/hooks.h"

struct acri_inbox {
    struct acri_letter *first;
    struct acri_letter *last;
};

/* One has come; copied. */
void acri_messages_put(struct acri_inbox *inbox, uint32_t from, const char *type, const void *bytes,
                       size_t n_bytes);
/* Tell all of them. Yields. */
void acri_messages_tell(struct acri_inbox *inbox, struct acri_hook_results *results,
                        struct acr_user *service);
void acri_messages_done(struct acri_inbox *inbox);

#endif
