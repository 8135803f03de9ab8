/* SPDX-License-Identifier: MIT */
#include "app/roles.h"

#include "base/log.h"

#include <string.h>

/* Who an option is for. */
enum {
    LOCAL = 1 << ACRI_CLUSTER_LOCAL,
    MASTER = 1 << ACRI_CLUSTER_MASTER,
    WORKER = 1 << ACRI_CLUSTER_WORKER,
    ALL = LOCAL | MASTER | WORKER,
    REPORTER = LOCAL | MASTER
};

/* Of acrida's own options, those that are said to one process only and are not for all. */
static const struct {
    const char *name;
    int roles;
} table[] = {
    { "headless", REPORTER },
    { "live", REPORTER },
    { "only-summary", REPORTER },
    { "print-stats", REPORTER },
    { "percentiles", REPORTER },
    { "reset-stats", REPORTER },
    { "exit-code-on-error", REPORTER },
    { "check", REPORTER },
    { "abort-on-check", REPORTER },
    { "check-grace", REPORTER },
    { "allow-invalid", REPORTER },
    { "late-after", REPORTER },
    { "max-late", REPORTER },
    { "max-cpu-wait", REPORTER },
    { "max-busy", REPORTER },
    { "max-lost", REPORTER },
    { "max-lost-workers", REPORTER },
    { "expect-workers", MASTER },
    { "expect-workers-max-wait", MASTER },
    { "master-bind-host", MASTER },
    { "master-bind-port", MASTER },
    { "journal", MASTER },
    { "new-run", MASTER },
    { "master-host", WORKER },
    { "master-port", WORKER },
    { "worker-name", WORKER },
    { "label", WORKER },
    { "master-gone-timeout", WORKER },
    { "cluster-key-file", MASTER | WORKER },
    { "report-interval", MASTER },
};

/* Returns: -1: it is in no table. */
static int roles_of(const char *name)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].roles;
    return -1;
}

bool acri_roles_is_of_cluster(const char *name)
{
    static const char *const names[] = { "mode", "master", "worker", "processes", "log-shared" };
    int roles = roles_of(name);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return roles > 0 && (roles & LOCAL) == 0;
}

/* Its local options are for who reports. */
static bool is_shipped(const struct acri_scenario *s, const char *plugin)
{
    for (size_t i = 0; i < s->n_shipped && i < s->n_plugins; i++)
        if (strcmp(s->plugins[i]->name, plugin) == 0)
            return true;
    return false;
}

static int roles_in(const struct acri_options *o, const struct acri_scenario *scenario,
                    size_t index)
{
    const struct acri_option_spec *spec = acri_options_spec(o, index);
    const char *plugin = acri_options_plugin(o, index);
    int roles = roles_of(spec->name);

    if (plugin != NULL)
        return spec->is_local && !is_shipped(scenario, plugin) ? ALL : REPORTER;
    if (roles < 0)
        return spec->is_local || spec->is_command ? ALL : REPORTER;
    /* What a master gives to workers that it starts itself. */
    if (acri_options_int(o, "processes") != 0 &&
        (strcmp(spec->name, "label") == 0 || strcmp(spec->name, "master-gone-timeout") == 0))
        return roles | MASTER;
    return roles;
}

void acri_roles_idle(const struct acri_options *o, enum acri_cluster_role role,
                     const struct acri_scenario *scenario, struct acri_buf *ret_line)
{
    static const char *const whats[] = {
        [ACRI_CLUSTER_LOCAL] = "without --master, --worker or --processes",
        [ACRI_CLUSTER_MASTER] = "on a master: say it to its workers",
        [ACRI_CLUSTER_WORKER] = "on a worker: say it to its master",
    };
    size_t n = 0;

    for (size_t i = 0; i < acri_options_count(o); i++) {
        const char *name = acri_options_spec(o, i)->name;

        /* What the scenario's options have for values is not known yet. */
        if (strcmp(name, "user-types") == 0 && acri_cluster_is_fetched(o))
            continue;
        if (acri_options_source_of(o, name) != ACRI_OPTIONS_COMMAND_LINE ||
            (roles_in(o, scenario, i) & 1 << role) != 0)
            continue;
        acri_buf_printf(ret_line, "%s--%s", n++ > 0 ? ", " : "", name);
    }
    if (n > 0)
        acri_buf_printf(ret_line, " %s no effect %s", n > 1 ? "have" : "has", whats[role]);
}

void acri_roles_warn(const struct acri_options *o, enum acri_cluster_role role,
                     const struct acri_scenario *scenario)
{
    struct acri_buf line;

    acri_buf_init(&line, 1 << 16);
    acri_roles_idle(o, role, scenario, &line);
    if (line.length > 0)
        acri_log_warning("%s", acri_buf_text(&line));
    acri_buf_done(&line);
}
