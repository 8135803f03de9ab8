/* SPDX-License-Identifier: MIT */
/* --list and the task ratios, laid out as Locust does, because scripts read them. */
#include "app/console_scenario.h"

#include "app/console_table.h"
#include "base/check.h"

#include <acrida/plugin.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static double share(double weight)
{
    return weight == 0 ? 1 : weight < 0 ? 0 : weight;
}

static double type_ratio(const struct acr_user_type *const *types, size_t n, size_t index)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += share(types[i]->weight);
    return sum > 0 ? share(types[index]->weight) / sum : 0;
}

static double task_ratio(const struct acr_user_type *type, size_t index)
{
    double sum = 0;

    for (size_t i = 0; i < type->n_tasks; i++)
        sum += share(type->tasks[i].weight);
    return sum > 0 ? share(type->tasks[index].weight) / sum : 0;
}

void acri_console_scenario_list(struct acri_buf *out, const struct acr_user_type *const *types,
                                size_t n)
{
    acri_buf_puts(out, "Available Users:\n");
    for (size_t i = 0; i < n; i++) {
        acri_buf_puts(out, "    ");
        acri_console_table_text(out, types[i]->name, false);
        acri_buf_puts(out, "\n");
    }
}

static void write_ratio(struct acri_buf *out, int indent, double ratio, const char *name)
{
    char percent[32];

    snprintf(percent, sizeof(percent), "%.1f", ratio * 100);
    acri_buf_printf(out, " %*s%-10s ", indent, "", percent);
    acri_console_table_text(out, name, false);
    acri_buf_puts(out, "\n");
}

static void write_ratios(struct acri_buf *out, const char *title,
                         const struct acr_user_type *const *types, size_t n, bool is_total)
{
    acri_buf_printf(out, "\n %s\n", title);
    for (int i = 0; i < 80; i++)
        acri_buf_puts(out, "-");
    acri_buf_puts(out, "\n");
    for (size_t i = 0; i < n; i++) {
        double of_type = type_ratio(types, n, i);

        write_ratio(out, 0, of_type, types[i]->name);
        for (size_t j = 0; j < types[i]->n_tasks; j++)
            write_ratio(out, 2, task_ratio(types[i], j) * (is_total ? of_type : 1),
                        types[i]->tasks[j].name);
    }
}

void acri_console_scenario_ratio(struct acri_buf *out, const struct acr_user_type *const *types,
                                 size_t n)
{
    write_ratios(out, "Task ratio per User class", types, n, false);
    write_ratios(out, "Total task ratio", types, n, true);
    acri_buf_puts(out, "\n");
}

static void set_member(json_t *object, const char *name, json_t *value)
{
    struct acri_buf clean;

    /* jansson takes valid UTF-8 only. */
    acri_buf_init(&clean, 1u << 16);
    acri_console_table_text(&clean, name, false);
    ACRI_ASSERT(json_object_set_new(object, acri_buf_text(&clean), value) == 0);
    acri_buf_done(&clean);
}

static json_t *ratios_json(const struct acr_user_type *const *types, size_t n, bool is_total)
{
    json_t *all = json_object();

    for (size_t i = 0; i < n; i++) {
        double of_type = type_ratio(types, n, i);
        json_t *tasks = json_object();

        for (size_t j = 0; j < types[i]->n_tasks; j++)
            set_member(
                tasks, types[i]->tasks[j].name,
                json_pack("{s:f}", "ratio", task_ratio(types[i], j) * (is_total ? of_type : 1)));
        set_member(all, types[i]->name, json_pack("{s:f, s:o}", "ratio", of_type, "tasks", tasks));
    }
    return all;
}

void acri_console_scenario_ratio_json(struct acri_buf *out,
                                      const struct acr_user_type *const *types, size_t n)
{
    json_t *root = json_pack("{s:o, s:o}", "per_class", ratios_json(types, n, false), "total",
                             ratios_json(types, n, true));
    char *text = json_dumps(root, JSON_INDENT(4));

    ACRI_ASSERT(text != NULL);
    acri_buf_printf(out, "%s\n", text);
    free(text);
    json_decref(root);
}
