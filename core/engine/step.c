/* SPDX-License-Identifier: MIT */
#include "engine/step.h"

#include "base/check.h"
#include "engine/spawned.h"
#include "sched/socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void acri_step_drop_raised(struct acr_user *u)
{
    if (u->raised != NULL)
        free((void *)(uintptr_t)u->raised->message);
    free(u->raised);
    u->raised = NULL;
}

void acri_step_clean_up(struct acr_user *u)
{
    const struct acri_plan *plan = u->home->run->plan;
    void *const *states = u->root->client_states;

    for (size_t i = 0; i < plan->n_clients; i++)
        if (states[i] != NULL && plan->clients[i]->task_done != NULL)
            plan->clients[i]->task_done(u, states[i]);
    acri_spawned_drop_handles(u);
    while (u->deferred != NULL) {
        struct acri_deferred *d = u->deferred;

        u->deferred = d->next;
        d->function(d->arg);
        free(d);
    }
    acri_socket_close_of(&u->root->sockets, u);
    acri_step_drop_raised(u);
}

const char *acri_step_name(const struct acr_user *u)
{
    switch (u->phase) {
    case ACRI_USER_STARTING:
    case ACRI_USER_ENTERING:
        return "on_start";
    case ACRI_USER_LEAVING:
    case ACRI_USER_STOPPING:
        return "on_stop";
    default:
        return u->task != NULL ? u->task->task->name : "on_start";
    }
}

void acri_step_record_exception(struct acr_user *u)
{
    const struct acri_raised *raised = u->raised;
    struct acri_raised unsaid = { .message = "" };
    char reason[64];
    char text[96];

    /* What a cancelled task did not get is not its fault. */
    if (u->result >= 0 || u->is_cancelled)
        return;
    if (raised == NULL) {
        snprintf(text, sizeof(text), "returned %d (%s)", u->result,
                 strerror_r(-u->result, reason, sizeof(reason)));
        unsaid.message = text;
        raised = &unsaid;
    }
    acri_exceptions_add(&u->home->exceptions, raised, u->plan->type->name, acri_step_name(u),
                        u->number);
}
