/* SPDX-License-Identifier: MIT */
/* What goes wrong at the edges of a cluster's run: a message sent before any worker is prepared, a
 * fault in the workers' set-up (with FAULT in the environment). */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/metrics.h>

#include <stdlib.h>

static int test_start(struct acr_user *u, const struct acr_test_event *e)
{
    acr_count(u, acr_fmt(u, "started by a %s", e->role), 1);
    if (acr_is_worker() && getenv("FAULT") != NULL)
        abort();
    return acr_is_master() ? acr_send_message(ACR_ALL_WORKERS, "early", "") : 0;
}

static int message(struct acr_user *u, const struct acr_message_event *e)
{
    acr_count(u, acr_fmt(u, "message %s", e->type), 1);
    return 0;
}

static int work(struct acr_user *u)
{
    acr_count(u, "iterations", 1);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "work", .run = work } };

static const struct acr_user_type users[] = {
    { .name = "worker", .wait = ACR_BETWEEN(0.02, 0.06), .tasks = tasks, .n_tasks = ACR_LEN(tasks) }
};

static const struct acr_hooks hooks = { .test_start = test_start, .message = message };

ACR_PLUGIN(.name = "cluster_odd", .user_types = users, .n_user_types = ACR_LEN(users),
           .hooks = &hooks);
