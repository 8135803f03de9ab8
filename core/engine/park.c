/* SPDX-License-Identifier: MIT */
#include "engine/park.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/roster.h"
#include "engine/spawned.h"
#include "engine/step.h"
#include "engine/sync.h"

#include <errno.h>
#include <stdlib.h>

/* So often a cancelled user may go on calling before it is taken for one that never ends. */
#define CANCELLED_CALLS 1000u

/* Coroutines of acr_spawn first: cleaning up after them needs their roots. */
void acri_park_free_all(struct acri_users *us)
{
    struct acr_user **at = &us->parked;

    while (*at != NULL) {
        struct acr_user *u = *at;

        if (u->root == u) {
            at = &u->next;
            continue;
        }
        *at = u->next;
        acri_step_clean_up(u);
        acri_users_give_arena(us, u->arena);
        acri_spawned_free_parked(u);
        free(u);
    }
    while (us->parked != NULL) {
        struct acr_user *u = us->parked;

        us->parked = u->next;
        acri_step_clean_up(u);
        if (u->arena != NULL)
            acri_users_give_arena(us, u->arena);
        acri_user_free(u);
    }
}

/* What it has spawned uses its memory: while that runs, the loop must not end. */
void acri_park_note_child_end(struct acr_user *root)
{
    if (root->n_children == 0)
        acri_users_note_end(root->home);
}

_Noreturn void acri_user_park(struct acr_user *u, const char *why)
{
    struct acri_users *us = u->home;
    uint64_t n_left_out;

    ACRI_ASSERT(u->phase != ACRI_USER_SERVICE || u->root != u);
    if (acri_log_may(&us->warn_limit, us->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        acri_log_warning(
            "user %llu (%s) %s, in %s: it is left where it is (and %llu more since the "
            "last line)",
            (unsigned long long)u->number, u->plan->type->name, why, acri_step_name(u),
            (unsigned long long)n_left_out);
    u->phase = ACRI_USER_PARKED;
    acri_sync_release_held(u);
    if (u->root == u)
        acri_roster_unlink(us, u);
    else
        acri_spawned_note_parked(u);
    u->next = us->parked;
    us->parked = u;
    us->running = NULL;
    us->load[ACR_LOAD_PARKED]++;
    if (u->root == u) {
        acri_spawned_cancel_all(u);
        acri_park_note_child_end(u);
    }
    for (;;)
        acri_loop_suspend(&us->loop, 0);
}

int acri_user_suspend(struct acr_user *u, uint64_t deadline_ns)
{
    struct acri_users *us = u->home;
    bool may_yield = acri_loop_current(&us->loop) != NULL;
    int reason;

    if (u->is_cancelled) {
        if (may_yield && ++u->n_cancelled_calls > CANCELLED_CALLS) {
            if (u->phase != ACRI_USER_SERVICE || u->root != u)
                acri_user_park(u, "goes on calling after being cancelled");
            /* The conductor is never parked; signals must still be read while a hook spins. */
            acri_loop_suspend(&us->loop, acri_clock_now_ns() + 10 * ACRI_NS_PER_MS);
        }
        return -ECANCELED;
    }
    if (!may_yield) {
        acri_log_error("user type '%s': a wait's function, as one that sends or receives a body, "
                       "must not yield",
                       u->plan->type->name);
        return -ECANCELED;
    }
    us->running = NULL;
    reason = acri_loop_suspend(&us->loop, deadline_ns);
    us->running = u;
    u->owed_ns += us->loop.delay_ns;
    return reason;
}
