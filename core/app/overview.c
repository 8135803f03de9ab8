/* SPDX-License-Identifier: MIT */
#include "app/overview.h"

#include "app/console_scenario.h"
#include "base/buf.h"

#include <acrida/control.h>

#include <stdlib.h>
#include <string.h>

/* Sets within sets: deeper ones are not listed. */
#define DEEPEST 16
#define NAME_BYTES 1024u
#define RATIO_BYTES (16u << 20)

static const struct acri_scenario *scenario;
static const struct acri_options *options;
static const struct acri_plan *plan;
/* What the last calls have answered. */
static char *scenario_name;
static char task_name[NAME_BYTES];
static char *ratio;

void acri_overview_publish(const struct acri_scenario *s, const struct acri_options *o,
                           const struct acri_plan *p)
{
    scenario = s;
    options = o;
    plan = p;
    free(scenario_name);
    free(ratio);
    scenario_name = ratio = NULL;
}

void acri_overview_replan(const struct acri_plan *p)
{
    plan = p;
}

/* --- options ------------------------------------------------------------------------------------
 */

static bool has_types(const char *plugin)
{
    for (size_t i = 0; plugin != NULL && scenario != NULL && i < scenario->n_plugins; i++)
        if (strcmp(scenario->plugins[i]->name, plugin) == 0)
            return scenario->plugins[i]->n_user_types > 0;
    return false;
}

