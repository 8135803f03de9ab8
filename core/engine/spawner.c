/* SPDX-License-Identifier: MIT */
#include "engine/spawner.h"

#include "base/check.h"
#include "base/clock.h"

#include <stdlib.h>

#define BATCH 512u
/* So that ticks and signals have their turn. */
#define MOST_AT_ONCE 65536u

uint64_t acri_spawner_due(uint64_t elapsed_ns, double rate, uint64_t n_target)
{
    double due = (double)elapsed_ns / 1e9 * rate + 1;

    /* A hair for rates such as 10/s, whose schedule does not fall on whole nanoseconds. */
    due += 1e-6;
    return due >= (double)n_target ? n_target : (uint64_t)due;
}

static uint64_t due_at_ns(const struct acri_spawner *s, uint64_t number)
{
    return s->started_ns + acri_clock_ns_of((double)number / s->rate);
}

static void flush(struct acri_spawner *s, size_t loop)
{
    if (s->batch_lengths[loop] > 0)
        acri_users_post_spawn(&s->loops[loop], s->batches[loop], s->batch_lengths[loop]);
    s->batch_lengths[loop] = 0;
}

static void spawn_one(struct acri_spawner *s)
{
    size_t type;
    size_t loop;

    acri_dispatch_next(&s->dispatch, &type, &loop);
    s->batches[loop][s->batch_lengths[loop]++] = (struct acri_spawn){
        .type = (uint32_t)type, .number = s->n_spawned, .due_ns = due_at_ns(s, s->n_spawned)
    };
    s->n_spawned++;
    if (s->batch_lengths[loop] == BATCH)
        flush(s, loop);
}

static void spawn_due(struct acri_timer *t)
{
    struct acri_spawner *s = ACRI_CONTAINER_OF(t, struct acri_spawner, timer);
    uint64_t now_ns = acri_clock_now_ns();
    uint64_t due = acri_spawner_due(now_ns - s->started_ns, s->rate, s->n_target);
    uint64_t next_ns;

    if (due - s->n_spawned > MOST_AT_ONCE)
        due = s->n_spawned + MOST_AT_ONCE;
    while (s->n_spawned < due)
        spawn_one(s);
    for (size_t i = 0; i < s->n_loops; i++)
        flush(s, i);
    if (s->n_spawned == s->n_target) {
        s->on_complete();
        return;
    }
    next_ns = due_at_ns(s, s->n_spawned);
    /* Above 1,000 users per second they come in batches, one a millisecond. */
    if (next_ns < now_ns + ACRI_NS_PER_MS)
        next_ns = now_ns + ACRI_NS_PER_MS;
    acri_timer_set(&s->control->timers, &s->timer, next_ns);
}

void acri_spawner_start(struct acri_spawner *s, const struct acri_plan *plan,
                        struct acr_loop *control, struct acri_users *loops, size_t n_loops,
                        uint64_t n_users, double rate, void (*on_complete)(void))
{
    double *weights = acri_alloc(plan->n_types * sizeof(*weights));

    for (size_t i = 0; i < plan->n_types; i++)
        weights[i] = plan->types[i].weight;
    *s = (struct acri_spawner){ .timer = { .function = spawn_due },
                                .control = control,
                                .loops = loops,
                                .n_loops = n_loops,
                                .batches = acri_alloc(n_loops * sizeof(*s->batches)),
                                .batch_lengths = acri_alloc(n_loops * sizeof(*s->batch_lengths)),
                                .n_target = n_users,
                                .rate = rate,
                                .started_ns = acri_clock_now_ns(),
                                .on_complete = on_complete };
    acri_dispatch_init(&s->dispatch, weights, plan->n_types, n_loops);
    free(weights);
    for (size_t i = 0; i < n_loops; i++)
        s->batches[i] = acri_alloc(BATCH * sizeof(**s->batches));
    acri_timer_set(&control->timers, &s->timer, s->started_ns);
}

void acri_spawner_stop(struct acri_spawner *s)
{
    if (s->control != NULL)
        acri_timer_stop(&s->control->timers, &s->timer);
}

void acri_spawner_done(struct acri_spawner *s)
{
    if (s->control == NULL)
        return;
    acri_spawner_stop(s);
    for (size_t i = 0; i < s->n_loops; i++)
        free(s->batches[i]);
    free(s->batches);
    free(s->batch_lengths);
    acri_dispatch_done(&s->dispatch);
    *s = (struct acri_spawner){ 0 };
}
