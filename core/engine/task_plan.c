/* SPDX-License-Identifier: MIT */
#include "engine/task_plan.h"

#include <stdlib.h>
#include <string.h>

/* The tags around a task: those of the sets that it is in. */
struct tags {
    const char *words;
    const struct tags *outer;
};

static struct acri_set_plan *plan_tasks(const struct acr_task_set *set, const struct tags *outer,
                                        const struct acri_task_filter *filter, bool is_top,
                                        uint32_t *n_rates);

bool acri_task_plan_has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    const char *at = words;

    while (at != NULL && *at != '\0') {
        size_t n = strcspn(at, " ");

        if (n == length && length > 0 && memcmp(at, word, n) == 0)
            return true;
        at += n;
        at += strspn(at, " ");
    }
    return false;
}

static bool has_one_of(const struct tags *tags, const char *const *words, size_t n)
{
    for (; tags != NULL; tags = tags->outer)
        for (size_t i = 0; i < n; i++)
            if (acri_task_plan_has_word(tags->words, words[i]))
                return true;
    return false;
}

static bool stays(const struct tags *tags, const struct acri_task_filter *f)
{
    return (f->n_tags == 0 || has_one_of(tags, f->tags, f->n_tags)) &&
           !has_one_of(tags, f->exclude_tags, f->n_exclude_tags);
}

static bool is_named(const struct acr_task *task, const struct acri_task_filter *f)
{
    for (size_t i = 0; i < f->n_names; i++)
        if (strcmp(task->name, f->names[i]) == 0)
            return true;
    return f->n_names == 0;
}

static double weight_of(int weight)
{
    return weight == 0 ? 1 : weight > 0 ? (double)weight : 0;
}

static void free_task(struct acri_task_plan *t)
{
    acri_task_plan_free(t->set);
    acri_picker_done(&t->targets);
    free(t->target_tasks);
}

void acri_task_plan_free(struct acri_set_plan *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->n_tasks; i++)
        free_task(&set->tasks[i]);
    acri_picker_done(&set->picker);
    free(set->tasks);
    free(set);
}

/* The transitions of a task of a Markov set, whose tasks are all there. */
static void plan_transitions(const struct acri_set_plan *set, struct acri_task_plan *t)
{
    size_t n = t->task->n_transitions;
    double *weights = acri_alloc((n + 1) * sizeof(*weights));

    t->target_tasks = acri_alloc((n + 1) * sizeof(*t->target_tasks));
    for (size_t i = 0; i < n; i++) {
        weights[i] = weight_of(t->task->transitions[i].weight);
        for (size_t k = 0; k < set->n_tasks; k++)
            if (strcmp(set->tasks[k].task->name, t->task->transitions[i].task) == 0)
                t->target_tasks[i] = (uint32_t)k;
    }
    acri_picker_init(&t->targets, weights, n);
    free(weights);
}

static void plan_picker(struct acri_set_plan *set, bool are_equal)
{
    double *weights = acri_alloc((set->n_tasks + 1) * sizeof(*weights));

    for (size_t i = 0; i < set->n_tasks; i++)
        weights[i] = are_equal ? 1 : weight_of(set->tasks[i].task->weight);
    acri_picker_init(&set->picker, weights, set->n_tasks);
    free(weights);
}

static bool can_pick(const struct acri_set_plan *set, bool are_equal)
{
    for (size_t i = 0; i < set->n_tasks; i++)
        if (are_equal || set->tasks[i].task->weight != ACR_NEVER)
            return true;
    return false;
}

/* What a task becomes; false when it does not stay. */
static bool plan_task(const struct acr_task *task, const struct tags *tags,
                      const struct acri_task_filter *filter, uint32_t *n_rates,
                      struct acri_task_plan *ret_task)
{
    *ret_task =
        (struct acri_task_plan){ .task = task, .n_in_a_row = (uint32_t)weight_of(task->weight) };
    if (task->set == NULL)
        return stays(tags, filter);
    ret_task->set = plan_tasks(task->set, tags, filter, false, n_rates);
    if (ret_task->set != NULL)
        ret_task->set->name = task->name;
    return ret_task->set != NULL;
}

