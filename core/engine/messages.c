/* SPDX-License-Identifier: MIT */
#include "engine/messages.h"

#include <stdlib.h>
#include <string.h>

struct acri_letter {
    struct acri_letter *next;
    uint32_t from;
    size_t n_bytes;
    char *type;
    char text[]; /* n_bytes, and a NUL */
};

void acri_messages_put(struct acri_inbox *inbox, uint32_t from, const char *type, const void *bytes,
                       size_t n_bytes)
{
    struct acri_letter *l = acri_alloc(sizeof(*l) + n_bytes + 1);

    *l = (struct acri_letter){ .from = from, .n_bytes = n_bytes, .type = acri_strdup(type) };
    if (n_bytes > 0)
        memcpy(l->text, bytes, n_bytes);
    if (inbox->first == NULL)
        inbox->first = l;
    else
        inbox->last->next = l;
    inbox->last = l;
}

static struct acri_letter *take(struct acri_inbox *inbox)
{
    struct acri_letter *l = inbox->first;

    if (l != NULL)
        inbox->first = l->next;
    return l;
}

static void free_letter(struct acri_letter *l)
{
    free(l->type);
    free(l);
}

void acri_messages_tell(struct acri_inbox *inbox, struct acri_hook_results *results,
                        struct acr_user *service)
{
    struct acri_letter *l;

    while ((l = take(inbox)) != NULL) {
        struct acr_message_event e = {
            .type = l->type, .text = l->text, .n_bytes = l->n_bytes, .from = l->from
        };

        ACRI_FIRE(results, service, message, , &e);
        free_letter(l);
    }
}

void acri_messages_done(struct acri_inbox *inbox)
{
    struct acri_letter *l;

    while ((l = take(inbox)) != NULL)
        free_letter(l);
}
