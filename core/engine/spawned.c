/* SPDX-License-Identifier: MIT */
/* acr_spawn, acr_join, acr_join_all. */
#include "engine/spawned.h"

#include "base/clock.h"
#include "engine/park.h"
#include "engine/step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct acr_spawned {
    struct acr_user *user;    /* what the function works with; NULL when it has ended */
    struct acr_spawned *next; /* of the root's children */
    struct acr_spawned *previous;
    struct acr_spawned *next_handle;
    struct acr_user *holder; /* whose step may join it; NULL = nobody any more */
    struct acr_coroutine *joiner;
    bool is_parked; /* it will never end */
    int (*function)(struct acr_user *u, void *arg);
    int result;
    _Alignas(max_align_t) char arg[];
};

static struct acr_user *new_child(struct acr_user *u)
{
    struct acr_user *root = u->root;
    struct acr_user *child = acri_alloc(sizeof(*child));

    child->home = root->home;
    child->root = root;
    child->plan = root->plan;
    child->task = u->task;
    child->frame = root->frame;
    child->number = root->number;
    child->started_ns = root->started_ns;
    child->phase = root->phase == ACRI_USER_SERVICE ? ACRI_USER_SERVICE : ACRI_USER_SPAWNED;
    child->is_cancelled = root->is_cancelled || u->is_cancelled;
    /* A stream of its own, the same in each run with this seed. */
    acri_rng_init(&child->rng, root->home->run->seed ^ (root->number * 0x9e3779b97f4a7c15ull),
                  (1ull << 63) + ++root->n_spawned);
    return child;
}

static void unlink_child(struct acr_spawned *s, struct acr_user *root)
{
    if (s->next != NULL)
        s->next->previous = s->previous;
    if (s->previous != NULL)
        s->previous->next = s->next;
    else
        root->children = s->next;
    root->n_children--;
    root->home->n_spawned--;
}

static void run(void *arg)
{
    struct acr_spawned *s = arg;
    struct acr_user *u = s->user;

    u->coroutine = acri_loop_current(&u->home->loop);
    u->home->running = u;
    u->result = s->function(u, s->arg);
}

/* The owner that stall reports and on_end get is the user; its handle is found by it. */
static struct acr_spawned *find(const struct acr_user *u)
{
    struct acr_spawned *s = u->root->children;

    while (s->user != u)
        s = s->next;
    return s;
}

static void on_end(void *arg)
{
    struct acr_user *u = arg;
    struct acr_user *root = u->root;
    struct acri_users *us = u->home;
    struct acr_spawned *s = find(u);
    int result = u->asked != 0 ? u->asked : u->result;

    acri_step_record_exception(u);
    acri_step_clean_up(u);
    us->running = NULL;
    acri_users_give_arena(us, u->arena);
    unlink_child(s, root);
    free(u);
    s->user = NULL;
    s->result = result;
    if (s->joiner != NULL)
        acri_loop_wake(s->joiner, 0);
    if (s->holder == NULL)
        free(s);
    if (result == ACR_STOP_TEST)
        acri_users_ask_stop_test(us);
    if (root->phase == ACRI_USER_SERVICE)
        return;
    if (root->phase == ACRI_USER_PARKED)
        acri_park_note_child_end(root);
    else if ((result == ACR_STOP_USER || result == ACR_STOP_TEST) && !root->is_ending)
        acri_user_stop(root, ACRI_STOP_CANCEL, 0);
    else if (root->phase == ACRI_USER_DRAINING && root->n_children == 0)
        acri_user_drained(root);
}

struct acr_spawned *acr_spawn(struct acr_user *u, int (*function)(struct acr_user *u, void *arg),
                              const void *arg, size_t arg_bytes)
{
    struct acr_user *root = u->root;
    struct acri_users *us = u->home;
    struct acr_user *running = us->running;
    struct acr_spawned *s;

    if (root->n_children >= ACRI_SPAWNED_MAX) {
        acri_exceptions_add(&us->exceptions,
                            &(struct acri_raised){ .message = "acr_spawn: 1,000 coroutines of one "
                                                              "user live already" },
                            u->plan->type->name, acri_step_name(u), u->number);
        return NULL;
    }
    s = acri_alloc(sizeof(*s) + arg_bytes);
    *s = (struct acr_spawned){ .user = new_child(u), .holder = u, .function = function };
    if (arg_bytes > 0)
        memcpy(s->arg, arg, arg_bytes);
    s->user->arena = acri_users_take_arena(us);
    s->next_handle = u->handles;
    u->handles = s;
    s->next = root->children;
    if (s->next != NULL)
        s->next->previous = s;
    root->children = s;
    root->n_children++;
    us->n_spawned++;
    if (!acri_loop_begin(&us->loop, u->plan->stack_class, run, s, on_end, s->user)) {
        acri_users_warn_stacks(us, u->number);
        s->user->result = -ENOMEM;
        on_end(s->user);
    }
    us->running = running;
    return s;
}

int acr_join(struct acr_user *u, struct acr_spawned *s, double timeout_s)
{
    uint64_t deadline_ns = timeout_s > 0 ? acri_clock_now_ns() + acri_clock_ns_of(timeout_s) : 0;

    if (s == NULL)
        return -EINVAL;
    while (s->user != NULL) {
        int reason;

        if (s->is_parked)
            return -ECANCELED;

        s->joiner = acri_loop_current(&u->home->loop);
        reason = acri_user_suspend(u, deadline_ns);
        s->joiner = NULL;
        if (reason < 0 && s->user != NULL)
            return reason;
    }
    return s->result;
}

int acr_join_all(struct acr_user *u)
{
    int first = 0;

    for (struct acr_spawned *s = u->handles; s != NULL; s = s->next_handle) {
        int result = acr_join(u, s, 0);

        if (result < 0 && first == 0)
            first = result;
    }
    return first;
}

void acri_spawned_drop_handles(struct acr_user *u)
{
    while (u->handles != NULL) {
        struct acr_spawned *s = u->handles;

        u->handles = s->next_handle;
        s->holder = NULL;
        if (s->user == NULL)
            free(s);
    }
}

void acri_spawned_cancel_all(struct acr_user *root)
{
    for (struct acr_spawned *s = root->children; s != NULL; s = s->next)
        acri_user_cancel(s->user);
}

void acri_spawned_note_parked(struct acr_user *u)
{
    struct acr_spawned *s = find(u);
    struct acr_user *root = u->root;

    unlink_child(s, root);
    root->has_parked_child = true;
    s->is_parked = true;
    if (s->joiner != NULL)
        acri_loop_wake(s->joiner, -ECANCELED);
    u->children = s;
    /* Later: this is the coroutine of the parked one, and on_stop needs one of its own. */
    if (root->phase == ACRI_USER_DRAINING && root->n_children == 0)
        acri_loop_queue(&root->home->loop, &root->job);
    else if (root->phase == ACRI_USER_PARKED)
        acri_park_note_child_end(root);
}

void acri_spawned_free_parked(struct acr_user *u)
{
    struct acr_spawned *s = u->children;

    if (s->holder == NULL)
        free(s);
    else
        s->user = NULL;
}
