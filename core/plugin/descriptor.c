/* SPDX-License-Identifier: MIT */
#include "plugin/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- ABI -------------------------------------------------------------------------------------- */

/* Everything but these four is read through header_size. */
#define HEADER_START (offsetof(struct acr_abi, minor) + sizeof(uint32_t))
#define SIZE_MAX_BYTES 65536u

/* The sizes of the descriptors: the members of struct acr_abi from here to its end. */
#define N_SIZES \
    ((sizeof(struct acr_abi) - offsetof(struct acr_abi, plugin_size)) / sizeof(uint32_t))

/* The header as we know it, zero where the plugin's is shorter. */
static struct acr_abi read_header(const struct acr_module *module)
{
    struct acr_abi abi = { 0 };
    uint32_t size = module->abi.header_size;

    memcpy(&abi, module, size < sizeof(abi) ? size : sizeof(abi));
    return abi;
}

/* What follows the header, wherever the plugin's header ends. */
static const void *read_plugin(const struct acr_module *module)
{
    size_t at = (module->abi.header_size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    const void *plugin;

    memcpy(&plugin, (const char *)module + at, sizeof(plugin));
    return plugin;
}

static int refuse_layout(const char *path, struct acri_error *reterr)
{
    return acri_fail(reterr, -ENOEXEC,
                     "%s: its ACR_PLUGIN header has impossible sizes: rebuild it against this SDK, "
                     "without flags that change the layout of structures",
                     path);
}

int acri_descriptor_check_abi(const struct acr_module *module, const char *path,
                              struct acri_error *reterr)
{
    static const uint32_t ours[N_SIZES] = {
        (uint32_t)sizeof(struct acr_plugin),
        (uint32_t)sizeof(struct acr_user_type),
        (uint32_t)sizeof(struct acr_task),
        (uint32_t)sizeof(struct acr_client),
        (uint32_t)sizeof(struct acr_option),
        (uint32_t)sizeof(struct acr_hooks),
        (uint32_t)sizeof(struct acr_task_set),
        (uint32_t)sizeof(struct acr_transition),
        (uint32_t)sizeof(struct acr_event),
        (uint32_t)sizeof(struct acr_listener),
        (uint32_t)sizeof(struct acr_loop_state_type),
        (uint32_t)sizeof(struct acr_shape),
        (uint32_t)sizeof(struct acr_stage),
        (uint32_t)sizeof(struct acr_command),
    };
    const struct acr_abi *abi;

    if (module == NULL)
        return acri_fail(reterr, -ENOEXEC, "%s: its acr_plugin_v1 returns NULL: use ACR_PLUGIN",
                         path);
    abi = &module->abi;
    if (abi->magic != ACR_ABI_MAGIC || abi->header_size < HEADER_START ||
        abi->header_size > SIZE_MAX_BYTES)
        return acri_fail(
            reterr, -ENOEXEC,
            "%s: its ACR_PLUGIN header is not one of acrida: rebuild it against this SDK", path);
    if (abi->major != ACR_ABI_MAJOR || abi->minor != ACR_ABI_MINOR)
        return acri_fail(
            reterr, -ENOEXEC,
            "%s was built for SDK ABI %u.%u, and this is %d.%d: rebuild it against this "
            "SDK",
            path, abi->major, abi->minor, ACR_ABI_MAJOR, ACR_ABI_MINOR);
    /* The same version has the same layout; once older ones are let in, theirs may be smaller. */
    if (abi->header_size != sizeof(*abi) || memcmp(&abi->plugin_size, ours, sizeof(ours)) != 0)
        return refuse_layout(path, reterr);
    return module->plugin != NULL
               ? 0
               : acri_fail(reterr, -ENOEXEC, "%s: its ACR_PLUGIN is empty", path);
}

/* --- widening --------------------------------------------------------------------------------- */

/* Sets that are being widened, or have been: several tasks may share one. */
struct seen_set {
    const struct acr_task_set *source;
    const struct acr_task_set *copy; /* NULL: its own tasks are being looked at */
    struct seen_set *next;
};

struct widening {
    struct acri_arena *arena;
    struct acr_abi abi; /* as the plugin saw it */
    const char *path;
    struct acri_error *reterr;
    struct seen_set **seen;
};

/* n elements of from_size bytes become n of to_size; bytes that one side lacks are zero, or left
 * out. */
static int widen_array(const struct widening *w, const void *from, size_t n, size_t from_size,
                       size_t to_size, const char *what, void **ret_array)
{
    char *to;

    *ret_array = NULL;
    if (n == 0)
        return 0;
    if (from == NULL)
        return acri_fail(w->reterr, -EINVAL, "%s: %zu %s announced, but there are none: NULL",
                         w->path, n, what);
    if (n > ACRI_DESCRIPTOR_LIMIT)
        return acri_fail(w->reterr, -EINVAL, "%s: %zu %s are more than the %u that make sense",
                         w->path, n, what, ACRI_DESCRIPTOR_LIMIT);
    to = acri_arena_alloc(w->arena, n * to_size);
    if (to == NULL)
        return acri_fail(w->reterr, -ENOMEM, "%s: its descriptors are too large", w->path);
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * to_size, (const char *)from + i * from_size,
               from_size < to_size ? from_size : to_size);
    *ret_array = to;
    return 0;
}

