/* SPDX-License-Identifier: MIT */
/* Calling the listeners of all plugins, in order, on the control loop, and what becomes of their
 * errors. */
#ifndef ACRIDA_ENGINE_HOOKS_H
#define ACRIDA_ENGINE_HOOKS_H

#include "engine/user.h"
#include "stats/stats.h"

struct acri_hook_results {
    bool did_fail;       /* some listener returned an error */
    bool is_starting;    /* init or test_start run: their first error becomes start_error */
    bool did_start_fail; /* one of them failed, or a loop did not start: nothing was run */
    struct acri_error start_error;
};

/* Clean up after one call and note its result: logged, with the plugin and the hook named. */
void acri_hooks_settle(struct acri_hook_results *results, struct acr_user *service, int result,
                       const char *plugin, const char *hook);

/* Fire one hook: ACRI_FIRE(results, service, tick, , snapshot). Yields. */
#define ACRI_FIRE(results, service, hook, ...)                                            \
    do {                                                                                  \
        const struct acri_plan *plan_ = (service)->home->run->plan;                       \
        for (size_t i_ = 0; i_ < plan_->n_listeners; i_++)                                \
            if (plan_->listeners[i_].hooks->hook != NULL)                                 \
                acri_hooks_settle((results), (service),                                   \
                                  plan_->listeners[i_].hooks->hook((service)__VA_ARGS__), \
                                  plan_->listeners[i_].plugin, #hook);                    \
    } while (0)

/* init, or test_start, of all plugins. Returns: whether the run may start. */
bool acri_hooks_fire_init(struct acri_hook_results *results, struct acr_user *service);
bool acri_hooks_fire_start(struct acri_hook_results *results, struct acr_user *service,
                           const struct acr_test_event *e);

/* In reverse order of loading. */
void acri_hooks_fire_quitting(struct acri_hook_results *results, struct acr_user *service,
                              const struct acr_quit_event *e);

/* Put what a loop has collected into the table, log what is new, fire user_error; clears the list.
 */
void acri_hooks_tell_exceptions(struct acri_hook_results *results, struct acr_user *service,
                                struct acri_stats *stats, struct acri_exceptions *list);

#endif
