/* SPDX-License-Identifier: MIT */
/* Custom events, and the state that plugins keep per loop: acr_fire, acr_loop_state. */
#include "engine/listener.h"

#include "base/check.h"

int acr_fire(struct acr_user *u, uint32_t slot, const void *payload)
{
    const struct acri_plan *plan = u->home->run->plan;
    const struct acri_event_plan *e;
    int first = 0;

    ACRI_ASSERT(slot < plan->n_events);
    e = &plan->events[slot];
    for (size_t i = 0; i < e->n_listeners; i++) {
        struct acri_raised *put_aside = acri_listener_begin(u);
        int r = e->listeners[i].function(u, payload);

        acri_listener_end(u, put_aside, r, e->listeners[i].plugin, e->event->name);
        if (first == 0)
            first = r;
    }
    return first;
}

void *acr_loop_state(struct acr_user *u, uint32_t slot)
{
    ACRI_ASSERT(slot < u->home->run->plan->n_loop_states);
    return u->home->states[slot];
}
