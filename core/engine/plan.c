/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

#include "base/buf.h"
#include "sched/stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_named(const char *name, const char *const *names, size_t n_names)
{
    for (size_t i = 0; i < n_names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return n_names == 0;
}

static const struct acri_user_plan *find_type(const struct acri_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_types; i++)
        if (strcmp(plan->types[i].type->name, name) == 0)
            return &plan->types[i];
    return NULL;
}

static void add_type(struct acri_plan *plan, const struct acr_user_type *type, const char *plugin)
{
    double *weights = acri_alloc((type->n_tasks + 1) * sizeof(*weights));
    struct acri_user_plan *p = &plan->types[plan->n_types++];

    for (size_t i = 0; i < type->n_tasks; i++) {
        int weight = type->tasks[i].weight;

        weights[i] = weight == 0 ? 1 : weight > 0 ? (double)weight : 0;
    }
    p->type = type;
    p->plugin = plugin;
    p->weight = type->weight > 0 ? type->weight : type->weight < 0 ? 0 : 1;
    p->stack_class = acri_stack_class_of(type->stack_kib);
    acri_picker_init(&p->tasks, weights, type->n_tasks);
    free(weights);
}

static int add_types(struct acri_plan *plan, const struct acr_plugin *plugin,
                     const char *const *names, size_t n_names, struct acri_error *reterr)
{
    for (size_t i = 0; i < plugin->n_user_types; i++) {
        const struct acr_user_type *type = &plugin->user_types[i];

        if (!is_named(type->name, names, n_names))
            continue;
        if (find_type(plan, type->name) != NULL)
            return acri_fail(reterr, -EINVAL,
                             "two user types are called '%s': rename one, or give fewer scenarios",
                             type->name);
        add_type(plan, type, plugin->name);
    }
    return 0;
}

static int add_clients(struct acri_plan *plan, const struct acr_plugin *plugin,
                       struct acri_error *reterr)
{
    for (size_t i = 0; i < plugin->n_clients; i++) {
        const struct acr_client *client = &plugin->clients[i];

        for (size_t k = 0; k < plan->n_clients; k++)
            if (strcmp(plan->clients[k]->name, client->name) == 0)
                return acri_fail(reterr, -EINVAL, "two clients are called '%s': load one of them",
                                 client->name);
        *client->slot = (uint32_t)plan->n_clients;
        plan->clients[plan->n_clients++] = client;
    }
    return 0;
}

static void add_listener(struct acri_plan *plan, const struct acr_plugin *plugin)
{
    if (plugin->hooks == NULL)
        return;
    plan->listeners[plan->n_listeners++] =
        (struct acri_listener){ .hooks = plugin->hooks, .plugin = plugin->name };
    if (plugin->hooks->request != NULL)
        plan->on_request[plan->n_on_request++] = plugin->hooks->request;
}

static int check_names(const struct acri_plan *plan, const struct acr_plugin *const *plugins,
                       size_t n_plugins, const char *const *names, size_t n_names,
                       struct acri_error *reterr)
{
    struct acri_buf known;
    int r = 0;

    for (size_t i = 0; i < n_names && r == 0; i++) {
        if (find_type(plan, names[i]) != NULL)
            continue;
        acri_buf_init(&known, 800);
        for (size_t k = 0; k < n_plugins; k++)
            for (size_t t = 0; t < plugins[k]->n_user_types; t++)
                acri_buf_printf(&known, "%s%s", known.length > 0 ? ", " : "",
                                plugins[k]->user_types[t].name);
        r = acri_fail(reterr, -ENOENT, "there is no user type '%s'; there is: %s", names[i],
                      acri_buf_text(&known));
        acri_buf_done(&known);
    }
    return r;
}

static int check_weights(const struct acri_plan *plan, struct acri_error *reterr)
{
    if (plan->n_types == 0)
        return acri_fail(reterr, -EINVAL,
                         "no user types: give a scenario with .user_types in its ACR_PLUGIN");
    for (size_t i = 0; i < plan->n_types; i++)
        if (plan->types[i].weight > 0)
            return 0;
    return acri_fail(reterr, -EINVAL, "no user can be started: all user types have weight zero");
}

int acri_plan_init(struct acri_plan *plan, const struct acr_plugin *const *plugins,
                   size_t n_plugins, const char *const *names, size_t n_names,
                   struct acri_error *reterr)
{
    size_t n_types = 0;
    size_t n_clients = 0;
    int r = 0;

    for (size_t i = 0; i < n_plugins; i++) {
        n_types += plugins[i]->n_user_types;
        n_clients += plugins[i]->n_clients;
    }
    *plan = (struct acri_plan){
        .types = acri_alloc(n_types * sizeof(*plan->types)),
        .clients = acri_alloc(n_clients * sizeof(const struct acr_client *)),
        .listeners = acri_alloc(n_plugins * sizeof(*plan->listeners)),
        .on_request = acri_alloc(n_plugins * sizeof(*plan->on_request)),
    };
    for (size_t i = 0; i < n_plugins && r == 0; i++) {
        r = add_types(plan, plugins[i], names, n_names, reterr);
        if (r == 0)
            r = add_clients(plan, plugins[i], reterr);
        add_listener(plan, plugins[i]);
    }
    if (r == 0)
        r = check_names(plan, plugins, n_plugins, names, n_names, reterr);
    if (r == 0)
        r = check_weights(plan, reterr);
    if (r < 0)
        acri_plan_done(plan);
    return r;
}

void acri_plan_done(struct acri_plan *plan)
{
    for (size_t i = 0; i < plan->n_types; i++)
        acri_picker_done(&plan->types[i].tasks);
    free(plan->types);
    free((void *)plan->clients);
    free(plan->listeners);
    free(plan->on_request);
    *plan = (struct acri_plan){ 0 };
}
