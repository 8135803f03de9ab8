/* SPDX-License-Identifier: MIT */
#include "engine/arrivals.h"

#include "base/clock.h"
#include "engine/budget.h"
#include "engine/roster.h"

#include <math.h>
#include <stdlib.h>

/* Arrivals closer to each other than this share a wake-up. */
#define QUANTUM_NS (100 * ACRI_NS_PER_US)
/* So many arrivals in one go, so that sockets have their turn. */
#define MOST_AT_ONCE 256u
/* So many may be queued: what is more is dropped, so that an overload does not take all memory. */
#define QUEUE_MAX (16u << 20)

struct acri_arrivals {
    struct acri_users *us;
    const struct acri_open_type *how;
    uint32_t type;
    struct acri_schedule schedule; /* of all loops together */
    struct acri_rng rng;
    struct acri_timer timer;
    double next_x;    /* where the next arrival of this loop lies on the axis of all arrivals */
    uint64_t next_ns; /* when */
    uint64_t n_loops; /* that take arrivals of this type: the first ones */
    uint64_t max_users;
    struct acri_user_list idle;
    uint64_t *queue; /* a ring of queue_capacity due times, n_queued of them used */
    size_t queue_capacity;
    size_t queue_first;
    size_t n_queued;
    struct acri_job job; /* serves the queue */
    bool is_stopped;
    bool is_starved; /* an arrival is due, and there is no iteration for it */
    bool is_serving;
};

static void on_timer(struct acri_timer *t);
static void on_job(struct acri_job *job);

/* Some part of n for each of the loops, one more for the first ones. */
static uint64_t share(uint64_t n, uint64_t index, uint64_t n_loops)
{
    return n / n_loops + (index < n % n_loops ? 1 : 0);
}

/* With fewer users than loops, the last loops have none to give to an arrival. */
static uint64_t loops_of(const struct acri_run_common *run, size_t type)
{
    return run->open_types[type].max_users < run->n_loops ? run->open_types[type].max_users
                                                          : run->n_loops;
}

/* An exponential step is one of a Poisson process: by inversion; 1 - u is never 0. */
static double next_step(struct acri_arrivals *a)
{
    double n_loops = (double)a->n_loops;

    if (a->how->arrivals == ACR_ARRIVALS_POISSON)
        return -log(1 - acri_rng_unit(&a->rng)) * n_loops;
    return n_loops;
}

/* Arrivals of workers fall between one another's, not together. */
static double phase_of(const struct acri_run_common *run)
{
    return run->first_number < run->number_step
               ? (double)run->first_number / (double)run->number_step
               : 0;
}

struct acri_arrivals *acri_arrivals_new(struct acri_users *us, uint32_t type)
{
    struct acri_arrivals *a = acri_alloc(sizeof(*a));

    *a = (struct acri_arrivals){ .us = us,
                                 .how = &us->run->open_types[type],
                                 .type = type,
                                 .timer = { .function = on_timer },
                                 .job = { .run = on_job } };
    a->n_loops = loops_of(us->run, type);
    a->is_stopped = us->loop.index >= a->n_loops;
    a->max_users = share(a->how->max_users, us->loop.index, us->run->n_loops);
    acri_schedule_init(&a->schedule, us->run->started_ns);
    /* Workers that came late have numbers far above: none of their bits may be lost. */
    acri_rng_init(&a->rng, us->run->seed ^ (us->run->first_number * 0x9e3779b97f4a7c15ull),
                  (1ull << 62) + type * 65536ull + us->loop.index);
    if (a->how->arrivals == ACR_ARRIVALS_POISSON)
        a->next_x = next_step(a);
    else
        a->next_x = (double)us->loop.index + phase_of(us->run);
    return a;
}

void acri_arrivals_free(struct acri_arrivals *a)
{
    if (a != NULL)
        free(a->queue);
    free(a);
}

static void put_in_queue(struct acri_arrivals *a, uint64_t due_ns)
{
    if (a->n_queued == a->queue_capacity) {
        size_t capacity = a->queue_capacity > 0 ? a->queue_capacity * 2 : 256;
        uint64_t *queue = acri_alloc(capacity * sizeof(*queue));

        for (size_t i = 0; i < a->n_queued; i++)
            queue[i] = a->queue[(a->queue_first + i) % a->queue_capacity];
        free(a->queue);
        a->queue = queue;
        a->queue_capacity = capacity;
        a->queue_first = 0;
    }
    a->queue[(a->queue_first + a->n_queued++) % a->queue_capacity] = due_ns;
    a->us->load[ACR_LOAD_QUEUED]++;
    a->us->load[ACR_LOAD_QUEUE]++;
}

static uint64_t take_from_queue(struct acri_arrivals *a)
{
    uint64_t due_ns = a->queue[a->queue_first];

    a->queue_first = (a->queue_first + 1) % a->queue_capacity;
    a->n_queued--;
    a->us->load[ACR_LOAD_QUEUE]--;
    return due_ns;
}

uint64_t acri_arrivals_share_of_iterations(const struct acri_users *us)
{
    const struct acri_run_common *run = us->run;
    uint64_t n_loops = 0;

    /* None where no type takes arrivals, and where a master deals. */
    for (size_t i = 0; i < run->plan->n_types && run->open_types != NULL && run->lead == NULL; i++)
        if (run->open_types[i].is_open && loops_of(run, i) > n_loops)
            n_loops = loops_of(run, i);
    return us->loop.index < n_loops ? share(run->n_iterations, us->loop.index, n_loops) : 0;
}