/* What --help lists, but for what is no setting of a run. */
static bool is_listed(const struct acri_option_spec *spec)
{
    return !spec->is_command && (spec->section != NULL || strcmp(spec->name, "user-types") == 0);
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void fill_option(const struct acri_option_spec *spec, const char *plugin, bool is_scenarios,
                        struct acr_option_info *to)
{
    *to = (struct acr_option_info){
        .name = spec->name,
        .plugin = text_or_empty(plugin),
        .help = text_or_empty(spec->help),
        .value = spec->is_secret ? "" : acri_options_string(options, spec->name),
        .default_value = spec->is_secret ? "" : text_or_empty(spec->default_value),
        .choices = text_or_empty(spec->choices),
        .kind = spec->kind <= ACRI_OPTION_DURATION ? (uint32_t)spec->kind : ACR_OPTION_STRING,
        .is_secret = spec->is_secret,
        .is_required = spec->is_required,
        .is_of_scenario = is_scenarios,
    };
}

bool acr_option_at(size_t index, struct acr_option_info *ret_option)
{
    size_t n = options != NULL ? acri_options_count(options) : 0;

    for (int of_scenario = 0; of_scenario <= 1; of_scenario++)
        for (size_t i = 0; i < n; i++) {
            const struct acri_option_spec *spec = acri_options_spec(options, i);
            const char *plugin = acri_options_plugin(options, i);

            if (!is_listed(spec) || has_types(plugin) != (of_scenario != 0))
                continue;
            if (index-- == 0) {
                fill_option(spec, plugin, of_scenario != 0, ret_option);
                return true;
            }
        }
    return false;
}

/* --- user types ---------------------------------------------------------------------------------
 */

static const struct acr_user_type *type_at(size_t index)
{
    for (size_t i = 0; scenario != NULL && i < scenario->n_plugins; i++) {
        const struct acr_plugin *plugin = scenario->plugins[i];

        if (index < plugin->n_user_types)
            return &plugin->user_types[index];
        index -= plugin->n_user_types;
    }
    return NULL;
}

static bool is_wanted(const char *name)
{
    size_t n = 0;
    const char *const *names =
        options != NULL ? acri_options_list(options, "user-types", &n) : NULL;
    bool is_named = n == 0;

    for (size_t i = 0; i < n; i++)
        is_named = is_named || strcmp(names[i], name) == 0;
    return is_named;
}

/* The task at an index; a set is followed by what is in it. Returns: how many were passed, up to
 * and with index + 1. */
static size_t walk(const struct acr_task *tasks, size_t n, const char *prefix, unsigned depth,
                   size_t index)
{
    size_t seen = 0;

    for (size_t i = 0; i < n && seen <= index; i++) {
        const struct acr_task *task = &tasks[i];
        char *path =
            acri_printf("%s%s%s", prefix, *prefix != '\0' ? "/" : "", text_or_empty(task->name));

        if (seen++ == index)
            acr_copy(task_name, sizeof(task_name), path);
        else if (task->set != NULL && depth < DEEPEST)
            seen += walk(task->set->tasks, task->set->n_tasks, path, depth + 1, index - seen);
        free(path);
    }
    return seen;
}

bool acr_user_type_at(size_t index, struct acr_user_type_info *ret_type)
{
    const struct acr_user_type *type = type_at(index);

    if (type == NULL)
        return false;
    *ret_type = (struct acr_user_type_info){
        .name = type->name,
        .host = text_or_empty(type->host),
        .weight = type->weight > 0   ? type->weight
                  : type->weight < 0 ? 0
                                     : 1,
        .fixed_count = type->fixed_count,
        .arrival_rate = type->arrival_rate,
        .is_wanted = is_wanted(type->name),
        .n_tasks = walk(type->tasks, type->n_tasks, "", 0, SIZE_MAX),
    };
    return true;
}

const char *acr_user_type_task(size_t type_index, size_t index)
{
    const struct acr_user_type *type = type_at(type_index);

    if (type == NULL || walk(type->tasks, type->n_tasks, "", 0, index) <= index)
        return NULL;
    return task_name;
}

bool acr_has_shape(void)
{
    for (size_t i = 0; scenario != NULL && i < scenario->n_plugins; i++)
        if (scenario->plugins[i]->shape != NULL)
            return true;
    return false;
}

/* --- the rest -----------------------------------------------------------------------------------
 */

/* By name: the snapshot may be of a run with other types. */
static uint64_t users_of(const struct acr_snapshot *s, const char *name)
{
    for (size_t i = 0; i < acr_snapshot_n_user_types(s); i++)
        if (strcmp(acr_snapshot_user_type(s, i), name) == 0)
            return acr_snapshot_users_of_type(s, i);
    return 0;
}

const char *acr_ratio_json(void)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    size_t n = plan != NULL ? plan->n_types : 0;
    uint64_t *counts = acri_alloc((n + 1) * sizeof(*counts));
    uint64_t n_live = 0;
    struct acri_buf b;

    for (size_t i = 0; i < n; i++) {
        counts[i] = users_of(s, plan->types[i].type->name);
        n_live += counts[i];
    }
    acri_buf_init(&b, RATIO_BYTES);
    if (n > 0)
        acri_console_scenario_live_json(&b, plan, (uint64_t)acri_options_int(options, "users"),
                                        n_live > 0 ? counts : NULL);
    free(counts);
    free(ratio);
    ratio = n > 0 ? acri_strdup(acri_buf_text(&b)) : NULL;
    acri_buf_done(&b);
    return ratio != NULL ? ratio : "{\"per_class\": {}, \"total\": {}}";
}

const char *acr_scenario_name(void)
{
    struct acri_buf b;

    if (scenario_name != NULL)
        return scenario_name;
    if (scenario == NULL)
        return "";
    acri_buf_init(&b, 1u << 16);
    for (size_t i = scenario->n_others; i < scenario->loader.n; i++) {
        const char *name = scenario->loader.loaded[i].name;
        const char *slash = strrchr(name, '/');

        acri_buf_printf(&b, "%s%s", b.length > 0 ? ", " : "", slash != NULL ? slash + 1 : name);
    }
    if (scenario->own != NULL)
        acri_buf_printf(&b, "%s%s", b.length > 0 ? ", " : "", scenario->own->name);
    scenario_name = acri_strdup(acri_buf_text(&b));
    acri_buf_done(&b);
    return scenario_name;
}
