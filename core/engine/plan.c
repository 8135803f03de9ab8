/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

#include "base/buf.h"
#include "base/log.h"
#include "sched/stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct acri_plan_options no_options;

/* What is being put together, and from what. */
struct planning {
    struct acri_plan *plan;
    const struct acr_plugin *const *plugins; /* n_plugins elements */
    size_t n_plugins;
    const struct acri_plan_options *o;
    struct acri_error *reterr;
};

/* --- user types ---------------------------------------------------------------------------------
 */

static bool is_named(const char *name, const struct acri_plan_options *o)
{
    for (size_t i = 0; i < o->n_names; i++)
        if (strcmp(name, o->names[i]) == 0)
            return true;
    return o->n_names == 0;
}

static const struct acr_user_type *find_type(const struct planning *p, const char *name)
{
    for (size_t i = 0; i < p->n_plugins; i++)
        for (size_t k = 0; k < p->plugins[i]->n_user_types; k++)
            if (strcmp(p->plugins[i]->user_types[k].name, name) == 0)
                return &p->plugins[i]->user_types[k];
    return NULL;
}

static const struct acri_type_change *find_change(const struct planning *p, const char *name)
{
    const struct acri_type_change *found = NULL;

    /* The last one counts, as of repeated options. */
    for (size_t i = 0; i < p->o->n_changes; i++)
        if (strcmp(p->o->changes[i].name, name) == 0)
            found = &p->o->changes[i];
    return found;
}

static void apply_change(struct acri_user_plan *u, const struct acri_type_change *c)
{
    if (c->has_weight)
        u->weight = c->weight;
    if (c->has_fixed_count)
        u->fixed_count = c->fixed_count;
    if (c->host != NULL)
        u->host = c->host;
}

static void add_type(const struct planning *p, const struct acr_user_type *type, const char *plugin)
{
    const struct acri_type_change *change = find_change(p, type->name);
    struct acri_task_filter filter = { .tags = p->o->tags,
                                       .n_tags = p->o->n_tags,
                                       .exclude_tags = p->o->exclude_tags,
                                       .n_exclude_tags = p->o->n_exclude_tags,
                                       .is_flat = p->o->equal_weights };
    struct acri_user_plan u = { .type = type,
                                .plugin = plugin,
                                .host = type->host != NULL ? type->host : "",
                                .index = (uint32_t)p->plan->n_types,
                                .weight = type->weight > 0   ? type->weight
                                          : type->weight < 0 ? 0
                                                             : 1,
                                .fixed_count = type->fixed_count,
                                .stack_class = acri_stack_class_of(type->stack_kib) };

    if (change != NULL) {
        apply_change(&u, change);
        filter.names = change->tasks;
        filter.n_names = change->n_tasks;
    }
    if (p->o->equal_weights && u.weight > 0)
        u.weight = 1;
    u.tasks = acri_task_plan_new(type, &filter, &p->plan->n_rates);
    if (u.tasks == NULL) {
        acri_log_warning("user type '%s' is left out: none of its tasks is left by --tags, "
                         "--exclude-tags or --config-users",
                         type->name);
        return;
    }
    p->plan->types[p->plan->n_types++] = u;
}

static bool is_planned(const struct acri_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_types; i++)
        if (strcmp(plan->types[i].type->name, name) == 0)
            return true;
    return false;
}

static int add_types(const struct planning *p, const struct acr_plugin *plugin)
{
    for (size_t i = 0; i < plugin->n_user_types; i++) {
        const struct acr_user_type *type = &plugin->user_types[i];

        if (!is_named(type->name, p->o))
            continue;
        if (is_planned(p->plan, type->name))
            return acri_fail(p->reterr, -EINVAL,
                             "two user types are called '%s': rename one, or give fewer scenarios",
                             type->name);
        add_type(p, type, plugin->name);
    }
    return 0;
}

static int refuse_type(const struct planning *p, const char *name)
{
    struct acri_buf known;
    int r;

    acri_buf_init(&known, 800);
    for (size_t k = 0; k < p->n_plugins; k++)
        for (size_t t = 0; t < p->plugins[k]->n_user_types; t++)
            acri_buf_printf(&known, "%s%s", known.length > 0 ? ", " : "",
                            p->plugins[k]->user_types[t].name);
    r = acri_fail(p->reterr, -ENOENT, "there is no user type '%s'; there is: %s", name,
                  acri_buf_text(&known));
    acri_buf_done(&known);
    return r;
}