/* Texts are copied too: what is printed later does not depend on the plugin's memory. */
static int copy_text(const struct widening *w, const char **text)
{
    size_t bytes = *text != NULL ? strnlen(*text, ACRI_DESCRIPTOR_TEXT_LIMIT) + 1 : 0;
    char *copy;

    if (bytes == 0)
        return 0;
    if (bytes > ACRI_DESCRIPTOR_TEXT_LIMIT)
        return acri_fail(w->reterr, -EINVAL,
                         "%s: a text of its descriptors is longer than %u bytes", w->path,
                         ACRI_DESCRIPTOR_TEXT_LIMIT);
    copy = acri_arena_alloc(w->arena, bytes);
    if (copy == NULL)
        return acri_fail(w->reterr, -ENOMEM, "%s: its descriptors are too large", w->path);
    memcpy(copy, *text, bytes - 1);
    *text = copy;
    return 0;
}

static int copy_texts(const struct widening *w, const char **const *texts, size_t n)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = copy_text(w, texts[i]);
    return r;
}

static int widen_transitions(const struct widening *w, struct acr_task *task)
{
    struct acr_transition *transitions;
    void *array;
    int r = widen_array(w, task->transitions, task->n_transitions, w->abi.transition_size,
                        sizeof(*transitions), "transitions", &array);

    transitions = array;
    for (size_t i = 0; r == 0 && i < task->n_transitions; i++)
        r = copy_text(w, &transitions[i].task);
    task->transitions = transitions;
    return r;
}

static int widen_task_array(const struct widening *w, const struct acr_task **array, size_t n,
                            unsigned depth);

static int widen_set(const struct widening *w, const struct acr_task_set **set, unsigned depth)
{
    struct seen_set *seen = *w->seen;
    struct acr_task_set *copy;
    void *array;
    int r;

    if (*set == NULL)
        return 0;
    while (seen != NULL && seen->source != *set)
        seen = seen->next;
    if (seen != NULL && seen->copy == NULL)
        return acri_fail(w->reterr, -EINVAL, "%s: a task set contains itself", w->path);
    if (seen != NULL) {
        *set = seen->copy;
        return 0;
    }
    if (depth > ACRI_DESCRIPTOR_DEPTH)
        return acri_fail(w->reterr, -EINVAL, "%s: task sets are nested more than %u deep", w->path,
                         ACRI_DESCRIPTOR_DEPTH);
    seen = acri_arena_alloc(w->arena, sizeof(*seen));
    r = widen_array(w, *set, 1, w->abi.task_set_size, sizeof(*copy), "task sets", &array);
    if (seen == NULL || r < 0)
        return acri_fail(w->reterr, -ENOMEM, "%s: its descriptors are too large", w->path);
    copy = array;
    *seen = (struct seen_set){ .source = *set, .next = *w->seen };
    *w->seen = seen;
    r = widen_task_array(w, &copy->tasks, copy->n_tasks, depth + 1);
    seen->copy = *set = copy;
    return r;
}

