/* SPDX-License-Identifier: MIT */
/*
 * What a run consists of: the user types, clients and listeners of all loaded plugins. Constant
 * while loops run.
 */
#ifndef ACRIDA_ENGINE_PLAN_H
#define ACRIDA_ENGINE_PLAN_H

#include "base/check.h"
#include "engine/picker.h"

#include <acrida/client.h>
#include <acrida/events.h>

struct acri_user_plan {
    const struct acr_user_type *type;
    const char *plugin;
    struct acri_picker tasks;
    double weight; /* as given, 0 = 1 resolved, ACR_NEVER = 0 */
    uint32_t stack_class;
};

struct acri_listener {
    const struct acr_hooks *hooks;
    const char *plugin;
};

typedef int (*acri_request_fn)(struct acr_user *u, const struct acr_request_event *e);

struct acri_plan {
    struct acri_user_plan *types; /* n_types elements */
    size_t n_types;
    const struct acr_client **clients; /* n_clients elements; the index is the slot */
    size_t n_clients;
    struct acri_listener *listeners; /* n_listeners elements, in load order */
    size_t n_listeners;
    acri_request_fn *on_request; /* n_on_request elements: the listeners that have it */
    size_t n_on_request;
};

/*
 * Take what the plugins offer; user types only those named, or all when n_names is 0. Writes the
 * slots of clients. Plugins are borrowed for the plan's life.
 *
 * Returns: 0; -ENOENT for an unknown user type name; -EINVAL for two of one name, none, or all of
 *          weight zero.
 */
int acri_plan_init(struct acri_plan *plan, const struct acr_plugin *const *plugins,
                   size_t n_plugins, const char *const *names, size_t n_names,
                   struct acri_error *reterr);
void acri_plan_done(struct acri_plan *plan);

#endif