static int check_change(const struct planning *p, const struct acri_type_change *c)
{
    const struct acr_user_type *type = find_type(p, c->name);

    if (type == NULL)
        return refuse_type(p, c->name);
    for (size_t i = 0; i < c->n_tasks; i++) {
        size_t k = 0;

        while (k < type->n_tasks && strcmp(type->tasks[k].name, c->tasks[i]) != 0)
            k++;
        if (k == type->n_tasks)
            return acri_fail(p->reterr, -ENOENT, "user type '%s' has no task '%s'", c->name,
                             c->tasks[i]);
    }
    return 0;
}

static int check_names(const struct planning *p)
{
    for (size_t i = 0; i < p->o->n_names; i++)
        if (find_type(p, p->o->names[i]) == NULL)
            return refuse_type(p, p->o->names[i]);
    for (size_t i = 0; i < p->o->n_changes; i++) {
        int r = check_change(p, &p->o->changes[i]);

        if (r < 0)
            return r;
    }
    return 0;
}

static int check_weights(const struct planning *p)
{
    size_t n_types = 0;

    for (size_t i = 0; i < p->n_plugins; i++)
        n_types += p->plugins[i]->n_user_types;
    if (n_types == 0)
        return acri_fail(p->reterr, -EINVAL,
                         "no user types: give a scenario with .user_types in its ACR_PLUGIN");
    if (p->plan->n_types == 0)
        return acri_fail(
            p->reterr, -EINVAL,
            "no task is left: --tags, --exclude-tags and --config-users leave out all");
    for (size_t i = 0; i < p->plan->n_types; i++)
        if (p->plan->types[i].weight > 0 || p->plan->types[i].fixed_count > 0)
            return 0;
    return acri_fail(p->reterr, -EINVAL, "no user can be started: all user types have weight zero");
}

/* --- what else plugins offer --------------------------------------------------------------------
 */

static int add_clients(const struct planning *p, const struct acr_plugin *plugin)
{
    struct acri_plan *plan = p->plan;

    for (size_t i = 0; i < plugin->n_clients; i++) {
        const struct acr_client *client = &plugin->clients[i];

        for (size_t k = 0; k < plan->n_clients; k++)
            if (strcmp(plan->clients[k]->name, client->name) == 0)
                return acri_fail(p->reterr, -EINVAL,
                                 "two clients are called '%s': load one of them", client->name);
        *client->slot = (uint32_t)plan->n_clients;
        plan->clients[plan->n_clients++] = client;
    }
    return 0;
}

static int add_events(const struct planning *p, const struct acr_plugin *plugin)
{
    struct acri_plan *plan = p->plan;

    for (size_t i = 0; i < plugin->n_events; i++) {
        const struct acr_event *event = &plugin->events[i];

        for (size_t k = 0; k < plan->n_events; k++)
            if (strcmp(plan->events[k].event->name, event->name) == 0)
                return acri_fail(
                    p->reterr, -EINVAL,
                    "two custom events are called '%s': rename one (\"plugin.event\" is "
                    "usual)",
                    event->name);
        *event->slot = (uint32_t)plan->n_events;
        plan->events[plan->n_events++] = (struct acri_event_plan){ .event = event };
    }
    return 0;
}

static int add_listener(const struct planning *p, const struct acr_plugin *plugin,
                        const struct acr_listener *l)
{
    struct acri_event_plan *e = p->plan->events;
    size_t n = p->plan->n_events;

    while (n > 0 && strcmp(e->event->name, l->event) != 0)
        e++, n--;
    if (n == 0) {
        acri_log_warning("plugin '%s' listens to the event '%s', which no plugin declares",
                         plugin->name, l->event);
        return 0;
    }
    if (l->payload_size > e->event->payload_size)
        return acri_fail(p->reterr, -EINVAL,
                         "plugin '%s' listens to '%s' with a payload of %zu bytes, but it has %zu: "
                         "build both against the same header",
                         plugin->name, l->event, l->payload_size, e->event->payload_size);
    e->listeners = acri_realloc(e->listeners, (e->n_listeners + 1) * sizeof(*e->listeners));
    e->listeners[e->n_listeners].function = l->function;
    e->listeners[e->n_listeners++].plugin = plugin->name;
    return 0;
}

