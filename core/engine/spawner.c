/* SPDX-License-Identifier: MIT */
#include "engine/spawner.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/crew.h"
#include "engine/lead.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 512u
/* So that ticks and signals have their turn. */
#define MOST_AT_ONCE 65536u
/* How often workers are told other numbers: they take the steps between. */
#define CREW_STEP_NS (250 * ACRI_NS_PER_MS)

static void move_due(struct acri_timer *t);

uint64_t acri_spawner_due(uint64_t elapsed_ns, double rate, uint64_t n_steps)
{
    double due = (double)elapsed_ns / 1e9 * rate + 1;

    /* A hair for rates such as 10/s, whose schedule does not fall on whole nanoseconds. */
    due += 1e-6;
    return due >= (double)n_steps ? n_steps : (uint64_t)due;
}

static uint64_t due_at_ns(const struct acri_spawner *s, uint64_t step)
{
    return s->started_ns + acri_clock_ns_of((double)step / s->rate);
}

static size_t slot(const struct acri_spawner *s, size_t loop, size_t type)
{
    return loop * s->plan->n_types + type;
}

void acri_spawner_init(struct acri_spawner *s, const struct acri_plan *plan,
                       const struct acri_dispatch_type *types, struct acr_loop *control,
                       struct acri_users *loops, size_t n_loops, struct acri_crew *crew,
                       void (*on_complete)(void))
{
    size_t n_slots = n_loops * plan->n_types + 1;

    *s = (struct acri_spawner){ .plan = plan,
                                .timer = { .function = move_due },
                                .control = control,
                                .loops = loops,
                                .n_loops = n_loops,
                                .crew = crew,
                                .wanted_of_type =
                                    acri_alloc((plan->n_types + 1) * sizeof(*s->wanted_of_type)),
                                .over_all = acri_alloc((plan->n_types + 1) * sizeof(*s->over_all)),
                                .batches = acri_alloc((n_loops + 1) * sizeof(*s->batches)),
                                .batch_lengths =
                                    acri_alloc((n_loops + 1) * sizeof(*s->batch_lengths)),
                                .stops = acri_alloc(n_slots * sizeof(*s->stops)),
                                .quit = acri_alloc(n_slots * sizeof(*s->quit)),
                                .quit_seen = acri_alloc(n_slots * sizeof(*s->quit_seen)),
                                .on_complete = on_complete };
    acri_dispatch_init(&s->dispatch, types, plan->n_types, n_loops > 0 ? n_loops : 1);
    for (size_t i = 0; i < n_loops; i++)
        s->batches[i] = acri_alloc(BATCH * sizeof(**s->batches));
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a < b ? b - a : a - b;
}

static uint64_t steps_left(const struct acri_spawner *s)
{
    uint64_t n = s->n_to_replace;

    for (size_t i = 0; s->is_by_type && i < s->plan->n_types; i++)
        n += distance(s->dispatch.n_of_type[i], s->wanted_of_type[i]);
    return s->is_by_type ? n : n + distance(s->dispatch.n, s->target);
}

static void begin_moving(struct acri_spawner *s, double rate)
{
    s->rate = rate;
    s->n_to_replace = s->n_quit;
    s->n_moved = 0;
    s->started_ns = acri_clock_now_ns();
    s->is_moving = true;
    acri_timer_set(&s->control->timers, &s->timer, s->started_ns);
}

void acri_spawner_aim(struct acri_spawner *s, uint64_t target, double rate, const bool *allowed)
{
    acri_dispatch_allow(&s->dispatch, allowed);
    s->target = target;
    s->is_by_type = false;
    begin_moving(s, rate);
}

void acri_spawner_aim_types(struct acri_spawner *s, const uint64_t *n_of_type, uint64_t reach_in_ns)
{
    double seconds = (double)(reach_in_ns > 0 ? reach_in_ns : 1) / 1e9;

    memcpy(s->wanted_of_type, n_of_type, s->plan->n_types * sizeof(*n_of_type));
    s->is_by_type = true;
    s->n_to_replace = s->n_quit;
    begin_moving(s, (double)(steps_left(s) + 1) / seconds);
}