/* All tasks of sets and sets in them, each function once: --equal-weights. */
static void add_flat(struct acri_set_plan *plan, size_t *capacity, const struct acr_task_set *set,
                     const struct tags *outer, const struct acri_task_filter *filter, bool is_top)
{
    for (size_t i = 0; i < set->n_tasks; i++) {
        const struct acr_task *task = &set->tasks[i];
        const struct tags tags = { .words = task->tags, .outer = outer };
        bool is_there = false;

        if (is_top && !is_named(task, filter))
            continue;
        if (task->set != NULL) {
            add_flat(plan, capacity, task->set, &tags, filter, false);
            continue;
        }
        for (size_t k = 0; k < plan->n_tasks; k++)
            is_there = is_there || plan->tasks[k].task->run == task->run;
        if (is_there || task->weight == ACR_NEVER || !stays(&tags, filter))
            continue;
        if (plan->n_tasks == *capacity) {
            *capacity = *capacity * 2 + 8;
            plan->tasks = acri_realloc(plan->tasks, *capacity * sizeof(*plan->tasks));
        }
        plan->tasks[plan->n_tasks++] = (struct acri_task_plan){ .task = task, .n_in_a_row = 1 };
    }
}

static void add_tasks(struct acri_set_plan *plan, const struct acr_task_set *set,
                      const struct tags *outer, const struct acri_task_filter *filter, bool is_top,
                      uint32_t *n_rates)
{
    /* The states of a Markov set have no tags: a chain without one of its states is another. */
    static const struct acri_task_filter all = { 0 };
    const struct acri_task_filter *f = set->order == ACR_MARKOV ? &all : filter;

    plan->tasks = acri_alloc((set->n_tasks + 1) * sizeof(*plan->tasks));
    for (size_t i = 0; i < set->n_tasks; i++) {
        const struct tags tags = { .words = set->tasks[i].tags, .outer = outer };

        if ((!is_top || is_named(&set->tasks[i], f)) &&
            plan_task(&set->tasks[i], &tags, f, n_rates, &plan->tasks[plan->n_tasks])) {
            plan->has_sets |= plan->tasks[plan->n_tasks].set != NULL;
            plan->n_tasks++;
        }
    }
}

static bool catches_up(const struct acr_task_set *set)
{
    return set->catch_up == 0
               ? set->wait.kind == ACR_WAIT_THROUGHPUT || set->wait.kind == ACR_WAIT_TOTAL_RATE
               : set->catch_up > 0;
}

static struct acri_set_plan *plan_tasks(const struct acr_task_set *set, const struct tags *outer,
                                        const struct acri_task_filter *filter, bool is_top,
                                        uint32_t *n_rates)
{
    struct acri_set_plan *plan = acri_alloc(sizeof(*plan));
    size_t capacity = 0;

    *plan = (struct acri_set_plan){ .order = filter->is_flat ? ACR_RANDOM : set->order,
                                    .wait = set->wait,
                                    .must_catch_up = catches_up(set),
                                    .state_size = set->state_size,
                                    .on_start = set->on_start,
                                    .on_stop = set->on_stop };
    if (filter->is_flat)
        add_flat(plan, &capacity, set, outer, filter, is_top);
    else
        add_tasks(plan, set, outer, filter, is_top, n_rates);
    if (!can_pick(plan, filter->is_flat)) {
        acri_task_plan_free(plan);
        return NULL;
    }
    if (plan->wait.kind == ACR_WAIT_TOTAL_RATE)
        plan->rate_index = (*n_rates)++;
    plan_picker(plan, filter->is_flat);
    for (size_t i = 0; plan->order == ACR_MARKOV && i < plan->n_tasks; i++)
        plan_transitions(plan, &plan->tasks[i]);
    return plan;
}

struct acri_set_plan *acri_task_plan_new(const struct acr_user_type *type,
                                         const struct acri_task_filter *filter, uint32_t *n_rates)
{
    const struct acr_task_set set = { .tasks = type->tasks,
                                      .n_tasks = type->n_tasks,
                                      .order = type->order,
                                      .catch_up = type->catch_up,
                                      .wait = type->wait };
    struct acri_set_plan *plan = plan_tasks(&set, NULL, filter, true, n_rates);

    if (plan != NULL)
        plan->name = type->name;
    return plan;
}
