/* SPDX-License-Identifier: MIT */
#include "engine/listener.h"
#include "engine/step.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>

static void note_failure(struct acr_user *u, int result, const char *plugin, const char *event)
{
    struct acri_users *us = u->home;
    uint64_t n_left_out;
    char number[64];
    char others[64];

    us->did_listener_fail = true;
    if (!acri_log_may(&us->listener_limit, acri_clock_now_ns(), 10 * ACRI_NS_PER_S, &n_left_out))
        return;
    snprintf(number, sizeof(number), "it returned %d", result);
    snprintf(others, sizeof(others), " (and %llu more since the last line)",
             (unsigned long long)n_left_out);
    acri_log_error("plugin '%s' failed in %s: %s%s", plugin, event,
                   u->raised != NULL ? u->raised->message : number, n_left_out > 0 ? others : "");
}

struct acri_raised *acri_listener_begin(struct acr_user *u)
{
    struct acri_raised *put_aside = u->raised;

    u->raised = NULL;
    return put_aside;
}

void acri_listener_end(struct acr_user *u, struct acri_raised *put_aside, int result,
                       const char *plugin, const char *event)
{
    if (result < 0 || result > ACR_STOP_TEST)
        note_failure(u, result, plugin, event);
    else if (result > u->asked)
        u->asked = result; /* the outcomes are in order of their force */
    acri_step_drop_raised(u);
    u->raised = put_aside;
}
