/* SPDX-License-Identifier: MIT */
#include "engine/hooks.h"

#include "base/log.h"
#include "engine/objects.h"
#include "engine/step.h"
#include "engine/traceback.h"

#include <stdlib.h>
#include <string.h>

void acri_hooks_settle(struct acri_hook_results *results, struct acr_user *service, int result,
                       const char *plugin, const char *hook)
{
    if (result < 0) {
        const char *why =
            service->raised != NULL ? service->raised->message : "it returned an error";

        if (results->is_starting && !results->did_fail)
            acri_fail(&results->start_error, result, "plugin '%s': %s", plugin, why);
        else
            acri_log_error("plugin '%s' failed in %s: %s", plugin, hook, why);
        results->did_fail = true;
    }
    acri_step_clean_up(service);
    acri_arena_rewind(service->arena, 0);
}

/* What is kept in globals is made now. */
static void open_start(struct acri_hook_results *results, struct acr_user *service)
{
    results->is_starting = true;
    service->home->run->objects->may_make = true;
}

static bool close_start(struct acri_hook_results *results, struct acr_user *service)
{
    results->is_starting = false;
    service->home->run->objects->may_make = false;
    /* A loop may have failed meanwhile. */
    results->did_start_fail = results->did_start_fail || results->did_fail;
    return !results->did_start_fail;
}

bool acri_hooks_fire_init(struct acri_hook_results *results, struct acr_user *service)
{
    open_start(results, service);
    ACRI_FIRE(results, service, init, );
    return close_start(results, service);
}

bool acri_hooks_fire_start(struct acri_hook_results *results, struct acr_user *service,
                           const struct acr_test_event *e)
{
    open_start(results, service);
    ACRI_FIRE(results, service, test_start, , e);
    return close_start(results, service);
}

void acri_hooks_fire_quitting(struct acri_hook_results *results, struct acr_user *service,
                              const struct acr_quit_event *e)
{
    const struct acri_plan *plan = service->home->run->plan;

    for (size_t i = plan->n_listeners; i-- > 0;) {
        const struct acri_hook_set *l = &plan->listeners[i];

        if (l->hooks->quitting != NULL)
            acri_hooks_settle(results, service, l->hooks->quitting(service, e), l->plugin,
                              "quitting");
    }
}

void acri_hooks_tell_exceptions(struct acri_hook_results *results, struct acr_user *service,
                                struct acri_stats *stats, struct acri_exceptions *list)
{
    for (const struct acri_exception *x = list->first; x != NULL; x = x->next) {
        const size_t n_before = stats->exceptions.n;
        char *traceback = acri_traceback_text(x);
        const char *frames = strchr(traceback, '\n');
        struct acr_error_event e = { .message = x->message,
                                     .traceback = traceback,
                                     .user_type = x->user_type,
                                     .task = x->task,
                                     .user_number = x->user_number,
                                     .count = x->count };

        acri_stats_exception_n(stats, x->message, traceback, "local", x->count);
        if (stats->exceptions.n > n_before)
            acri_log_error("exception in task '%s' of user type '%s' (user %llu): %s%s", x->task,
                           x->user_type, (unsigned long long)x->user_number, x->message,
                           frames != NULL ? frames : "");
        ACRI_FIRE(results, service, user_error, , &e);
        free(traceback);
    }
    acri_exceptions_clear(list);
}
