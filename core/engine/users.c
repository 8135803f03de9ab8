/* SPDX-License-Identifier: MIT */
#include "engine/users.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/crash.h"
#include "engine/arrivals.h"
#include "engine/handover.h"
#include "engine/measure.h"
#include "engine/names.h"
#include "engine/park.h"
#include "engine/roster.h"
#include "engine/step.h"
#include "sched/tls.h"

#include <errno.h>
#include <locale.h>
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

    us->fared.n_stalls++;
    us->fared.n_stalled += us->n_open;
    if (held_ns > us->fared.longest_stall_ns)
        us->fared.longest_stall_ns = held_ns;
    if (u == NULL || u->phase == ACRI_USER_SERVICE ||
        !acri_log_may(&us->stall_limit, l->now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        return;
    acri_log_warning(
        "task '%s' of user type '%s' held its loop for %llu ms: all other users of the loop "
        "waited; use acr_sleep instead of sleep, and no blocking calls (told at most every "
        "10 s; not told since: %llu)",
        acri_step_name(u), u->plan->type->name, (unsigned long long)(held_ns / ACRI_NS_PER_MS),
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
    us->names = acri_names_new(~run->seed, index);
    acri_source_turn_init(&us->from, run->sources, index, run->n_loops);
    us->tls = acri_tls_contexts_new();
    acri_handover_init(us);
    acri_roster_init(us);
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
    acri_measure_free_pool(us);
    for (size_t i = 0; i < us->n_free_arenas; i++) {
        acri_arena_done(us->free_arenas[i]);
        free(us->free_arenas[i]);
    }
    free(us->free_arenas);
    acri_exceptions_clear(&us->exceptions);
    acri_block_free(us->block);
    acri_names_free(us->names, true);
    acri_tls_contexts_free(us->tls);
    acri_handover_done(us);
    acri_roster_done(us);
    acri_loop_done(&us->loop);
    if (us->is_control)
        here = NULL;
}

struct users_message {
    struct acri_message message;
    struct acri_users *users;
};

/* Tell the control loop something about this loop. */
static void report(struct acri_users *us, void (*run)(struct acri_message *m))
{
    struct users_message *m = acri_alloc(sizeof(*m));

    m->message.run = run;
    m->users = us;
    acri_loop_post(us->run->control, &m->message);
}

static void run_on_failed(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    e->users->run->on_failed(e->users);
    free(e);
}

static void run_thread(void *arg)
{
    struct acri_users *us = arg;
    struct acri_error error = { "" };
    struct acri_crash_stack crash_stack;
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    here = us;
    /* Numbers are written with a point, whatever the program that embeds us has set. */
    uselocale(locale);
    acri_fiber_thread_init(&us->loop.coros.fiber);
    acri_crash_thread_init(&crash_stack);
    if (init_clients(us, &error) < 0) {
        acri_log_error("%s", error.text);
        us->is_stopping = true;
        report(us, run_on_failed);
    }
    acri_loop_run(&us->loop);
    here = NULL; /* who would report a fault waits for this thread */
    acri_park_free_all(us);
    done_clients(us);
    acri_crash_thread_done(&crash_stack);
    uselocale(LC_GLOBAL_LOCALE);
    freelocale(locale);
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
        if (!s->users->is_stopping && !s->users->is_over)
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

static void run_on_deserted(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    e->users->run->on_deserted(e->users);
    free(e);
}

static void run_on_finished(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    e->users->run->on_finished(e->users);
    free(e);
}

static void run_on_stop_test(struct acri_message *m)
{
    struct users_message *e = (struct users_message *)(void *)m;

    e->users->run->on_stop_test();
    free(e);
}

void acri_users_ask_stop_test(struct acri_users *us)
{
    report(us, run_on_stop_test);
}

void acri_users_warn_stacks(struct acri_users *us, uint64_t user_number)
{
    uint64_t n_left_out;

    if (acri_log_may(&us->warn_limit, us->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        acri_log_error("no address space for another stack: user %llu ends; run fewer users in "
                       "tasks at once, or smaller .stack_kib",
                       (unsigned long long)user_number);
}

static void report_if_empty(struct acri_users *us)
{
    if (us->is_over && us->n_looping == 0 && !us->did_report_finished) {
        us->did_report_finished = true;
        report(us, run_on_finished);
    }
    if (us->n_live == 0 && us->is_stopping && !us->did_report_empty) {
        us->did_report_empty = true;
        report(us, run_on_empty);
    }
    if (us->n_live == 0 && !us->is_stopping && !us->did_report_deserted) {
        us->did_report_deserted = true;
        report(us, run_on_deserted);
    }
}

struct stop_message {
    struct acri_message message;
    struct acri_users *users;
    enum acri_stop how;
};

static void stop_arrivals(struct acri_users *us)
{
    for (size_t i = 0; i < us->run->plan->n_types; i++)
        if (us->types[i].arrivals != NULL)
            acri_arrivals_stop(us->types[i].arrivals);
}

static void run_stop(struct acri_message *m)
{
    struct stop_message *s = (struct stop_message *)(void *)m;
    struct acri_users *us = s->users;

    us->is_stopping = true;
    stop_arrivals(us);
    acri_roster_stop_all(us, s->how);
    report_if_empty(us);
    free(s);
}

void acri_users_end_iterations(struct acri_users *us)
{
    us->is_over = true;
    stop_arrivals(us);
    acri_roster_finish_all(us);
    report_if_empty(us);
}

void acri_users_post_stop(struct acri_users *us, enum acri_stop how)
{
    struct stop_message *m = acri_alloc(sizeof(*m));

    m->message.run = run_stop;
    m->users = us;
    m->how = how;
    acri_loop_post(&us->loop, &m->message);
}

struct counts_message {
    struct acri_message message;
    struct acri_users *users;
    uint64_t n_of_type[];
};

static struct counts_message *new_counts(struct acri_users *us, const uint64_t *n_of_type,
                                         void (*run)(struct acri_message *m))
{
    size_t bytes = us->run->plan->n_types * sizeof(*n_of_type);
    struct counts_message *c = acri_alloc(sizeof(*c) + bytes);

    c->message.run = run;
    c->users = us;
    memcpy(c->n_of_type, n_of_type, bytes);
    return c;
}

static void run_stop_some(struct acri_message *m)
{
    struct counts_message *c = (struct counts_message *)(void *)m;

    for (size_t i = 0; i < c->users->run->plan->n_types; i++)
        acri_roster_stop_some(c->users, (uint32_t)i, c->n_of_type[i]);
    free(c);
}

void acri_users_post_stop_some(struct acri_users *us, const uint64_t *n_of_type)
{
    acri_loop_post(&us->loop, &new_counts(us, n_of_type, run_stop_some)->message);
}

static void run_type_counts(struct acri_message *m)
{
    struct counts_message *c = (struct counts_message *)(void *)m;

    for (size_t i = 0; i < c->users->run->plan->n_types; i++)
        c->users->types[i].n_over_all = c->n_of_type[i];
    free(c);
}

void acri_users_post_type_counts(struct acri_users *us, const uint64_t *n_of_type)
{
    acri_loop_post(&us->loop, &new_counts(us, n_of_type, run_type_counts)->message);
}

void acri_users_note_open(struct acri_users *us, uint64_t now_ns, int change)
{
    us->open_ns += us->n_open * (now_ns - us->open_since_ns);
    us->open_since_ns = now_ns;
    us->n_open = (uint64_t)((int64_t)us->n_open + change);
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

void acri_users_note_end(struct acri_users *us)
{
    us->n_live--;
    report_if_empty(us);
}
