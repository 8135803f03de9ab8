/* SPDX-License-Identifier: MIT */
#include "plugin/descriptor.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
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
        (uint32_t)sizeof(struct acr_plugin), (uint32_t)sizeof(struct acr_user_type),
        (uint32_t)sizeof(struct acr_task),   (uint32_t)sizeof(struct acr_client),
        (uint32_t)sizeof(struct acr_option), (uint32_t)sizeof(struct acr_hooks),
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

struct widening {
    struct acri_arena *arena;
    struct acr_abi abi; /* as the plugin saw it */
    const char *path;
    struct acri_error *reterr;
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

static int widen_task_array(const struct widening *w, struct acr_user_type *type)
{
    struct acr_task *tasks;
    void *array;
    int r = widen_array(w, type->tasks, type->n_tasks, w->abi.task_size, sizeof(*tasks), "tasks",
                        &array);

    tasks = array;
    for (size_t i = 0; r == 0 && i < type->n_tasks; i++)
        r = copy_texts(w, (const char **const[]){ &tasks[i].name, &tasks[i].tags }, 2);
    type->tasks = tasks;
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
    return widen_task_array(w, &types[i]);
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
                                               &options[i].help, &options[i].default_value },
                       4);
    plugin->options = options;
    return r;
}

int acri_descriptor_widen(const struct acr_module *module, const char *path,
                          struct acri_arena *arena, const struct acr_plugin **ret_plugin,
                          struct acri_error *reterr)
{
    const struct widening w = {
        .arena = arena, .abi = read_header(module), .path = path, .reterr = reterr
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
    if (r == 0) {
        r = widen_array(&w, plugin->hooks, plugin->hooks != NULL, w.abi.hooks_size,
                        sizeof(struct acr_hooks), "hooks", &array);
        plugin->hooks = array;
    }
    if (r == 0)
        *ret_plugin = plugin;
    return r;
}

/* --- validation ------------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
    if (name == NULL || *name == '\0')
        return false;
    for (; *name != '\0'; name++)
        if (iscntrl((unsigned char)*name))
            return false;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that two of n descriptors have, or NULL: the name is the first member of each kind. */
static const char *find_twin(const void *array, size_t n, size_t stride)
{
    const char **names = acri_alloc((n + 1) * sizeof(const char *));
    const char *twin = NULL;

    for (size_t i = 0; i < n; i++)
        memcpy(&names[i], (const char *)array + i * stride, sizeof(const char *));
    qsort(names, n, sizeof(const char *), compare_names);
    for (size_t i = 1; i < n && twin == NULL; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            twin = names[i];
    free((void *)names);
    return twin;
}

static int check_tasks(const struct acr_user_type *type, const char *path,
                       struct acri_error *reterr)
{
    const char *twin;
    bool can_pick = false;

    for (size_t i = 0; i < type->n_tasks; i++) {
        const struct acr_task *task = &type->tasks[i];

        if (!is_name(task->name))
            return acri_fail(reterr, -EINVAL, "%s: task %zu of user type '%s' has no name", path,
                             i + 1, type->name);
        if (task->run == NULL)
            return acri_fail(reterr, -EINVAL,
                             "%s: task '%s' of user type '%s' has no .run function", path,
                             task->name, type->name);
        if (task->tags != NULL && task->tags[0] != '\0' && !is_name(task->tags))
            return acri_fail(reterr, -EINVAL,
                             "%s: the tags of task '%s' of user type '%s' are not printable", path,
                             task->name, type->name);
        if (task->weight < ACR_NEVER)
            return acri_fail(
                reterr, -EINVAL,
                "%s: task '%s' of user type '%s' has the weight %d: it must not be negative", path,
                task->name, type->name, task->weight);
        can_pick = can_pick || task->weight != ACR_NEVER;
    }
    twin = find_twin(type->tasks, type->n_tasks, sizeof(*type->tasks));
    if (twin != NULL)
        return acri_fail(reterr, -EINVAL, "%s: two tasks of user type '%s' are called '%s'", path,
                         type->name, twin);
    if (!can_pick)
        return acri_fail(reterr, -EINVAL,
                         "%s: no task of user type '%s' can be picked: all weights are zero", path,
                         type->name);
    return 0;
}

static bool is_wait(const struct acr_wait *w)
{
    switch (w->kind) {
    case ACR_WAIT_NONE:
        return true;
    case ACR_WAIT_CONSTANT:
        return isfinite(w->a_s) && w->a_s >= 0;
    case ACR_WAIT_BETWEEN:
        return isfinite(w->a_s) && isfinite(w->b_s) && w->a_s >= 0 && w->b_s >= w->a_s;
    default:
        return false;
    }
}

static int check_type(const struct acr_user_type *type, const char *path, struct acri_error *reterr)
{
    if (!isfinite(type->weight) ||
        (type->weight < 0 && (type->weight > ACR_NEVER || type->weight < ACR_NEVER)))
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' has the weight %g: it must not be negative", path,
                         type->name, type->weight);
    if (!is_wait(&type->wait))
        return acri_fail(
            reterr, -EINVAL,
            "%s: the wait of user type '%s' makes no sense: times are not negative, and "
            "ACR_BETWEEN goes from the lower to the higher",
            path, type->name);
    if (type->state_size > ACR_STATE_MAX_BYTES)
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' wants %zu bytes of state; at most %u are allowed",
                         path, type->name, type->state_size, ACR_STATE_MAX_BYTES);
    if (type->stack_kib != 0 && (type->stack_kib < 16 || type->stack_kib > 1024))
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' wants a stack of %u KiB; 16 to 1024 are possible",
                         path, type->name, type->stack_kib);
    if (type->n_tasks == 0)
        return acri_fail(reterr, -EINVAL, "%s: user type '%s' has no tasks", path, type->name);
    return 0;
}

