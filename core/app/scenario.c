/* SPDX-License-Identifier: MIT */
#include "app/scenario.h"

#include "app/commands.h"
#include "plugin/descriptor.h"
#include "plugin/resolve.h"
#include "plugin/validate.h"
#include "plugin/where.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void acri_scenario_init(struct acri_scenario *s)
{
    *s = (struct acri_scenario){ 0 };
    acri_loader_init(&s->loader);
}

void acri_scenario_done(struct acri_scenario *s)
{
    acri_loader_done(&s->loader);
    free((void *)s->plugins);
    for (size_t i = 0; i < s->n_folders; i++)
        free(s->folders[i]);
    free(s->folders);
    acri_scenario_init(s);
}

static void list_plugins(struct acri_scenario *s)
{
    s->n_plugins = 0;
    s->plugins = acri_realloc((void *)s->plugins, (s->loader.n + 1) * sizeof(*s->plugins));
    for (size_t i = 0; i < s->loader.n; i++)
        s->plugins[s->n_plugins++] = s->loader.loaded[i].plugin;
    if (s->own != NULL)
        s->plugins[s->n_plugins++] = s->own;
}

int acri_scenario_load_shipped(struct acri_scenario *s, struct acri_error *reterr)
{
    struct acri_where where;
    int r;

    if (s->n_shipped > 0)
        return 0;
    r = acri_where_find(&where, reterr);
    if (r == 0)
        r = acri_loader_open_folder(&s->loader, where.plugins, reterr);
    s->n_shipped = s->loader.n;
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

/* Owner of the folder: the scenario. */
static void add_folder(struct acri_scenario *s, char *folder)
{
    s->folders = acri_realloc(s->folders, (s->n_folders + 1) * sizeof(*s->folders));
    s->folders[s->n_folders++] = folder;
}

/* Beside what it was made of: a file, or a folder that is one scenario. */
static void note_folder(struct acri_scenario *s, const char *made_of)
{
    const char *slash = strrchr(made_of, '/');
    struct stat st;
    char *folder;

    if (stat(made_of, &st) == 0 && S_ISDIR(st.st_mode))
        folder = acri_strdup(made_of);
    else if (slash == NULL)
        folder = acri_strdup(".");
    else
        folder = acri_printf("%.*s", slash == made_of ? 1 : (int)(slash - made_of), made_of);
    add_folder(s, folder);
}

int acri_scenario_load_plugins(struct acri_scenario *s, const struct acri_options *o,
                               struct acri_error *reterr)
{
    size_t n;
    const char *const *plugins = acri_options_list(o, "plugin", &n);
    struct acri_where where;
    int r = n > 0 ? acri_where_find(&where, reterr) : 0;

    if (r == 0 && n > 0)
        r = load_all(s, &where, plugins, n, reterr);
    s->n_others = s->loader.n;
    list_plugins(s);
    return r;
}

int acri_scenario_load(struct acri_scenario *s, const struct acri_options *o,
                       struct acri_error *reterr)
{
    size_t n;
    const char *const *scenarios = acri_options_list(o, "scenario", &n);
    struct acri_where where;
    int r = acri_scenario_load_plugins(s, o, reterr);

    if (r == 0)
        r = acri_where_find(&where, reterr);
    if (r == 0)
        r = load_all(s, &where, scenarios, n, reterr);
    for (size_t i = s->n_others; i < s->loader.n; i++)
        note_folder(s, s->loader.loaded[i].name);
    list_plugins(s);
    return r;
}

int acri_scenario_open(struct acri_scenario *s, const char *path, const char *name,
                       const char *folder, struct acri_error *reterr)
{
    int r = acri_loader_open_as(&s->loader, path, name, reterr);

    if (r == 0 && folder != NULL)
        add_folder(s, acri_strdup(folder));
    else if (r == 0)
        s->n_others = s->loader.n;
    list_plugins(s);
    return r;
}

int acri_scenario_add(struct acri_scenario *s, const struct acr_plugin *plugin,
                      struct acri_error *reterr)
{
    static const char name[] = "the plugin of this program";
    const struct acr_module module = {
        .abi = { .magic = ACR_ABI_MAGIC,
                 .header_size = sizeof(struct acr_abi),
                 .major = ACR_ABI_MAJOR,
                 .minor = ACR_ABI_MINOR,
                 .plugin_size = sizeof(struct acr_plugin),
                 .user_type_size = sizeof(struct acr_user_type),
                 .task_size = sizeof(struct acr_task),
                 .client_size = sizeof(struct acr_client),
                 .option_size = sizeof(struct acr_option),
                 .hooks_size = sizeof(struct acr_hooks),
                 .task_set_size = sizeof(struct acr_task_set),
                 .transition_size = sizeof(struct acr_transition),
                 .event_size = sizeof(struct acr_event),
                 .listener_size = sizeof(struct acr_listener),
                 .loop_state_size = sizeof(struct acr_loop_state_type),
                 .shape_size = sizeof(struct acr_shape),
                 .stage_size = sizeof(struct acr_stage),
                 .command_size = sizeof(struct acr_command) },
        .plugin = plugin,
    };
    const struct acr_plugin *own = NULL;
    int r = acri_descriptor_check_abi(&module, name, reterr);

    if (r == 0)
        r = acri_descriptor_widen(&module, name, &s->loader.arena, &own, reterr);
    if (r == 0)
        r = acri_validate(own, name, reterr);
    if (r < 0)
        return r;
    s->own = own;
    list_plugins(s);
    return 0;
}

int acri_scenario_add_options(const struct acri_scenario *s, struct acri_options *o,
                              struct acri_error *reterr)
{
    int r = acri_commands_check(s->plugins, s->n_plugins, reterr);

    for (size_t i = 0; i < s->n_plugins && r == 0; i++)
        r = acri_options_add(o, s->plugins[i]->name, s->plugins[i]->options,
                             s->plugins[i]->n_options, reterr);
    return r;
}