static void start_user(struct acri_arrivals *a, uint64_t due_ns)
{
    struct acri_users *us = a->us;
    struct acri_spawn spawn = { .type = a->type, .due_ns = due_ns, .is_arrival = true };

    spawn.number = us->run->first_open_number + us->loop.index + us->n_opened++ * us->run->n_loops;
    acri_user_start(us, &spawn);
}

/* Returns: false when there is no iteration for it: it is still to come. */
static bool arrive(struct acri_arrivals *a, uint64_t due_ns)
{
    struct acri_users *us = a->us;
    bool is_fresh = us->run->plan->types[a->type].type->fresh;
    struct acr_user *u;
    bool is_full;

    if (us->run->n_iterations > 0 && us->n_granted == 0) {
        a->is_starved = true;
        acri_budget_ask(us);
        return false;
    }
    u = is_fresh ? NULL : acri_roster_take_idle(&a->idle);
    is_full = u == NULL && us->types[a->type].n_live >= a->max_users;

    us->load[ACR_LOAD_ARRIVALS]++;
    if (is_full && (a->how->on_full != ACR_ON_FULL_QUEUE || a->n_queued >= QUEUE_MAX)) {
        us->load[ACR_LOAD_DROPPED]++;
        return true;
    }
    acri_budget_take(us);
    if (is_full) {
        put_in_queue(a, due_ns);
    } else if (u != NULL) {
        u->iteration = ACRI_ITERATION_DEALT;
        acri_user_begin_iteration(u, due_ns);
    } else {
        start_user(a, due_ns);
    }
    return true;
}

static void set_timer(struct acri_arrivals *a, uint64_t now_ns)
{
    a->next_ns =
        a->is_stopped || a->is_starved ? UINT64_MAX : acri_schedule_time(&a->schedule, a->next_x);
    if (a->next_ns == UINT64_MAX)
        acri_timer_stop(&a->us->loop.timers, &a->timer);
    else
        acri_timer_set(&a->us->loop.timers, &a->timer,
                       a->next_ns > now_ns + QUANTUM_NS ? a->next_ns : now_ns + QUANTUM_NS);
}

static void on_timer(struct acri_timer *t)
{
    struct acri_arrivals *a = ACRI_CONTAINER_OF(t, struct acri_arrivals, timer);
    uint64_t now_ns = acri_clock_now_ns();

    for (unsigned n = 0; n < MOST_AT_ONCE && a->next_ns <= now_ns && !a->is_stopped; n++) {
        if (!arrive(a, a->next_ns))
            break;
        a->next_x += next_step(a);
        a->next_ns = acri_schedule_time(&a->schedule, a->next_x);
    }
    set_timer(a, now_ns);
}

void acri_arrivals_give_idle(struct acri_arrivals *a, struct acr_user *u)
{
    if (a->n_queued > 0) {
        u->iteration = ACRI_ITERATION_DEALT;
        acri_user_begin_iteration(u, take_from_queue(a));
        return;
    }
    acri_roster_push_idle(&a->idle, u);
}

bool acri_arrivals_resume(struct acri_arrivals *a)
{
    if (!a->is_starved || a->is_stopped)
        return false;
    a->is_starved = false;
    /* Not now: a user may be about to end on its own coroutine. */
    set_timer(a, acri_clock_now_ns());
    return true;
}

void acri_arrivals_serve_queue(struct acri_arrivals *a)
{
    /* A user that cannot start ends at once, which leads back to here. */
    if (a->is_serving)
        return;
    a->is_serving = true;
    while (a->n_queued > 0 && !a->us->is_stopping && a->us->types[a->type].n_live < a->max_users)
        start_user(a, take_from_queue(a));
    a->is_serving = false;
}

static void on_job(struct acri_job *job)
{
    acri_arrivals_serve_queue(ACRI_CONTAINER_OF(job, struct acri_arrivals, job));
}

void acri_arrivals_serve_soon(struct acri_arrivals *a)
{
    if (a->n_queued > 0)
        acri_loop_queue(&a->us->loop, &a->job);
}

void acri_arrivals_stop(struct acri_arrivals *a)
{
    a->is_stopped = true;
    acri_timer_stop(&a->us->loop.timers, &a->timer);
    a->us->load[ACR_LOAD_DROPPED] += a->n_queued;
    while (a->n_queued > 0)
        take_from_queue(a);
}

struct rate_message {
    struct acri_message message;
    struct acri_users *users;
    uint32_t type;
    uint64_t now_ns;
    double rate;
    double ramp_per_s;
};

static void run_rate(struct acri_message *m)
{
    struct rate_message *r = (struct rate_message *)(void *)m;
    struct acri_arrivals *a = r->users->types[r->type].arrivals;

    if (a != NULL && !r->users->is_stopping) {
        acri_schedule_change(&a->schedule, r->now_ns, r->rate, r->ramp_per_s);
        set_timer(a, acri_clock_now_ns());
    }
    free(r);
}

void acri_arrivals_post_rate(struct acri_users *us, uint32_t type, uint64_t now_ns, double rate,
                             double ramp_per_s)
{
    struct rate_message *r = acri_alloc(sizeof(*r));

    *r = (struct rate_message){ .message = { .run = run_rate },
                                .users = us,
                                .type = type,
                                .now_ns = now_ns,
                                .rate = rate,
                                .ramp_per_s = ramp_per_s };
    acri_loop_post(&us->loop, &r->message);
}