static int check_clients(const struct acr_plugin *plugin, const char *path,
                         struct acri_error *reterr)
{
    const char *twin;

    for (size_t i = 0; i < plugin->n_clients; i++)
        if (!is_name(plugin->clients[i].name) || plugin->clients[i].slot == NULL)
            return acri_fail(reterr, -EINVAL, "%s: client %zu has no .name or no .slot", path,
                             i + 1);
    twin = find_twin(plugin->clients, plugin->n_clients, sizeof(*plugin->clients));
    return twin == NULL ? 0
                        : acri_fail(reterr, -EINVAL, "%s: two clients are called '%s'", path, twin);
}

static int check_options(const struct acr_plugin *plugin, const char *path,
                         struct acri_error *reterr)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const char *twin;

    for (size_t i = 0; i < plugin->n_options; i++) {
        const struct acr_option *o = &plugin->options[i];

        if (!is_name(o->name) || o->name[0] == '-' || strspn(o->name, allowed) != strlen(o->name) ||
            !is_name(o->help))
            return acri_fail(
                reterr, -EINVAL,
                "%s: option %zu needs a .name of lower-case letters, digits and dashes, "
                "and a .help of one line",
                path, i + 1);
        if (o->kind > ACR_OPTION_DURATION)
            return acri_fail(reterr, -EINVAL, "%s: option '%s' is of an unknown kind", path,
                             o->name);
    }
    twin = find_twin(plugin->options, plugin->n_options, sizeof(*plugin->options));
    return twin == NULL ? 0
                        : acri_fail(reterr, -EINVAL, "%s: two options are called '%s'", path, twin);
}

/* Whether an earlier type has the same task array, which then needs no second look. */
static bool is_shared(const struct acr_plugin *plugin, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (plugin->user_types[k].tasks == plugin->user_types[i].tasks &&
            plugin->user_types[k].n_tasks == plugin->user_types[i].n_tasks)
            return true;
    return false;
}

int acri_descriptor_validate(const struct acr_plugin *plugin, const char *path,
                             struct acri_error *reterr)
{
    const char *twin;
    int r = 0;

    if (!is_name(plugin->name))
        return acri_fail(reterr, -EINVAL, "%s: its ACR_PLUGIN has no .name", path);
    for (size_t i = 0; i < plugin->n_user_types && r == 0; i++) {
        const struct acr_user_type *type = &plugin->user_types[i];

        if (!is_name(type->name))
            return acri_fail(reterr, -EINVAL, "%s: user type %zu has no .name", path, i + 1);
        r = check_type(type, path, reterr);
        if (r == 0 && !is_shared(plugin, i))
            r = check_tasks(type, path, reterr);
    }
    if (r < 0)
        return r;
    twin = find_twin(plugin->user_types, plugin->n_user_types, sizeof(*plugin->user_types));
    if (twin != NULL)
        return acri_fail(reterr, -EINVAL, "%s: two user types are called '%s'", path, twin);
    r = check_clients(plugin, path, reterr);
    return r == 0 ? check_options(plugin, path, reterr) : r;
}