static int widen_task_array(const struct widening *w, const struct acr_task **source, size_t n,
                            unsigned depth)
{
    struct acr_task *tasks;
    void *array;
    int r = widen_array(w, *source, n, w->abi.task_size, sizeof(*tasks), "tasks", &array);

    tasks = array;
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = copy_texts(w, (const char **const[]){ &tasks[i].name, &tasks[i].tags }, 2);
        if (r == 0)
            r = widen_transitions(w, &tasks[i]);
        if (r == 0)
            r = widen_set(w, &tasks[i].set, depth);
    }
    *source = tasks;
    return r;
}

/* Task arrays that user types share are copied once: the first type that has it tells the address.
 */
static int widen_tasks(const struct widening *w, struct acr_user_type *types,
                       const struct acr_task **sources, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (sources[k] == sources[i] && types[k].n_tasks == types[i].n_tasks) {
            types[i].tasks = types[k].tasks;
            return 0;
        }
    return widen_task_array(w, &types[i].tasks, types[i].n_tasks, 1);
}

static int widen_types(const struct widening *w, struct acr_plugin *plugin)
{
    const struct acr_task **sources;
    struct acr_user_type *types;
    void *array;
    int r = widen_array(w, plugin->user_types, plugin->n_user_types, w->abi.user_type_size,
                        sizeof(*types), "user types", &array);

    if (r < 0)
        return r;
    types = array;
    plugin->user_types = types;
    sources = acri_alloc((plugin->n_user_types + 1) * sizeof(const struct acr_task *));
    for (size_t i = 0; i < plugin->n_user_types && r == 0; i++) {
        sources[i] = types[i].tasks;
        r = copy_texts(w, (const char **const[]){ &types[i].name, &types[i].host }, 2);
        if (r == 0)
            r = widen_tasks(w, types, sources, i);
    }
    free((void *)sources);
    return r;
}

static int widen_clients(const struct widening *w, struct acr_plugin *plugin)
{
    struct acr_client *clients;
    void *array;
    int r = widen_array(w, plugin->clients, plugin->n_clients, w->abi.client_size, sizeof(*clients),
                        "clients", &array);

    clients = array;
    for (size_t i = 0; r == 0 && i < plugin->n_clients; i++)
        r = copy_text(w, &clients[i].name);
    plugin->clients = clients;
    return r;
}

static int widen_options(const struct widening *w, struct acr_plugin *plugin)
{
    struct acr_option *options;
    void *array;
    int r = widen_array(w, plugin->options, plugin->n_options, w->abi.option_size, sizeof(*options),
                        "options", &array);

    options = array;
    for (size_t i = 0; r == 0 && i < plugin->n_options; i++)
        r = copy_texts(w,
                       (const char **const[]){ &options[i].name, &options[i].metavar,
                                               &options[i].help, &options[i].default_value,
                                               &options[i].choices },
                       5);
    plugin->options = options;
    return r;
}

static int widen_commands(const struct widening *w, struct acr_plugin *plugin)
{
    struct acr_command *commands;
    void *array;
    int r = widen_array(w, plugin->commands, plugin->n_commands, w->abi.command_size,
                        sizeof(*commands), "commands", &array);

    commands = array;
    for (size_t i = 0; r == 0 && i < plugin->n_commands; i++)
        r = copy_texts(
            w, (const char **const[]){ &commands[i].name, &commands[i].help, &commands[i].usage },
            3);
    plugin->commands = commands;
    return r;
}

