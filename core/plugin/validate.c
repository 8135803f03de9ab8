/* SPDX-License-Identifier: MIT */
#include "plugin/validate.h"

#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_wait(const struct acr_wait *w)
{
    switch (w->kind) {
    case ACR_WAIT_NONE:
        return true;
    case ACR_WAIT_CONSTANT:
    case ACR_WAIT_EXPONENTIAL:
        return isfinite(w->a_s) && w->a_s >= 0;
    case ACR_WAIT_BETWEEN:
        return isfinite(w->a_s) && isfinite(w->b_s) && w->a_s >= 0 && w->b_s >= w->a_s;
    case ACR_WAIT_PACING:
    case ACR_WAIT_THROUGHPUT:
    case ACR_WAIT_TOTAL_RATE:
        return isfinite(w->a_s) && w->a_s > 0;
    case ACR_WAIT_FUNCTION:
        return w->function != NULL;
    default:
        return false;
    }
}

/* Where a set of tasks is, for messages: "user type 'shopper'", "task set 'checkout' of ...". */
struct place {
    const char *path;
    char text[256];
    struct acri_error *reterr;
};

static int check_set(const struct acr_task_set *set, const struct place *at);

static int check_transitions(const struct acr_task_set *set, const struct acr_task *task,
                             const struct place *at)
{
    bool can_go_on = false;

    if (set->order != ACR_MARKOV) {
        if (task->n_transitions == 0)
            return 0;
        return acri_fail(at->reterr, -EINVAL,
                         "%s: task '%s' of %s has transitions, but its order is not ACR_MARKOV",
                         at->path, task->name, at->text);
    }
    if (task->tags != NULL && task->tags[0] != '\0')
        return acri_fail(at->reterr, -EINVAL,
                         "%s: task '%s' of %s has tags: the tasks of a Markov set must have none, "
                         "because a chain without one of them is another",
                         at->path, task->name, at->text);
    for (size_t i = 0; i < task->n_transitions; i++) {
        const struct acr_transition *t = &task->transitions[i];
        size_t k = 0;

        while (t->task != NULL && k < set->n_tasks && strcmp(set->tasks[k].name, t->task) != 0)
            k++;
        if (t->task == NULL || k == set->n_tasks)
            return acri_fail(at->reterr, -EINVAL,
                             "%s: task '%s' of %s has a transition to '%s', which is no task of it",
                             at->path, task->name, at->text, t->task != NULL ? t->task : "NULL");
        if (t->weight < ACR_NEVER)
            return acri_fail(
                at->reterr, -EINVAL,
                "%s: a transition of task '%s' of %s has the weight %d: it must not be "
                "negative",
                at->path, task->name, at->text, t->weight);
        can_go_on = can_go_on || t->weight != ACR_NEVER;
    }
    if (!can_go_on)
        return acri_fail(at->reterr, -EINVAL,
                         "%s: task '%s' of %s leads nowhere: each task of a Markov set needs a "
                         "transition; it is left by ACR_INTERRUPT",
                         at->path, task->name, at->text);
    return 0;
}

static int check_task(const struct acr_task_set *set, const struct acr_task *task,
                      const struct place *at)
{
    struct place inner = { .path = at->path, .reterr = at->reterr };

    if (task->run == NULL && task->set == NULL)
        return acri_fail(at->reterr, -EINVAL, "%s: task '%s' of %s has no .run function", at->path,
                         task->name, at->text);
    if (task->run != NULL && task->set != NULL)
        return acri_fail(at->reterr, -EINVAL,
                         "%s: task '%s' of %s has a .run function and a .set: give one of them",
                         at->path, task->name, at->text);
    if (task->tags != NULL && task->tags[0] != '\0' && !is_name(task->tags))
        return acri_fail(at->reterr, -EINVAL, "%s: the tags of task '%s' of %s are not printable",
                         at->path, task->name, at->text);
    if (task->weight < ACR_NEVER)
        return acri_fail(at->reterr, -EINVAL,
                         "%s: task '%s' of %s has the weight %d: it must not be negative", at->path,
                         task->name, at->text, task->weight);
    if (task->set == NULL)
        return check_transitions(set, task, at);
    snprintf(inner.text, sizeof(inner.text), "task set '%.60s' of %.180s", task->name, at->text);
    return check_transitions(set, task, at) < 0 ? -EINVAL : check_set(task->set, &inner);
}

