/* SPDX-License-Identifier: MIT */
#include "engine/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct acri_scheduled {
    struct acri_scheduled *next;
    const struct acri_task_plan *task;
};

void acri_frame_init(struct acri_frame *f, const struct acri_set_plan *set)
{
    *f = (struct acri_frame){ .set = set };
}

void acri_frame_done(struct acri_frame *f)
{
    while (f->scheduled != NULL) {
        struct acri_scheduled *s = f->scheduled;

        f->scheduled = s->next;
        free(s);
    }
    free(f->state);
    f->state = NULL;
}

struct acri_frame *acri_frame_push(struct acri_frame *outer, const struct acri_set_plan *set)
{
    struct acri_frame *f = acri_alloc(sizeof(*f));

    acri_frame_init(f, set);
    f->outer = outer;
    if (set->state_size > 0)
        f->state = acri_alloc(set->state_size);
    return f;
}

struct acri_frame *acri_frame_pop(struct acri_frame *f)
{
    struct acri_frame *outer = f->outer;

    ACRI_ASSERT(outer != NULL);
    acri_frame_done(f);
    free(f);
    return outer;
}

static const struct acri_task_plan *take_scheduled(struct acri_frame *f)
{
    struct acri_scheduled *s = f->scheduled;
    const struct acri_task_plan *task = s->task;

    f->scheduled = s->next;
    free(s);
    return task;
}

static const struct acri_task_plan *next_in_row(struct acri_frame *f)
{
    const struct acri_task_plan *task;

    while (f->set->tasks[f->position].n_in_a_row == 0)
        f->position = (f->position + 1) % (uint32_t)f->set->n_tasks;
    task = &f->set->tasks[f->position];
    if (++f->n_done >= task->n_in_a_row) {
        f->n_done = 0;
        f->position = (f->position + 1) % (uint32_t)f->set->n_tasks;
    }
    return task;
}

static const struct acri_task_plan *next_in_chain(struct acri_frame *f, struct acri_rng *rng)
{
    const struct acri_task_plan *last = &f->set->tasks[f->position];

    if (f->has_begun)
        f->position = last->target_tasks[acri_picker_pick(&last->targets, rng)];
    f->has_begun = true;
    return &f->set->tasks[f->position];
}

const struct acri_task_plan *acri_frame_next(struct acri_frame *f, struct acri_rng *rng)
{
    if (f->scheduled != NULL)
        return take_scheduled(f);
    switch (f->set->order) {
    case ACR_SEQUENTIAL:
        return next_in_row(f);
    case ACR_MARKOV:
        return next_in_chain(f, rng);
    case ACR_RANDOM:
    default:
        return &f->set->tasks[acri_picker_pick(&f->set->picker, rng)];
    }
}

int acri_frame_schedule(struct acri_frame *f, const char *task, bool is_first)
{
    struct acri_scheduled **at = &f->scheduled;
    struct acri_scheduled *s;
    size_t i = 0;

    while (i < f->set->n_tasks && strcmp(f->set->tasks[i].task->name, task) != 0)
        i++;
    if (i == f->set->n_tasks)
        return -ENOENT;
    while (!is_first && *at != NULL)
        at = &(*at)->next;
    s = acri_alloc(sizeof(*s));
    *s = (struct acri_scheduled){ .next = *at, .task = &f->set->tasks[i] };
    *at = s;
    return 0;
}

bool acri_frame_is_between(const struct acri_frame *f)
{
    uint32_t at = f->position;

    if (f->outer != NULL || f->scheduled != NULL)
        return false;
    if (f->set->order != ACR_SEQUENTIAL)
        return true;
    /* What is left of the round may be tasks that are never run. */
    while (at != 0 && f->set->tasks[at].n_in_a_row == 0)
        at = (at + 1) % (uint32_t)f->set->n_tasks;
    return at == 0 && f->n_done == 0;
}

struct acri_frame *acri_frame_of_wait(struct acri_frame *f)
{
    while (f->set->wait.kind == ACR_WAIT_NONE && f->outer != NULL)
        f = f->outer;
    return f;
}
