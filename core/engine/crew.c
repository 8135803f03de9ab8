/* SPDX-License-Identifier: MIT */
#include "engine/crew.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/conductor.h"
#include "engine/follow.h"

#include <errno.h>

/* Workers tell of their users about once a second. */
#define USERS_NS (2 * ACRI_NS_PER_S)
#define STEP_NS ACRI_NS_PER_S
#define GATHER_NS (200 * ACRI_NS_PER_MS)
/* How long workers may take for what a stop brings besides their users' own time. */
#define CREW_GRACE_S 10

void acri_crew_await(struct acri_conductor *c, uint64_t n)
{
    uint64_t end_ns = acri_clock_now_ns() + USERS_NS;

    while (c->crew->n_users < n && acri_clock_now_ns() < end_ns && c->stop == ACRI_RUN_ON) {
        acri_conductor_wait(c, end_ns);
        c->crew->drain(c->crew->arg, c->stats);
    }
    c->crew->want_spawned(c->crew->arg, true);
}

void acri_crew_stop(struct acri_conductor *c)
{
    double patience_s = c->o->stop_timeout_s + c->o->on_stop_timeout_s + CREW_GRACE_S;
    uint64_t end_ns = acri_clock_now_ns() + acri_clock_ns_of(patience_s);

    c->crew->want_phase(c->crew->arg, ACRI_PHASE_STOP);
    while (!c->crew->is_stopped && acri_clock_now_ns() < end_ns && c->stop != ACRI_STOP_AT_ONCE) {
        acri_conductor_wait(c, c->tick_due_ns < end_ns ? c->tick_due_ns : end_ns);
        acri_conductor_collect(c, acri_clock_now_ns());
        acri_messages_tell(&c->inbox, &c->hook_results, c->service);
        if (acri_clock_now_ns() >= c->tick_due_ns)
            acri_conductor_tick(c);
    }
    c->crew->settle(c->crew->arg, c->stats);
}

bool acri_crew_gather(struct acri_conductor *c)
{
    int r = 0;

    if (c->crew == NULL || c->crew->gather == NULL)
        return true;
    while (c->stop == ACRI_RUN_ON && (r = c->crew->gather(c->crew->arg)) > 0)
        acri_conductor_wait(c, acri_clock_now_ns() + GATHER_NS);
    if (c->stop != ACRI_RUN_ON)
        acri_log_info("stopped before the run began");
    return c->stop == ACRI_RUN_ON && r == 0;
}

bool acri_crew_muster(struct acri_conductor *c)
{
    if (c->lead != NULL)
        return acri_follow_prepare(c);
    if (c->crew == NULL)
        return true;
    c->is_mustered = true;
    c->crew->begin(c->crew->arg, c->o->seed);
    while (c->stop == ACRI_RUN_ON && c->crew->resumed_ns == 0 && !c->crew->is_prepared &&
           c->crew->failed[0] == '\0') {
        acri_conductor_wait(c, acri_clock_now_ns() + STEP_NS);
        c->crew->step(c->crew->arg, c->stats);
        acri_messages_tell(&c->inbox, &c->hook_results, c->service);
    }
    if (c->crew->failed[0] != '\0') {
        acri_fail(&c->hook_results.start_error, -EINVAL, "%s", c->crew->failed);
        c->hook_results.did_start_fail = true;
        return false;
    }
    c->crew->want_phase(c->crew->arg, ACRI_PHASE_RUN);
    return c->stop == ACRI_RUN_ON;
}