/* Which tasks of a Markov set are reached from its first one. */
static void warn_unreachable(const struct acr_task_set *set, const struct place *at)
{
    bool *is_reached = acri_alloc(set->n_tasks * sizeof(*is_reached));
    bool has_changed = true;

    is_reached[0] = true;
    while (has_changed) {
        has_changed = false;
        for (size_t i = 0; i < set->n_tasks; i++)
            for (size_t t = 0; is_reached[i] && t < set->tasks[i].n_transitions; t++)
                for (size_t k = 0; k < set->n_tasks; k++)
                    if (!is_reached[k] && set->tasks[i].transitions[t].weight != ACR_NEVER &&
                        strcmp(set->tasks[k].name, set->tasks[i].transitions[t].task) == 0)
                        is_reached[k] = has_changed = true;
    }
    for (size_t i = 0; i < set->n_tasks; i++)
        if (!is_reached[i])
            acri_log_warning("%s: task '%s' of %s is never reached", at->path, set->tasks[i].name,
                             at->text);
    free(is_reached);
}

static int check_tasks(const struct acr_task_set *set, const struct place *at)
{
    const char *twin;
    bool can_pick = false;
    int r = 0;

    for (size_t i = 0; i < set->n_tasks; i++) {
        if (!is_name(set->tasks[i].name))
            return acri_fail(at->reterr, -EINVAL, "%s: task %zu of %s has no name", at->path, i + 1,
                             at->text);
        can_pick = can_pick || set->tasks[i].weight != ACR_NEVER;
    }
    for (size_t i = 0; i < set->n_tasks && r == 0; i++)
        r = check_task(set, &set->tasks[i], at);
    if (r < 0)
        return r;
    twin = find_twin(set->tasks, set->n_tasks, sizeof(*set->tasks));
    if (twin != NULL)
        return acri_fail(at->reterr, -EINVAL, "%s: two tasks of %s are called '%s'", at->path,
                         at->text, twin);
    if (!can_pick)
        return acri_fail(at->reterr, -EINVAL,
                         "%s: no task of %s can be picked: all weights are zero", at->path,
                         at->text);
    if (set->order == ACR_MARKOV)
        warn_unreachable(set, at);
    return 0;
}

/* What a set has beside its tasks; a user type has it, too. */
static int check_frame(const struct acr_task_set *set, const struct place *at)
{
    if (set->n_tasks == 0)
        return acri_fail(at->reterr, -EINVAL, "%s: %s has no tasks", at->path, at->text);
    if (set->order > ACR_MARKOV)
        return acri_fail(at->reterr, -EINVAL, "%s: %s has an unknown .order", at->path, at->text);
    if (!is_wait(&set->wait))
        return acri_fail(
            at->reterr, -EINVAL,
            "%s: the wait of %s makes no sense: times are not negative, rates are positive, and "
            "ACR_BETWEEN goes from the lower to the higher",
            at->path, at->text);
    if (set->state_size > ACR_STATE_MAX_BYTES)
        return acri_fail(at->reterr, -EINVAL,
                         "%s: %s wants %zu bytes of state; at most %u are allowed", at->path,
                         at->text, set->state_size, ACR_STATE_MAX_BYTES);
    return 0;
}

static int check_set(const struct acr_task_set *set, const struct place *at)
{
    int r = check_frame(set, at);

    return r == 0 ? check_tasks(set, at) : r;
}

