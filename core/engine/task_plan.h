/* SPDX-License-Identifier: MIT */
/*
 * The tasks of a user type or task set as a run uses them: after the selection by tags and names,
 * with their random choices prepared. A tree, constant while loops run.
 */
#ifndef ACRIDA_ENGINE_TASK_PLAN_H
#define ACRIDA_ENGINE_TASK_PLAN_H

#include "base/check.h"
#include "engine/picker.h"

#include <acrida/acrida.h>

struct acri_task_plan {
    const struct acr_task *task;
    struct acri_set_plan *set;  /* of a task that is a set; else NULL */
    struct acri_picker targets; /* Markov: which transition; empty otherwise */
    uint32_t *target_tasks;     /* Markov: where each leads, an index into the set's tasks */
    uint32_t n_in_a_row;        /* sequential: how often; 0 = never by itself */
};

struct acri_set_plan {
    const char *name;
    enum acr_order order;
    struct acr_wait wait; /* kind NONE: that of what is around it */
    bool must_catch_up;
    uint32_t rate_index; /* of a total rate: which, over the whole plan */
    size_t state_size;
    int (*on_start)(struct acr_user *u);
    int (*on_stop)(struct acr_user *u);
    struct acri_task_plan *tasks; /* n_tasks elements */
    size_t n_tasks;
    bool has_sets;             /* some of the tasks are sets */
    struct acri_picker picker; /* random: by weight */
};

/* Which tasks stay. */
struct acri_task_filter {
    const char *const *tags; /* n_tags elements: one of these; any when it is 0 */
    size_t n_tags;
    const char *const *exclude_tags; /* n_exclude_tags elements: none of these */
    size_t n_exclude_tags;
    const char *const *names; /* n_names elements: of the user type's own tasks; any when it is 0 */
    size_t n_names;
    bool is_flat; /* sets are dissolved, weights are 1, no task twice */
};

/*
 * The tasks of a user type.
 *
 * n_rates: the number of total rates so far; grows by those found.
 * Returns: NULL when no task that can be picked stays.
 */
struct acri_set_plan *acri_task_plan_new(const struct acr_user_type *type,
                                         const struct acri_task_filter *filter, uint32_t *n_rates);
/* NULL is allowed. */
void acri_task_plan_free(struct acri_set_plan *set);

/* Whether a list of words, separated by spaces, has this word. NULL is an empty list. */
bool acri_task_plan_has_word(const char *words, const char *word);

#endif
