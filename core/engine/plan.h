/* SPDX-License-Identifier: MIT */
/*
 * What a run consists of: the user types, clients and listeners of all loaded plugins. Constant
 * while loops run.
 */
#ifndef ACRIDA_ENGINE_PLAN_H
#define ACRIDA_ENGINE_PLAN_H

#include "base/check.h"
#include "engine/task_plan.h"

#include <acrida/client.h>
#include <acrida/events.h>

struct acri_user_plan {
    const struct acr_user_type *type;
    const char *plugin;
    const char *host; /* "" = none */
    uint32_t index;   /* among the plan's types */
    struct acri_set_plan *tasks;
    double weight; /* as given, 0 = 1 resolved, ACR_NEVER = 0 */
    uint64_t fixed_count;
    uint32_t stack_class;
};

struct acri_hook_set {
    const struct acr_hooks *hooks;
    const char *plugin;
};

/* A custom event with those that listen to it. */
struct acri_event_plan {
    const struct acr_event *event;
    struct acri_event_listener {
        int (*function)(struct acr_user *u, const void *payload);
        const char *plugin;
    } * listeners; /* n_listeners elements, in load order */
    size_t n_listeners;
};

/* One that has the hook `request`: called for each sample, so it has a list of its own. */
struct acri_request_listener {
    int (*function)(struct acr_user *u, const struct acr_request_event *e);
    const char *option; /* without which it has nothing to do; NULL = always */
    const char *plugin;
};

struct acri_plan {
    struct acri_user_plan *types; /* n_types elements */
    size_t n_types;
    uint32_t n_rates;                  /* total rates in the waits of all sets */
    const struct acr_client **clients; /* n_clients elements; the index is the slot */
    size_t n_clients;
    struct acri_hook_set *listeners; /* n_listeners elements, in load order */
    size_t n_listeners;
    struct acri_request_listener *on_request; /* n_on_request elements, in load order */
    size_t n_on_request;
    struct acri_event_plan *events; /* n_events elements; the index is the slot */
    size_t n_events;
    const struct acr_loop_state_type *
        *loop_states; /* n_loop_states elements; the index is the slot */
    size_t n_loop_states;
    const struct acr_shape *shape; /* of a plugin; NULL = none */
};

/* What the command line changes about a user type (--config-users). */
struct acri_type_change {
    const char *name; /* of the user type */
    bool has_weight;
    double weight;
    bool has_fixed_count;
    uint64_t fixed_count;
    const char *host;         /* NULL = as it is */
    const char *const *tasks; /* n_tasks elements: names of the tasks kept; NULL = all */
    size_t n_tasks;
};

struct acri_plan_options {
    const char *const *names; /* n_names elements: only these user types; all when it is 0 */
    size_t n_names;
    const char *const *tags; /* n_tags elements: only tasks with one of these; all when it is 0 */
    size_t n_tags;
    const char *const *exclude_tags; /* n_exclude_tags elements: no task with one of these */
    size_t n_exclude_tags;
    bool equal_weights; /* all user types alike, all tasks alike, task sets dissolved */
    bool has_no_users;  /* nothing is run: user types may be missing */
    const struct acri_type_change *changes; /* n_changes elements */
    size_t n_changes;
};

/*
 * Take what the plugins offer. Writes the slots of clients, events and loop states. Plugins are
 * borrowed for the plan's life.
 *
 * options: NULL = all as it is.
 * Returns: 0; -ENOENT for an unknown user type or task name; -EINVAL for two of one name, none, or
 *          all of weight zero.
 */
int acri_plan_init(struct acri_plan *plan, const struct acr_plugin *const *plugins,
                   size_t n_plugins, const struct acri_plan_options *options,
                   struct acri_error *reterr);
void acri_plan_done(struct acri_plan *plan);

#endif