static int check_open_load(const struct acr_user_type *type, const char *path,
                           struct acri_error *reterr)
{
    if (!isfinite(type->arrival_rate) || type->arrival_rate < 0)
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' has the arrival rate %g: it must not be negative",
                         path, type->name, type->arrival_rate);
    if (type->arrival_rate > 0 && type->fixed_count > 0)
        return acri_fail(
            reterr, -EINVAL,
            "%s: user type '%s' has an arrival rate and a fixed count: arrivals decide "
            "how many users there are; .max_users bounds them",
            path, type->name);
    if (type->arrivals > ACR_ARRIVALS_POISSON || type->on_full > ACR_ON_FULL_QUEUE)
        return acri_fail(reterr, -EINVAL, "%s: user type '%s' has an unknown .arrivals or .on_full",
                         path, type->name);
    return 0;
}

static int check_type(const struct acr_user_type *type, const char *path, struct acri_error *reterr)
{
    if (!isfinite(type->weight) ||
        (type->weight < 0 && (type->weight > ACR_NEVER || type->weight < ACR_NEVER)))
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' has the weight %g: it must not be negative", path,
                         type->name, type->weight);
    if (type->stack_kib != 0 && (type->stack_kib < 16 || type->stack_kib > 1024))
        return acri_fail(reterr, -EINVAL,
                         "%s: user type '%s' wants a stack of %u KiB; 16 to 1024 are possible",
                         path, type->name, type->stack_kib);
    return check_open_load(type, path, reterr);
}

static int check_type_tasks(const struct acr_user_type *type, bool is_shared, const char *path,
                            struct acri_error *reterr)
{
    const struct acr_task_set set = { .tasks = type->tasks,
                                      .n_tasks = type->n_tasks,
                                      .order = type->order,
                                      .wait = type->wait,
                                      .state_size = type->state_size };
    struct place at = { .path = path, .reterr = reterr };
    int r;

    snprintf(at.text, sizeof(at.text), "user type '%.200s'", type->name);
    r = check_frame(&set, &at);
    return r < 0 || is_shared ? r : check_tasks(&set, &at);
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

/* What contradicts itself. */
static int check_option_rules(const struct acr_option *o, const char *path,
                              struct acri_error *reterr)
{
    bool has_choices = o->choices != NULL && o->choices[strspn(o->choices, " ")] != '\0';
    const char *what = NULL;

    if (o->kind > ACR_OPTION_DURATION)
        what = "is of an unknown kind";
    else if (o->choices != NULL && !is_name(o->choices))
        what = "has .choices that are no words separated by spaces";
    else if (has_choices && o->is_secret)
        what = "is secret, but its .choices would be shown";
    else if (has_choices && o->kind == ACR_OPTION_FLAG)
        what = "is a flag, which has no .choices";
    else if (o->is_required && o->kind == ACR_OPTION_FLAG)
        what = "is a flag, which cannot be required";
    else if (o->is_required && o->default_value != NULL)
        what = "is required, so that its .default_value has no effect: leave one out";
    return what == NULL ? 0 : acri_fail(reterr, -EINVAL, "%s: option '%s' %s", path, o->name, what);
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
        if (check_option_rules(o, path, reterr) < 0)
            return -EINVAL;
    }
    twin = find_twin(plugin->options, plugin->n_options, sizeof(*plugin->options));
    return twin == NULL ? 0
                        : acri_fail(reterr, -EINVAL, "%s: two options are called '%s'", path, twin);
}

static int check_events(const struct acr_plugin *plugin, const char *path,
                        struct acri_error *reterr)
{
    const char *twin;

    for (size_t i = 0; i < plugin->n_events; i++)
        if (!is_name(plugin->events[i].name) || plugin->events[i].slot == NULL)
            return acri_fail(reterr, -EINVAL, "%s: custom event %zu has no .name or no .slot", path,
                             i + 1);
    for (size_t i = 0; i < plugin->n_listeners; i++)
        if (!is_name(plugin->listeners[i].event) || plugin->listeners[i].function == NULL)
            return acri_fail(reterr, -EINVAL, "%s: listener %zu has no .event or no .function",
                             path, i + 1);
    twin = find_twin(plugin->events, plugin->n_events, sizeof(*plugin->events));
    if (twin != NULL)
        return acri_fail(reterr, -EINVAL, "%s: two custom events are called '%s'", path, twin);
    if (plugin->loop_state != NULL &&
        (plugin->loop_state->slot == NULL || plugin->loop_state->merge == NULL ||
         plugin->loop_state->size == 0 || plugin->loop_state->size > ACR_STATE_MAX_BYTES))
        return acri_fail(
            reterr, -EINVAL,
            "%s: its .loop_state needs a .slot, a .merge function, and a .size of 1 to "
            "%u bytes",
            path, ACR_STATE_MAX_BYTES);
    return 0;
}

