/* SPDX-License-Identifier: MIT */
#include "app/scenario.h"

#include "plugin/resolve.h"
#include "plugin/where.h"

#include <stdlib.h>

void acri_scenario_init(struct acri_scenario *s)
{
    *s = (struct acri_scenario){ 0 };
    acri_loader_init(&s->loader);
}

void acri_scenario_done(struct acri_scenario *s)
{
    acri_loader_done(&s->loader);
    free((void *)s->plugins);
    acri_scenario_init(s);
}

static void list_plugins(struct acri_scenario *s)
{
    s->n_plugins = s->loader.n;
    s->plugins = acri_realloc((void *)s->plugins, s->n_plugins * sizeof(*s->plugins));
    for (size_t i = 0; i < s->n_plugins; i++)
        s->plugins[i] = s->loader.loaded[i].plugin;
}

int acri_scenario_load_shipped(struct acri_scenario *s, struct acri_error *reterr)
{
    struct acri_where where;
    int r = acri_where_find(&where, reterr);

    if (r == 0)
        r = acri_loader_open_folder(&s->loader, where.plugins, reterr);
    list_plugins(s);
    return r;
}

static int load_all(struct acri_scenario *s, const struct acri_where *where,
                    const char *const *given, size_t n, struct acri_error *reterr)
{
    struct acri_paths paths;
    int r = acri_resolve(where, given, n, &paths, reterr);

    for (size_t i = 0; i < paths.n && r == 0; i++)
        r = acri_loader_open_as(&s->loader, paths.paths[i], paths.names[i], reterr);
    acri_paths_done(&paths);
    return r;
}

int acri_scenario_load(struct acri_scenario *s, const struct acri_options *o,
                       struct acri_error *reterr)
{
    size_t n_plugins;
    size_t n_scenarios;
    const char *const *plugins = acri_options_list(o, "plugin", &n_plugins);
    const char *const *scenarios = acri_options_list(o, "scenario", &n_scenarios);
    struct acri_where where;
    int r = acri_where_find(&where, reterr);

    if (r == 0 && n_plugins > 0)
        r = load_all(s, &where, plugins, n_plugins, reterr);
    if (r == 0)
        r = load_all(s, &where, scenarios, n_scenarios, reterr);
    list_plugins(s);
    return r;
}
