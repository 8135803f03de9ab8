/* SPDX-License-Identifier: MIT */
/* The SDK's calls of <acrida/metrics.h>, but for measures: see measure.c. In hooks they count in
 * the block of the control loop. */
#include "engine/user.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

#include <acrida/report.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add(struct acr_user *u, uint32_t kind, const char *name, double value, uint64_t now_ns)
{
    struct acri_users *us = u->home;
    uint64_t n_left_out;

    if (ACRI_LIKELY(isfinite(value))) {
        us->is_recording = true;
        acri_metrics_add(&us->block->metrics, kind, name != NULL ? name : "", value, now_ns);
        us->is_recording = false;
    } else if (acri_log_may(&us->warn_limit, acri_clock_now_ns(), 10 * ACRI_NS_PER_S,
                            &n_left_out)) {
        acri_log_warning("metric '%s' was told %g, which is no finite number: it is left out",
                         name != NULL ? name : "", value);
    }
}

void acr_count(struct acr_user *u, const char *name, double n)
{
    add(u, ACR_METRIC_COUNTER, name, n, 0);
}

void acr_gauge(struct acr_user *u, const char *name, double value)
{
    add(u, ACR_METRIC_GAUGE, name, value, acri_clock_now_ns());
}

void acr_trend(struct acr_user *u, const char *name, double value)
{
    add(u, ACR_METRIC_TREND, name, value, 0);
}

bool acr_check(struct acr_user *u, bool condition, const char *name)
{
    struct acri_users *us = u->home;

    us->is_recording = true;
    acri_metrics_check(&us->block->metrics, name != NULL ? name : "", condition);
    us->is_recording = false;
    return condition;
}

void acr_set_context(struct acr_user *u, const char *context)
{
    struct acr_user *root = u->root;
    char *old = root->context;

    if (old != NULL && context != NULL && strcmp(old, context) == 0)
        return;
    root->context = context != NULL ? acri_strdup(context) : NULL;
    /* A listener that calls this may still read the old one. */
    if (u->is_telling && old != NULL)
        acr_defer(u, free, old);
    else
        free(old);
}