void acri_spawner_since(struct acri_spawner *s, uint64_t since_ns)
{
    s->started_ns = since_ns;
}

/* --- steps --------------------------------------------------------------------------------------
 */

static void flush_spawns(struct acri_spawner *s, size_t loop)
{
    if (s->batch_lengths[loop] > 0)
        acri_users_post_spawn(&s->loops[loop], s->batches[loop], s->batch_lengths[loop]);
    s->batch_lengths[loop] = 0;
}

/* Over all workers: as many more than here as the master wants, so that on the way to them the
 * parts of a rate still add up. */
static uint64_t over_all(const struct acri_desired *d, size_t type, uint64_t n_here)
{
    if (d == NULL || type >= d->n_types || d->users[type] == 0 ||
        d->users_all[type] <= d->users[type])
        return n_here;
    return (uint64_t)((double)n_here * (double)d->users_all[type] / (double)d->users[type] + 0.5);
}

/* A worker's loops share a rate with those of others. */
static void post_type_counts(struct acri_spawner *s, struct acri_users *us)
{
    const struct acri_lead *lead = us->run->lead;

    for (size_t k = 0; k < s->plan->n_types; k++)
        s->over_all[k] =
            over_all(lead != NULL ? &lead->desired : NULL, k, s->dispatch.n_of_type[k]);
    acri_users_post_type_counts(us, s->over_all);
}

void acri_spawner_post_counts(struct acri_spawner *s)
{
    for (size_t i = 0; s->plan->n_rates > 0 && i < s->n_loops; i++)
        post_type_counts(s, &s->loops[i]);
}

static void flush(struct acri_spawner *s)
{
    size_t n_types = s->plan->n_types;

    if (s->crew != NULL)
        s->crew->want_users(s->crew->arg, s->dispatch.n_of_type, CREW_STEP_NS);
    for (size_t i = 0; i < s->n_loops; i++) {
        uint64_t *stops = &s->stops[slot(s, i, 0)];
        uint64_t n = 0;

        flush_spawns(s, i);
        for (size_t k = 0; k < n_types; k++)
            n += stops[k];
        if (n > 0)
            acri_users_post_stop_some(&s->loops[i], stops);
        memset(stops, 0, n_types * sizeof(*stops));
        if (s->plan->n_rates > 0)
            post_type_counts(s, &s->loops[i]);
    }
}

static void spawn(struct acri_spawner *s, size_t type, size_t loop)
{
    if (s->crew != NULL)
        return;
    s->batches[loop][s->batch_lengths[loop]++] = (struct acri_spawn){
        .type = (uint32_t)type, .number = s->n_started++, .due_ns = due_at_ns(s, s->n_moved)
    };
    if (s->batch_lengths[loop] == BATCH)
        flush_spawns(s, loop);
}

/* A user of that type is missing on some loop: start another in its place. */
static void replace_one(struct acri_spawner *s)
{
    for (size_t i = 0; i < s->n_loops; i++)
        for (size_t k = 0; k < s->plan->n_types; k++)
            if (s->quit[slot(s, i, k)] > 0) {
                s->quit[slot(s, i, k)]--;
                s->n_quit--;
                spawn(s, k, i);
                return;
            }
}

/* One user that has ended by itself need not be ended. */
static void end_one(struct acri_spawner *s, size_t type, size_t loop)
{
    uint64_t *quit = &s->quit[slot(s, loop, type)];

    if (s->crew != NULL)
        return;
    if (*quit > 0) {
        (*quit)--;
        s->n_quit--;
        if (s->n_to_replace > s->n_quit)
            s->n_to_replace = s->n_quit;
    } else {
        /* It may wait in a batch: messages keep their order. */
        flush_spawns(s, loop);
        s->stops[slot(s, loop, type)]++;
    }
}

/* Of all types the one that lacks, or has too many of, the greatest part: so that they come and go
 * in proportion. Returns: n_types when all are as wanted. */
static size_t pick_by_type(const struct acri_spawner *s)
{
    size_t best = s->plan->n_types;
    double best_part = 0;

    for (size_t i = 0; i < s->plan->n_types; i++) {
        uint64_t n = s->dispatch.n_of_type[i];
        uint64_t wanted = s->wanted_of_type[i];
        double part = (double)distance(n, wanted) / (double)(n > wanted ? n : wanted + 1);

        if (n != wanted && part > best_part) {
            best = i;
            best_part = part;
        }
    }
    return best;
}

