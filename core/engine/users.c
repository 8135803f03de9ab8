/* SPDX-License-Identifier: MIT */
#include "engine/users.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/crash.h"
#include "engine/user.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So much a task may allocate; more is a leak in the scenario. */
#define TASK_ARENA_BYTES (64u << 20)

static _Thread_local struct acri_users *here;

struct acri_users *acri_users_here(void)
{
    return here;
}

static void on_stall(struct acr_loop *l, void *owner, uint64_t held_ns)
{
    struct acri_users *us = l->owner;
    const struct acr_user *u = owner;
    uint64_t n_left_out;

    if (u == NULL || u->phase == ACRI_USER_SERVICE ||
        !acri_log_may(&us->stall_limit, l->now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        return;
    acri_log_warning(
        "task '%s' of user type '%s' held its loop for %llu ms: all other users of the loop "
        "waited; use acr_sleep instead of sleep, and no blocking calls (told at most every "
        "10 s; not told since: %llu)",
        acri_user_step_name(u), u->plan->type->name, (unsigned long long)(held_ns / ACRI_NS_PER_MS),
        (unsigned long long)n_left_out);
}

static int init_clients(struct acri_users *us, struct acri_error *reterr)
{
    const struct acri_plan *plan = us->run->plan;

    us->client_states = acri_alloc(plan->n_clients * sizeof(void *));
    for (size_t i = 0; i < plan->n_clients; i++) {
        const struct acr_client *client = plan->clients[i];

        us->client_states[i] = acri_alloc(client->loop_size);
        if (client->loop_init != NULL && client->loop_init(&us->loop, us->client_states[i]) < 0) {
            free(us->client_states[i]);
            us->client_states[i] = NULL;
            return acri_fail(reterr, -EIO, "client '%s' could not start on loop %u", client->name,
                             us->loop.index);
        }
    }
    return 0;
}

static void done_clients(struct acri_users *us)
{
    const struct acri_plan *plan = us->run->plan;

    for (size_t i = 0; us->client_states != NULL && i < plan->n_clients; i++) {
        if (us->client_states[i] != NULL && plan->clients[i]->loop_done != NULL)
            plan->clients[i]->loop_done(&us->loop, us->client_states[i]);
        free(us->client_states[i]);
    }
    free(us->client_states);
    us->client_states = NULL;
}

int acri_users_init(struct acri_users *us, unsigned index, bool is_control,
                    const struct acri_run_common *run, struct acri_error *reterr)
{
    int r;

    *us = (struct acri_users){ .run = run, .is_control = is_control };
    r = acri_loop_init(&us->loop, index, us);
    if (r < 0)
        return acri_fail(reterr, r,
                         "a loop could not be set up: %s; raise the limit of open files "
                         "(ulimit -n)",
                         strerror(-r));
    us->loop.on_stall = on_stall;
    us->block = acri_block_new();
    us->handover.users = us;
    us->handover.block = acri_block_new();
    us->handed_over_ns = us->open_since_ns = acri_clock_now_ns();
    /* Clients of a loop thread are set up on it. */
    if (!is_control)
        return 0;
    here = us;
    r = init_clients(us, reterr);
    if (r < 0)
        acri_users_done(us);
    return r;
}

void acri_users_done(struct acri_users *us)
{
    if (us->is_control)
        done_clients(us);
    while (us->free_samples != NULL) {
        struct acr_sample *s = us->free_samples;

        us->free_samples = *(struct acr_sample **)(void *)s;
        free(s);
    }
    for (size_t i = 0; i < us->n_free_arenas; i++) {
        acri_arena_done(us->free_arenas[i]);
        free(us->free_arenas[i]);
    }
    free(us->free_arenas);
    acri_exceptions_clear(&us->exceptions);
    acri_exceptions_clear(&us->handover.exceptions);
    acri_block_free(us->block);
    acri_block_free(us->handover.block);
    acri_loop_done(&us->loop);
    if (us->is_control)
        here = NULL;
}

struct users_message {
    struct acri_message message;
    struct acri_users *users;
};

static void run_on_failed(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    e->users->run->on_failed(e->users);
    free(e);
}

static void report_failed(struct acri_users *us)
{
    struct users_message *m = acri_alloc(sizeof(*m));

    m->message.run = run_on_failed;
    m->users = us;
    acri_loop_post(us->run->control, &m->message);
}

static void run_thread(void *arg)
{
    struct acri_users *us = arg;
    struct acri_error error = { "" };
    struct acri_crash_stack crash_stack;

    here = us;
    acri_fiber_thread_init(&us->loop.coros.fiber);
    acri_crash_thread_init(&crash_stack);
    if (init_clients(us, &error) < 0) {
        acri_log_error("%s", error.text);
        us->is_stopping = true;
        report_failed(us);
    }
    acri_loop_run(&us->loop);
    acri_user_free_parked(us);
    done_clients(us);
    acri_crash_thread_done(&crash_stack);
}

int acri_users_start(struct acri_users *us, struct acri_error *reterr)
{
    char name[16];
    int r;

    snprintf(name, sizeof(name), "loop %u", us->loop.index);
    r = acri_thread_start(&us->thread, name, run_thread, us);
    if (r < 0)
        return acri_fail(reterr, r, "a thread could not be started: %s", strerror(-r));
    return 0;
}

static void run_end(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    acri_loop_end(&e->users->loop);
}

void acri_users_join(struct acri_users *us)
{
    struct users_message end = { .message = { .run = run_end }, .users = us };

    acri_loop_post(&us->loop, &end.message);
    acri_thread_join(&us->thread);
}

struct spawn_message {
    struct acri_message message;
    struct acri_users *users;
    size_t n;
    struct acri_spawn spawns[];
};

static void run_spawn(struct acri_message *m)
{
    struct spawn_message *s = (struct spawn_message *)(void *)m;

    for (size_t i = 0; i < s->n; i++)
        if (!s->users->is_stopping)
            acri_user_start(s->users, &s->spawns[i]);
    free(s);
}

void acri_users_post_spawn(struct acri_users *us, const struct acri_spawn *spawns, size_t n)
{
    struct spawn_message *m = acri_alloc(sizeof(*m) + n * sizeof(*spawns));

    m->message.run = run_spawn;
    m->users = us;
    m->n = n;
    memcpy(m->spawns, spawns, n * sizeof(*spawns));
    acri_loop_post(&us->loop, &m->message);
}

static void run_on_empty(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    e->users->run->on_empty(e->users);
    free(e);
}

static void report_if_empty(struct acri_users *us)
{
    struct users_message *m;

    if (!us->is_stopping || us->n_live > 0 || us->did_report_empty)
        return;
    us->did_report_empty = true;
    m = acri_alloc(sizeof(*m));
    m->message.run = run_on_empty;
    m->users = us;
    acri_loop_post(us->run->control, &m->message);
}

struct stop_message {
    struct acri_message message;
    struct acri_users *users;
    enum acri_stop how;
};

static void run_stop(struct acri_message *m)
{
    struct stop_message *s = (struct stop_message *)(void *)m;
    struct acri_users *us = s->users;
    struct acr_user *u = us->first;

    us->is_stopping = true;
    while (u != NULL) {
        /* Stopping may free this user, and no other. */
        struct acr_user *next = u->next;

        acri_user_stop(u, s->how);
        u = next;
    }
    report_if_empty(us);
    free(s);
}

void acri_users_post_stop(struct acri_users *us, enum acri_stop how)
{
    struct stop_message *m = acri_alloc(sizeof(*m));

    m->message.run = run_stop;
    m->users = us;
    m->how = how;
    acri_loop_post(&us->loop, &m->message);
}

void acri_users_note_open(struct acri_users *us, uint64_t now_ns, int change)
{
    us->open_ns += us->n_open * (now_ns - us->open_since_ns);
    us->open_since_ns = now_ns;
    us->n_open = (uint64_t)((int64_t)us->n_open + change);
}

static void run_on_handover(struct acri_message *m)
{
    struct acri_handover *h = ACRI_CONTAINER_OF(m, struct acri_handover, message);

    h->is_out = false;
    h->users->run->on_handover(h->users);
}

static void run_handover(struct acri_message *m)
{
    struct acri_handover *h = ACRI_CONTAINER_OF(m, struct acri_handover, message);
    struct acri_users *us = h->users;
    struct acri_block *filled = us->block;
    uint64_t now_ns = acri_clock_now_ns();

    us->block = h->block;
    h->block = filled;
    h->exceptions = us->exceptions;
    us->exceptions = (struct acri_exceptions){ 0 };
    h->n_live = us->n_live;
    h->n_parked = us->n_parked;
    acri_users_note_open(us, now_ns, 0);
    h->open_ns = us->open_ns;
    h->over_ns = now_ns - us->handed_over_ns;
    us->open_ns = 0;
    us->handed_over_ns = now_ns;
    h->message.run = run_on_handover;
    acri_loop_post(us->run->control, &h->message);
}

void acri_users_post_handover(struct acri_users *us)
{
    if (us->handover.is_out)
        return;
    us->handover.is_out = true;
    us->handover.message.run = run_handover;
    acri_loop_post(&us->loop, &us->handover.message);
}

struct acri_arena *acri_users_take_arena(struct acri_users *us)
{
    struct acri_arena *arena;

    if (us->n_free_arenas > 0)
        return us->free_arenas[--us->n_free_arenas];
    arena = acri_alloc(sizeof(*arena));
    acri_arena_init(arena, TASK_ARENA_BYTES);
    return arena;
}

void acri_users_give_arena(struct acri_users *us, struct acri_arena *arena)
{
    acri_arena_rewind(arena, 0);
    /* Waiting users need none; a few hundred warm ones serve a loop. */
    if (us->n_free_arenas >= 256) {
        acri_arena_done(arena);
        free(arena);
        return;
    }
    if (us->n_free_arenas == us->arenas_capacity) {
        us->arenas_capacity = us->arenas_capacity > 0 ? us->arenas_capacity * 2 : 64;
        us->free_arenas =
            acri_realloc(us->free_arenas, us->arenas_capacity * sizeof(*us->free_arenas));
    }
    us->free_arenas[us->n_free_arenas++] = arena;
}

void acri_users_note_end(struct acri_users *us, bool is_parked)
{
    us->n_live--;
    if (is_parked)
        us->n_parked++;
    report_if_empty(us);
}
