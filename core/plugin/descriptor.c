/* SPDX-License-Identifier: MIT */
#include "plugin/descriptor.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* --- ABI ----------------------------------------------------------------------------------------- */

int acri_descriptor_check_abi(const struct acr_module *module, const char *path,
                              struct acri_error *reterr)
{
    const struct acr_abi *abi = &module->abi;
    const uint32_t *sizes = &abi->plugin_size;

    if (abi->magic != ACR_ABI_MAGIC || abi->header_size < sizeof(*abi))
        return acri_fail(reterr, -ENOEXEC,
                         "%s: its ACR_PLUGIN header is not one of acrida: rebuild it against this SDK",
                         path);
    if (abi->major != ACR_ABI_MAJOR || abi->minor != ACR_ABI_MINOR)
        return acri_fail(reterr, -ENOEXEC,
                         "%s was built for SDK ABI %u.%u, and this is %d.%d: rebuild it against this "
                         "SDK",
                         path, abi->major, abi->minor, ACR_ABI_MAJOR, ACR_ABI_MINOR);
    for (int i = 0; i < 6; i++)
        if (sizes[i] == 0 || sizes[i] > 65536 || sizes[i] % sizeof(void *) != 0)
            return acri_fail(reterr, -ENOEXEC,
                             "%s: its ACR_PLUGIN header has impossible sizes: rebuild it against this "
                             "SDK",
                             path);
    return module->plugin != NULL ? 0
                                  : acri_fail(reterr, -ENOEXEC, "%s: its ACR_PLUGIN is empty", path);
}

/* --- widening ------------------------------------------------------------------------------------ */

struct widening {
    struct acri_arena *arena;
    const char *path;
    struct acri_error *reterr;
};

/* n elements of from_size bytes become n of to_size; bytes that one side lacks are zero, or left out. */
static int widen_array(const struct widening *w, const void *from, size_t n, size_t from_size,
                       size_t to_size, const char *what, void **ret_array)
{
    char *to;

    *ret_array = NULL;
    if (n == 0)
        return 0;
    if (from == NULL)
        return acri_fail(w->reterr, -EINVAL, "%s: %zu %s announced, but there are none: NULL", w->path,
                         n, what);
    if (n > ACRI_DESCRIPTOR_LIMIT)
        return acri_fail(w->reterr, -EINVAL, "%s: %zu %s are more than the %u that make sense", w->path,
                         n, what, ACRI_DESCRIPTOR_LIMIT);
    to = acri_arena_alloc(w->arena, n * to_size);
    if (to == NULL)
        return acri_fail(w->reterr, -ENOMEM, "%s: its descriptors are too large", w->path);
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * to_size, (const char *)from + i * from_size,
               from_size < to_size ? from_size : to_size);
    *ret_array = to;
    return 0;
}

/* Task arrays that user types share are copied once: the first type that has it tells the address. */
static int widen_tasks(const struct widening *w, const struct acr_abi *abi,
                       struct acr_user_type *types, const struct acr_task **sources, size_t i)
{
    void *tasks;
    int r;

    for (size_t k = 0; k < i; k++)
        if (sources[k] == sources[i] && types[k].n_tasks == types[i].n_tasks) {
            types[i].tasks = types[k].tasks;
            return 0;
        }
    r = widen_array(w, sources[i], types[i].n_tasks, abi->task_size, sizeof(struct acr_task), "tasks",
                    &tasks);
    types[i].tasks = tasks;
    return r;
}

static int widen_types(const struct widening *w, const struct acr_abi *abi, struct acr_plugin *plugin)
{
    const struct acr_task **sources;
    struct acr_user_type *types;
    void *array;
    int r = widen_array(w, plugin->user_types, plugin->n_user_types, abi->user_type_size,
                        sizeof(struct acr_user_type), "user types", &array);

    if (r < 0)
        return r;
    types = array;
    plugin->user_types = types;
    sources = acri_arena_alloc(w->arena, (plugin->n_user_types + 1) * sizeof(*sources));
    for (size_t i = 0; i < plugin->n_user_types && r == 0; i++) {
        sources[i] = types[i].tasks;
        r = widen_tasks(w, abi, types, sources, i);
    }
    return r;
}