static int add_shape(const struct planning *p, const struct acr_plugin *plugin)
{
    if (plugin->shape == NULL)
        return 0;
    if (p->plan->shape != NULL)
        return acri_fail(p->reterr, -EINVAL,
                         "plugin '%s' has a shape, and so has another: give one of them",
                         plugin->name);
    p->plan->shape = plugin->shape;
    return 0;
}

static void add_hooks(struct acri_plan *plan, const struct acr_plugin *plugin)
{
    if (plugin->loop_state != NULL) {
        *plugin->loop_state->slot = (uint32_t)plan->n_loop_states;
        plan->loop_states[plan->n_loop_states++] = plugin->loop_state;
    }
    if (plugin->hooks == NULL)
        return;
    plan->listeners[plan->n_listeners++] =
        (struct acri_hook_set){ .hooks = plugin->hooks, .plugin = plugin->name };
    if (plugin->hooks->request != NULL)
        plan->on_request[plan->n_on_request++] =
            (struct acri_request_listener){ .function = plugin->hooks->request,
                                            .option = plugin->hooks->request_option,
                                            .plugin = plugin->name };
}

/* Events of all plugins are there before anyone listens. */
static int add_all(const struct planning *p)
{
    int r = check_names(p);

    for (size_t i = 0; i < p->n_plugins && r == 0; i++) {
        r = add_types(p, p->plugins[i]);
        if (r == 0)
            r = add_clients(p, p->plugins[i]);
        if (r == 0)
            r = add_events(p, p->plugins[i]);
        if (r == 0)
            r = add_shape(p, p->plugins[i]);
        add_hooks(p->plan, p->plugins[i]);
    }
    for (size_t i = 0; i < p->n_plugins; i++)
        for (size_t k = 0; k < p->plugins[i]->n_listeners && r == 0; k++)
            r = add_listener(p, p->plugins[i], &p->plugins[i]->listeners[k]);
    return r == 0 && !p->o->has_no_users ? check_weights(p) : r;
}

int acri_plan_init(struct acri_plan *plan, const struct acr_plugin *const *plugins,
                   size_t n_plugins, const struct acri_plan_options *options,
                   struct acri_error *reterr)
{
    const struct planning p = { .plan = plan,
                                .plugins = plugins,
                                .n_plugins = n_plugins,
                                .o = options != NULL ? options : &no_options,
                                .reterr = reterr };
    size_t n_types = 0;
    size_t n_clients = 0;
    size_t n_events = 0;
    int r;

    for (size_t i = 0; i < n_plugins; i++) {
        n_types += plugins[i]->n_user_types;
        n_clients += plugins[i]->n_clients;
        n_events += plugins[i]->n_events;
    }
    *plan = (struct acri_plan){
        .types = acri_alloc(n_types * sizeof(*plan->types)),
        .clients = acri_alloc(n_clients * sizeof(const struct acr_client *)),
        .listeners = acri_alloc(n_plugins * sizeof(*plan->listeners)),
        .on_request = acri_alloc(n_plugins * sizeof(*plan->on_request)),
        .events = acri_alloc(n_events * sizeof(*plan->events)),
        .loop_states = acri_alloc(n_plugins * sizeof(const struct acr_loop_state_type *)),
    };
    r = add_all(&p);
    if (r < 0)
        acri_plan_done(plan);
    return r;
}

void acri_plan_done(struct acri_plan *plan)
{
    for (size_t i = 0; i < plan->n_types; i++)
        acri_task_plan_free(plan->types[i].tasks);
    for (size_t i = 0; i < plan->n_events; i++)
        free(plan->events[i].listeners);
    free(plan->types);
    free((void *)plan->clients);
    free(plan->listeners);
    free(plan->on_request);
    free(plan->events);
    free((void *)plan->loop_states);
    *plan = (struct acri_plan){ 0 };
}
