/* SPDX-License-Identifier: MIT */
#include "engine/handover.h"

#include "base/clock.h"
#include "engine/health.h"
#include "engine/lead.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void **acri_handover_new_states(const struct acri_plan *plan)
{
    void **states = acri_alloc((plan->n_loop_states + 1) * sizeof(*states));

    for (size_t i = 0; i < plan->n_loop_states; i++)
        states[i] = acri_alloc(plan->loop_states[i]->size);
    return states;
}

void acri_handover_free_states(const struct acri_plan *plan, void **states)
{
    for (size_t i = 0; states != NULL && i < plan->n_loop_states; i++)
        free(states[i]);
    free((void *)states);
}

/* Of a worker: what outlives it. */
static void keep_live(struct acri_users *us)
{
    struct acri_lead *lead = us->run->lead;
    struct acri_tally *live = lead != NULL && !us->is_control
                                  ? lead->live_tally(lead->arg, (uint32_t)us->loop.index)
                                  : NULL;

    if (live == NULL)
        return;
    acri_block_keep(us->block, live);
    acri_block_keep(us->handover.block, live);
}

void acri_handover_init(struct acri_users *us)
{
    const struct acri_plan *plan = us->run->plan;

    us->states = acri_handover_new_states(plan);
    us->handover.users = us;
    us->handover.block = acri_block_new();
    us->handover.states = acri_handover_new_states(plan);
    us->handover.type_live = acri_alloc((plan->n_types + 1) * sizeof(uint64_t));
    us->handover.type_quit = acri_alloc((plan->n_types + 1) * sizeof(uint64_t));
    us->type_live_seen = acri_alloc((plan->n_types + 1) * sizeof(uint64_t));
    us->handed_over_ns = us->open_since_ns = acri_clock_now_ns();
    keep_live(us);
}

void acri_handover_done(struct acri_users *us)
{
    const struct acri_plan *plan = us->run->plan;

    acri_exceptions_clear(&us->handover.exceptions);
    acri_block_free(us->handover.block);
    acri_handover_free_states(plan, us->handover.states);
    acri_handover_free_states(plan, us->states);
    free(us->handover.type_live);
    free(us->handover.type_quit);
    free(us->type_live_seen);
    acri_health_close(&us->wait_fd);
}

void acri_handover_begin(struct acri_users *us, uint64_t now_ns)
{
    us->handed_over_ns = us->open_since_ns = now_ns;
}

static void run_on_handover(struct acri_message *m)
{
    struct acri_handover *h = ACRI_CONTAINER_OF(m, struct acri_handover, message);

    h->is_out = false;
    h->users->run->on_handover(h->users);
}

/* Thread: the loop's. */
static void fill_fared(struct acri_users *us, struct acri_handover *h)
{
    struct timespec cpu;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    us->fared.cpu_ns = (uint64_t)cpu.tv_sec * ACRI_NS_PER_S + (uint64_t)cpu.tv_nsec;
    acri_health_read_wait(&us->wait_fd, &us->fared);
    h->fared = us->fared;
}

static void fill_counts(struct acri_users *us, struct acri_handover *h)
{

    for (size_t i = 0; i < us->run->plan->n_types; i++) {
        h->type_live[i] = us->types[i].n_live;
        h->type_quit[i] = us->types[i].n_quit;
    }
    memcpy(h->load, us->load, sizeof(h->load));
    h->load[ACR_LOAD_SPAWNED] = us->n_spawned;
    h->n_live = us->n_live;
    us->did_report_deserted = false;
    fill_fared(us, h);
    h->did_listener_fail = us->did_listener_fail;
}

static void run_handover(struct acri_message *m)
{
    struct acri_handover *h = ACRI_CONTAINER_OF(m, struct acri_handover, message);
    struct acri_users *us = h->users;
    struct acri_block *filled = us->block;
    void **states = us->states;
    uint64_t now_ns = acri_clock_now_ns();

    us->block = h->block;
    h->block = filled;
    us->states = h->states;
    h->states = states;
    h->exceptions = us->exceptions;
    us->exceptions = (struct acri_exceptions){ 0 };
    fill_counts(us, h);
    acri_users_note_open(us, now_ns, 0);
    h->open_ns = us->open_ns;
    h->over_ns = now_ns - us->handed_over_ns;
    us->open_ns = 0;
    us->handed_over_ns = now_ns;
    h->message.run = run_on_handover;
    acri_loop_post(us->run->control, &h->message);
}

void acri_handover_post(struct acri_users *us)
{
    if (us->handover.is_out)
        return;
    us->handover.is_out = true;
    us->handover.message.run = run_handover;
    acri_loop_post(&us->loop, &us->handover.message);
}

void acri_handover_merge_states(const struct acri_plan *plan, void **into, void **from)
{
    for (size_t i = 0; i < plan->n_loop_states; i++) {
        plan->loop_states[i]->merge(into[i], from[i]);
        memset(from[i], 0, plan->loop_states[i]->size);
    }
}