static bool move_one_by_type(struct acri_spawner *s)
{
    size_t type = pick_by_type(s);

    if (type == s->plan->n_types && s->n_to_replace == 0)
        return false;
    s->n_moved++;
    if (type == s->plan->n_types) {
        s->n_to_replace--;
        replace_one(s);
    } else if (s->dispatch.n_of_type[type] > s->wanted_of_type[type]) {
        end_one(s, type, acri_dispatch_drop(&s->dispatch, type));
    } else {
        spawn(s, type, acri_dispatch_add(&s->dispatch, type));
    }
    return true;
}

/* Returns: false when no step is possible. */
static bool move_one(struct acri_spawner *s)
{
    size_t type;
    size_t loop;

    if (s->is_by_type)
        return move_one_by_type(s);
    if (s->dispatch.n > s->target) {
        if (!acri_dispatch_back(&s->dispatch, &type, &loop))
            return false;
        end_one(s, type, loop);
    } else if (s->n_to_replace > 0) {
        s->n_to_replace--;
        replace_one(s);
    } else {
        if (!acri_dispatch_next(&s->dispatch, &type, &loop))
            return false;
        spawn(s, type, loop);
    }
    s->n_moved++;
    return true;
}

static void move_due(struct acri_timer *t)
{
    struct acri_spawner *s = ACRI_CONTAINER_OF(t, struct acri_spawner, timer);
    uint64_t now_ns = acri_clock_now_ns();
    /* A crew is told what should be there after its step. */
    uint64_t ahead_ns = s->crew != NULL ? CREW_STEP_NS : 0;
    uint64_t due =
        acri_spawner_due(now_ns + ahead_ns - s->started_ns, s->rate, s->n_moved + steps_left(s));
    uint64_t next_ns;
    bool is_stuck = false;

    if (s->crew == NULL && due > s->n_moved + MOST_AT_ONCE)
        due = s->n_moved + MOST_AT_ONCE;
    while (s->n_moved < due && !is_stuck)
        is_stuck = !move_one(s);
    flush(s);
    if (steps_left(s) == 0 || is_stuck) {
        s->is_moving = false;
        s->on_complete();
        return;
    }
    next_ns = due_at_ns(s, s->n_moved);
    if (s->crew != NULL) {
        next_ns =
            next_ns > now_ns + 2 * CREW_STEP_NS ? next_ns - CREW_STEP_NS : now_ns + CREW_STEP_NS;
        acri_timer_set(&s->control->timers, &s->timer, next_ns);
        return;
    }
    /* Above 1,000 users per second they come in batches, one a millisecond. */
    if (next_ns < now_ns + ACRI_NS_PER_MS)
        next_ns = now_ns + ACRI_NS_PER_MS;
    acri_timer_set(&s->control->timers, &s->timer, next_ns);
}

void acri_spawner_note_quit(struct acri_spawner *s, size_t loop, const uint64_t *n_of_type)
{
    for (size_t k = 0; k < s->plan->n_types; k++) {
        size_t at = slot(s, loop, k);
        uint64_t n = n_of_type[k] - s->quit_seen[at];

        s->quit_seen[at] = n_of_type[k];
        s->quit[at] += n;
        s->n_quit += n;
    }
}

void acri_spawner_stop(struct acri_spawner *s)
{
    if (s->control != NULL)
        acri_timer_stop(&s->control->timers, &s->timer);
    s->is_moving = false;
}

void acri_spawner_done(struct acri_spawner *s)
{
    if (s->control == NULL)
        return;
    acri_spawner_stop(s);
    for (size_t i = 0; i < s->n_loops; i++)
        free(s->batches[i]);
    free(s->batches);
    free(s->wanted_of_type);
    free(s->over_all);
    free(s->batch_lengths);
    free(s->stops);
    free(s->quit);
    free(s->quit_seen);
    acri_dispatch_done(&s->dispatch);
    *s = (struct acri_spawner){ 0 };
}