static int check_commands(const struct acr_plugin *plugin, const char *path,
                          struct acri_error *reterr)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const char *twin;

    for (size_t i = 0; i < plugin->n_commands; i++) {
        const struct acr_command *c = &plugin->commands[i];

        if (!is_name(c->name) || c->name[0] == '-' || strspn(c->name, allowed) != strlen(c->name) ||
            !is_name(c->help) || c->run == NULL)
            return acri_fail(
                reterr, -EINVAL,
                "%s: command %zu needs a .name of lower-case letters, digits and dashes, "
                "a .help of one line, and a .run function",
                path, i + 1);
    }
    twin = find_twin(plugin->commands, plugin->n_commands, sizeof(*plugin->commands));
    return twin == NULL
               ? 0
               : acri_fail(reterr, -EINVAL, "%s: two commands are called '%s'", path, twin);
}

static bool is_amount(double x)
{
    return isfinite(x) && x >= 0;
}

static int check_shape(const struct acr_shape *shape, const char *path, struct acri_error *reterr)
{
    if (shape == NULL)
        return 0;
    if ((shape->n_stages > 0) == (shape->tick != NULL))
        return acri_fail(reterr, -EINVAL, "%s: its shape needs .stages or a .tick: one of them",
                         path);
    for (size_t i = 0; i < shape->n_stages; i++) {
        const struct acr_stage *s = &shape->stages[i];

        if (!is_amount(s->duration_s) || s->duration_s <= 0 || !is_amount(s->spawn_rate) ||
            !is_amount(s->arrival_rate) || !is_amount(s->ramp_per_s))
            return acri_fail(reterr, -EINVAL,
                             "%s: stage %zu of its shape makes no sense: its duration must be "
                             "positive, and no rate negative",
                             path, i + 1);
    }
    return 0;
}

/* Whether an earlier type has the same tasks, which then need no second look. */
static bool is_shared(const struct acr_plugin *plugin, size_t i)
{
    const struct acr_user_type *types = plugin->user_types;

    for (size_t k = 0; k < i; k++)
        if (types[k].tasks == types[i].tasks && types[k].n_tasks == types[i].n_tasks &&
            types[k].order == types[i].order)
            return true;
    return false;
}

static int check_types(const struct acr_plugin *plugin, const char *path, struct acri_error *reterr)
{
    const char *twin;
    int r = 0;

    for (size_t i = 0; i < plugin->n_user_types && r == 0; i++) {
        const struct acr_user_type *type = &plugin->user_types[i];

        if (!is_name(type->name))
            return acri_fail(reterr, -EINVAL, "%s: user type %zu has no .name", path, i + 1);
        r = check_type(type, path, reterr);
        if (r == 0)
            r = check_type_tasks(type, is_shared(plugin, i), path, reterr);
    }
    if (r < 0)
        return r;
    twin = find_twin(plugin->user_types, plugin->n_user_types, sizeof(*plugin->user_types));
    if (twin != NULL)
        return acri_fail(reterr, -EINVAL, "%s: two user types are called '%s'", path, twin);
    return 0;
}

int acri_validate(const struct acr_plugin *plugin, const char *path, struct acri_error *reterr)
{
    int r;

    if (!is_name(plugin->name))
        return acri_fail(reterr, -EINVAL, "%s: its ACR_PLUGIN has no .name", path);
    r = check_types(plugin, path, reterr);
    if (r == 0)
        r = check_clients(plugin, path, reterr);
    if (r == 0)
        r = check_options(plugin, path, reterr);
    if (r == 0)
        r = check_events(plugin, path, reterr);
    if (r == 0)
        r = check_commands(plugin, path, reterr);
    return r == 0 ? check_shape(plugin->shape, path, reterr) : r;
}