int acri_descriptor_widen(const struct acr_module *module, const char *path, struct acri_arena *arena,
                          const struct acr_plugin **ret_plugin, struct acri_error *reterr)
{
    const struct widening w = { .arena = arena, .path = path, .reterr = reterr };
    const struct acr_abi *abi = &module->abi;
    struct acr_plugin *plugin;
    void *array;
    int r = widen_array(&w, module->plugin, 1, abi->plugin_size, sizeof(*plugin), "plugins", &array);

    if (r < 0)
        return r;
    plugin = array;
    r = widen_types(&w, abi, plugin);
    if (r == 0)
        r = widen_array(&w, plugin->clients, plugin->n_clients, abi->client_size,
                        sizeof(struct acr_client), "clients", &array);
    plugin->clients = array;
    if (r == 0)
        r = widen_array(&w, plugin->options, plugin->n_options, abi->option_size,
                        sizeof(struct acr_option), "options", &array);
    plugin->options = array;
    if (r == 0)
        r = widen_array(&w, plugin->hooks, plugin->hooks != NULL, abi->hooks_size,
                        sizeof(struct acr_hooks), "hooks", &array);
    plugin->hooks = array;
    if (r == 0)
        *ret_plugin = plugin;
    return r;
}

/* --- validation ---------------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
    if (name == NULL || *name == '\0')
        return false;
    for (; *name != '\0'; name++)
        if (iscntrl((unsigned char)*name))
            return false;
    return true;
}

static int check_tasks(const struct acr_user_type *type, const char *path, struct acri_error *reterr)
{
    bool can_pick = false;

    if (type->n_tasks == 0)
        return acri_fail(reterr, -EINVAL, "%s: user type '%s' has no tasks", path, type->name);
    for (size_t i = 0; i < type->n_tasks; i++) {
        const struct acr_task *task = &type->tasks[i];

        if (!is_name(task->name))
            return acri_fail(reterr, -EINVAL, "%s: task %zu of user type '%s' has no name", path, i + 1,
                             type->name);
        if (task->run == NULL)
            return acri_fail(reterr, -EINVAL, "%s: task '%s' of user type '%s' has no .run function",
                             path, task->name, type->name);
        if (task->weight < ACR_NEVER)
            return acri_fail(reterr, -EINVAL,
                             "%s: task '%s' of user type '%s' has the weight %d: it must not be negative",
                             path, task->name, type->name, task->weight);
        can_pick = can_pick || task->weight != ACR_NEVER;
        for (size_t k = 0; k < i; k++)
            if (strcmp(task->name, type->tasks[k].name) == 0)
                return acri_fail(reterr, -EINVAL, "%s: two tasks of user type '%s' are called '%s'",
                                 path, type->name, task->name);
    }
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
        return acri_fail(reterr, -EINVAL,
                         "%s: the wait of user type '%s' makes no sense: times are not negative, and "
                         "ACR_BETWEEN goes from the lower to the higher",
                         path, type->name);
    if (type->state_size > ACR_STATE_MAX_BYTES)
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' wants %zu bytes of state; at most %u are allowed", path,
                         type->name, type->state_size, ACR_STATE_MAX_BYTES);
    if (type->stack_kib != 0 && (type->stack_kib < 16 || type->stack_kib > 1024))
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' wants a stack of %u KiB; 16 to 1024 are possible", path,
                         type->name, type->stack_kib);
    return check_tasks(type, path, reterr);
}

static int check_clients(const struct acr_plugin *plugin, const char *path, struct acri_error *reterr)
{
    for (size_t i = 0; i < plugin->n_clients; i++)
        if (!is_name(plugin->clients[i].name) || plugin->clients[i].slot == NULL)
            return acri_fail(reterr, -EINVAL, "%s: client %zu has no .name or no .slot", path, i + 1);
    return 0;
}

static int check_options(const struct acr_plugin *plugin, const char *path, struct acri_error *reterr)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    for (size_t i = 0; i < plugin->n_options; i++) {
        const struct acr_option *o = &plugin->options[i];

        if (!is_name(o->name) || strspn(o->name, allowed) != strlen(o->name) || o->help == NULL)
            return acri_fail(reterr, -EINVAL,
                             "%s: option %zu needs a .name of lower-case letters, digits and dashes, "
                             "and a .help",
                             path, i + 1);
        if (o->kind > ACR_OPTION_DURATION)
            return acri_fail(reterr, -EINVAL, "%s: option '%s' is of an unknown kind", path, o->name);
    }
    return 0;
}

int acri_descriptor_validate(const struct acr_plugin *plugin, const char *path,
                             struct acri_error *reterr)
{
    int r = 0;

    if (!is_name(plugin->name))
        return acri_fail(reterr, -EINVAL, "%s: its ACR_PLUGIN has no .name", path);
    for (size_t i = 0; i < plugin->n_user_types && r == 0; i++) {
        const struct acr_user_type *type = &plugin->user_types[i];

        if (!is_name(type->name))
            return acri_fail(reterr, -EINVAL, "%s: user type %zu has no .name", path, i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(type->name, plugin->user_types[k].name) == 0)
                return acri_fail(reterr, -EINVAL, "%s: two user types are called '%s'", path,
                                 type->name);
        r = check_type(type, path, reterr);
    }
    if (r == 0)
        r = check_clients(plugin, path, reterr);
    return r == 0 ? check_options(plugin, path, reterr) : r;
}
