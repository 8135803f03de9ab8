/* SPDX-License-Identifier: MIT */
/* --list and the task ratios, laid out as Locust does, because scripts read them. */
#include "app/console_scenario.h"

#include "app/console_table.h"
#include "base/check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* How many users of the type there would be; without fixed counts only proportions matter. */
static double count_of(const struct acri_plan *plan, uint64_t n_users, size_t index)
{
    const struct acri_user_plan *type = &plan->types[index];
    double n_fixed = 0;
    double sum = 0;
    double n_left;

    for (size_t i = 0; i < plan->n_types; i++) {
        n_fixed += (double)plan->types[i].fixed_count;
        sum += plan->types[i].fixed_count > 0 ? 0 : plan->types[i].weight;
    }
    if (type->fixed_count > 0)
        return (double)type->fixed_count;
    n_left = n_fixed > 0 ? (double)n_users - n_fixed : 1;
    return sum > 0 && n_left > 0 ? type->weight / sum * n_left : 0;
}

static double type_ratio(const struct acri_plan *plan, uint64_t n_users, size_t index)
{
    double sum = 0;

    for (size_t i = 0; i < plan->n_types; i++)
        sum += count_of(plan, n_users, i);
    return sum > 0 ? count_of(plan, n_users, index) / sum : 0;
}

static double task_ratio(const struct acri_set_plan *set, size_t index)
{
    const double *bounds = set->picker.bounds;
    double total = set->n_tasks > 0 ? bounds[set->n_tasks - 1] : 0;

    return total > 0 ? (bounds[index] - (index > 0 ? bounds[index - 1] : 0)) / total : 0;
}

void acri_console_scenario_list(struct acri_buf *out, const struct acri_plan *plan)
{
    acri_buf_puts(out, "Available Users:\n");
    for (size_t i = 0; i < plan->n_types; i++) {
        acri_buf_puts(out, "    ");
        acri_console_table_text(out, plan->types[i].type->name, false);
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

/* In total, the share of a set is shared out among its tasks; otherwise they add up to 1. */
static void write_set(struct acri_buf *out, const struct acri_set_plan *set, double of_set,
                      bool is_total, int indent)
{
    for (size_t i = 0; i < set->n_tasks; i++) {
        double ratio = task_ratio(set, i) * (is_total ? of_set : 1);

        write_ratio(out, indent, ratio, set->tasks[i].task->name);
        if (set->tasks[i].set != NULL)
            write_set(out, set->tasks[i].set, ratio, is_total, indent + 2);
    }
}

static void write_ratios(struct acri_buf *out, const char *title, const struct acri_plan *plan,
                         uint64_t n_users, bool is_total)
{
    acri_buf_printf(out, "\n %s\n", title);
    for (int i = 0; i < 80; i++)
        acri_buf_puts(out, "-");
    acri_buf_puts(out, "\n");
    for (size_t i = 0; i < plan->n_types; i++) {
        double ratio = type_ratio(plan, n_users, i);

        write_ratio(out, 0, ratio, plan->types[i].type->name);
        write_set(out, plan->types[i].tasks, ratio, is_total, 2);
    }
}

void acri_console_scenario_ratio(struct acri_buf *out, const struct acri_plan *plan,
                                 uint64_t n_users)
{
    write_ratios(out, "Task ratio per User class", plan, n_users, false);
    write_ratios(out, "Total task ratio", plan, n_users, true);
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

static json_t *set_json(const struct acri_set_plan *set, double of_set, bool is_total)
{
    json_t *tasks = json_object();

    for (size_t i = 0; i < set->n_tasks; i++) {
        double ratio = task_ratio(set, i) * (is_total ? of_set : 1);
        json_t *task = json_pack("{s:f}", "ratio", ratio);

        if (set->tasks[i].set != NULL)
            set_member(task, "tasks", set_json(set->tasks[i].set, ratio, is_total));
        set_member(tasks, set->tasks[i].task->name, task);
    }
    return tasks;
}

static double live_ratio(const struct acri_plan *plan, const uint64_t *counts, size_t index)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < plan->n_types; i++)
        sum += counts[i];
    return sum > 0 ? (double)counts[index] / (double)sum : 0;
}

static json_t *ratios_json(const struct acri_plan *plan, uint64_t n_users, const uint64_t *counts,
                           bool is_total)
{
    json_t *all = json_object();

    for (size_t i = 0; i < plan->n_types; i++) {
        double ratio = counts != NULL ? live_ratio(plan, counts, i) : type_ratio(plan, n_users, i);

        set_member(all, plan->types[i].type->name,
                   json_pack("{s:f, s:o}", "ratio", ratio, "tasks",
                             set_json(plan->types[i].tasks, ratio, is_total)));
    }
    return all;
}

void acri_console_scenario_ratio_json(struct acri_buf *out, const struct acri_plan *plan,
                                      uint64_t n_users)
{
    acri_console_scenario_live_json(out, plan, n_users, NULL);
}

void acri_console_scenario_live_json(struct acri_buf *out, const struct acri_plan *plan,
                                     uint64_t n_users, const uint64_t *counts)
{
    json_t *root = json_pack("{s:o, s:o}", "per_class", ratios_json(plan, n_users, counts, false),
                             "total", ratios_json(plan, n_users, counts, true));
    char *text = json_dumps(root, JSON_INDENT(4));

    ACRI_ASSERT(text != NULL);
    acri_buf_printf(out, "%s\n", text);
    free(text);
    json_decref(root);
}