static int widen_events(const struct widening *w, struct acr_plugin *plugin)
{
    struct acr_event *events;
    struct acr_listener *listeners;
    void *array;
    int r = widen_array(w, plugin->events, plugin->n_events, w->abi.event_size, sizeof(*events),
                        "events", &array);

    events = array;
    for (size_t i = 0; r == 0 && i < plugin->n_events; i++)
        r = copy_text(w, &events[i].name);
    plugin->events = events;
    if (r < 0)
        return r;
    r = widen_array(w, plugin->listeners, plugin->n_listeners, w->abi.listener_size,
                    sizeof(*listeners), "listeners", &array);
    listeners = array;
    for (size_t i = 0; r == 0 && i < plugin->n_listeners; i++)
        r = copy_text(w, &listeners[i].event);
    plugin->listeners = listeners;
    return r;
}

static int widen_shape(const struct widening *w, struct acr_plugin *plugin)
{
    struct acr_shape *shape;
    struct acr_stage *stages;
    void *array;
    int r = widen_array(w, plugin->shape, plugin->shape != NULL, w->abi.shape_size, sizeof(*shape),
                        "shapes", &array);

    shape = array;
    plugin->shape = shape;
    if (r < 0 || shape == NULL)
        return r;
    r = widen_array(w, shape->stages, shape->n_stages, w->abi.stage_size, sizeof(*stages), "stages",
                    &array);
    stages = array;
    for (size_t i = 0; r == 0 && i < shape->n_stages; i++)
        r = copy_text(w, &stages[i].user_types);
    shape->stages = stages;
    return r;
}

static int widen_goals(const struct widening *w, struct acr_plugin *plugin)
{
    const char **goals;
    void *array;
    int r = widen_array(w, (const void *)plugin->goals, plugin->n_goals, sizeof(const char *),
                        sizeof(const char *), "goals", &array);

    goals = array;
    for (size_t i = 0; r == 0 && i < plugin->n_goals; i++)
        r = copy_text(w, &goals[i]);
    plugin->goals = goals;
    return r;
}

/* The structures that a plugin has one of, or none. */
static int widen_singles(const struct widening *w, struct acr_plugin *plugin)
{
    void *array;
    int r = widen_array(w, plugin->hooks, plugin->hooks != NULL, w->abi.hooks_size,
                        sizeof(struct acr_hooks), "hooks", &array);

    plugin->hooks = array;
    if (r < 0)
        return r;
    r = widen_array(w, plugin->loop_state, plugin->loop_state != NULL, w->abi.loop_state_size,
                    sizeof(struct acr_loop_state_type), "loop states", &array);
    plugin->loop_state = array;
    return r == 0 ? widen_shape(w, plugin) : r;
}

int acri_descriptor_widen(const struct acr_module *module, const char *path,
                          struct acri_arena *arena, const struct acr_plugin **ret_plugin,
                          struct acri_error *reterr)
{
    struct seen_set *seen = NULL;
    const struct widening w = {
        .arena = arena, .abi = read_header(module), .path = path, .reterr = reterr, .seen = &seen
    };
    const uint32_t *sizes = &w.abi.plugin_size;
    struct acr_plugin *plugin;
    void *array;
    int r;

    for (size_t i = 0; i < N_SIZES; i++)
        if (sizes[i] == 0 || sizes[i] > SIZE_MAX_BYTES || sizes[i] % sizeof(void *) != 0)
            return refuse_layout(path, reterr);
    r = widen_array(&w, read_plugin(module), 1, w.abi.plugin_size, sizeof(*plugin), "plugins",
                    &array);
    if (r < 0)
        return r;
    plugin = array;
    r = copy_texts(&w, (const char **const[]){ &plugin->name, &plugin->version }, 2);
    if (r == 0)
        r = widen_types(&w, plugin);
    if (r == 0)
        r = widen_clients(&w, plugin);
    if (r == 0)
        r = widen_options(&w, plugin);
    if (r == 0)
        r = widen_events(&w, plugin);
    if (r == 0)
        r = widen_goals(&w, plugin);
    if (r == 0)
        r = widen_commands(&w, plugin);
    if (r == 0)
        r = widen_singles(&w, plugin);
    if (r == 0)
        *ret_plugin = plugin;
    return r;
}
