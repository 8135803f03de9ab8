/* SPDX-License-Identifier: MIT */
#include "engine/follow.h"

#include "base/clock.h"
#include "base/log.h"
#include "stats/snapshot.h"

#include <string.h>

/* How often a worker that waits for its master says so. */
#define WAIT_NS ACRI_NS_PER_S
/* For loops that are slow to hand over, between two ticks. */
#define PATIENCE_NS (50 * ACRI_NS_PER_MS)

static uint32_t state_of(const struct acri_conductor *c)
{
    static const struct {
        const char *name;
        uint32_t state;
    } states[] = { { "ready", ACRI_WORKER_PREPARED },
                   { "spawning", ACRI_WORKER_SPAWNING },
                   { "running", ACRI_WORKER_RUNNING },
                   { "stopping", ACRI_WORKER_STOPPING } };

    for (size_t i = 0; !c->did_end && i < ACR_LEN(states); i++)
        if (strcmp(c->state, states[i].name) == 0)
            return states[i].state;
    return c->did_end ? ACRI_WORKER_STOPPED : ACRI_WORKER_STOPPING;
}

static void copy_tally(struct acri_tally *to, const struct acri_ledger *from)
{
    *to = (struct acri_tally){ .started = from->started,
                               .succeeded = from->succeeded,
                               .failed = from->failed,
                               .cancelled = from->cancelled,
                               .lost = from->lost,
                               .attempts = from->attempts };
}

static double lateness_ms(const struct acri_conductor *c)
{
    struct acr_snapshot s = { .stats = c->stats };
    double ms = acr_entry_quantile_ms(acr_snapshot_total(&s), ACR_LATENESS, ACR_TOTAL, 0.99);

    return ms > 0 ? ms : 0;
}

static uint64_t n_begun(const struct acri_conductor *c)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->n_loops; i++)
        n += c->loops[i].load_seen[ACR_LOAD_ITERATIONS];
    return n;
}

static void observe_iterations(const struct acri_conductor *c, struct acri_observed *o)
{
    const struct acri_lead_iterations *i = &c->lead->iterations;

    if (c->o->n_iterations == 0)
        return;
    o->tally.iterations = n_begun(c);
    o->iterations_taken = i->taken;
    o->iterations_returned = i->returned + c->budget.n_returned;
    o->iterations_done = i->begun + c->budget.n_done;
    o->iterations_wanted = c->budget.n_wanted;
}

uint64_t acri_follow_users_wanted(const struct acri_conductor *c)
{
    const struct acri_desired *d = &c->lead->desired;
    uint64_t n = 0;

    for (uint32_t k = 0; k < d->n_types; k++)
        n += d->users_all[k];
    return n;
}

void acri_follow_observe(struct acri_conductor *c)
{
    struct acri_observed o = {
        .generation = c->followed,
        .run_id = c->lead->run_id,
        .state = state_of(c),
        .n_threads = (uint32_t)c->n_loops,
        .cpu_percent = c->usage.now.cpu_percent,
        .loop_percent = c->usage.now.loop_percent,
        .memory_bytes = c->usage.now.memory_bytes,
        .lateness_ms = lateness_ms(c),
        .lateness_recent_ms = acri_cluster_report_lateness_ms(&c->report),
        .open_requests =
            c->over_ns > 0 ? (double)c->open_ns / (double)c->over_ns * (double)c->n_loops : 0,
        .n_users = acri_conductor_count_live(c),
        .n_types = (uint32_t)c->common.plan->n_types,
    };
    struct acri_generator generator;

    copy_tally(&o.tally, &c->stats->ledger);
    observe_iterations(c, &o);
    for (size_t i = 0; i < c->n_loops; i++) {
        for (size_t k = 0; k < o.n_types; k++)
            o.users[k] += c->loops[i].type_live_seen[k];
        for (size_t k = 0; k < ACR_LOAD_COUNTS; k++)
            o.load[k] += c->loops[i].load_seen[k];
    }
    acri_health_add_up(&c->health, &generator);
    o.fared_s = generator.seconds;
    o.busy_share = generator.busy_share;
    o.wait_share = generator.wait_share;
    o.wait_ms = generator.wait_ms;
    o.longest_stall_ms = generator.longest_stall_ms;
    o.n_stalls = generator.n_stalls;
    o.n_stalled = generator.n_stalled;
    if (c->hook_results.start_error.text[0] != '\0') {
        o.state = ACRI_WORKER_FAILED;
        memcpy(o.error, c->hook_results.start_error.text, sizeof(o.error) - 1);
    }
    c->lead->observe(c->lead->arg, &o);
}

void acri_follow_iterations(struct acri_conductor *c)
{
    const struct acri_budget *b = &c->budget;

    if ((b->n_wanted > 0) == c->did_want && b->n_returned == c->n_returned)
        return;
    c->did_want = b->n_wanted > 0;
    c->n_returned = b->n_returned;
    acri_follow_observe(c);
}

/* The part of the run is over here: what was not begun is the master's again. */
static void return_iterations(struct acri_conductor *c)
{
    struct acri_lead_iterations *i = &c->lead->iterations;

    i->begun += n_begun(c);
    if (i->taken > i->returned + i->begun)
        i->returned = i->taken - i->begun;
    c->budget.n_returned = c->budget.n_done = c->budget.n_wanted = 0;
}

static bool is_wanted(const struct acri_conductor *c)
{
    const struct acri_desired *d = &c->lead->desired;

    return d->run_id == c->lead->run_id && d->phase < ACRI_PHASE_STOP && !c->lead->must_stop;
}

bool acri_follow_prepare(struct acri_conductor *c)
{
    const struct acri_desired *d = &c->lead->desired;

    while (c->stop == ACRI_RUN_ON && is_wanted(c) && d->phase != ACRI_PHASE_RUN) {
        acri_follow_observe(c);
        acri_conductor_wait(c, acri_clock_now_ns() + WAIT_NS);
        acri_messages_tell(&c->inbox, &c->hook_results, c->service);
    }
    while (c->stop == ACRI_RUN_ON && is_wanted(c) && acri_clock_now_ns() < d->start_at_ns)
        acri_conductor_wait(c, d->start_at_ns);
    c->epoch = d->epoch;
    return c->stop == ACRI_RUN_ON && is_wanted(c);
}

static void tell_spawned(struct acri_conductor *c)
{
    struct acr_test_event e;

    c->did_spawn = c->lead->desired.is_spawned;
    if (!c->did_spawn)
        return;
    acri_conductor_fill_event(c, &e);
    ACRI_FIRE(&c->hook_results, c->service, spawning_complete, , &e);
}

/* What was measured up to now belongs to the old epoch. */
static void change_epoch(struct acri_conductor *c)
{
    c->report_due_ns = 0;
    acri_conductor_collect(c, acri_clock_now_ns() + ACRI_NS_PER_S);
    c->epoch = c->lead->desired.epoch;
    acri_stats_reset(c->stats, acri_clock_now_ns(), acri_clock_real_ns());
    c->open_ns = c->over_ns = 0;
    acri_health_reset(&c->health);
}

static void take_iterations(struct acri_conductor *c)
{
    const struct acri_desired *d = &c->lead->desired;
    struct acri_lead_iterations *i = &c->lead->iterations;
    uint64_t n = d->iterations > i->taken ? d->iterations - i->taken : 0;

    if (c->o->n_iterations == 0)
        return;
    i->taken += n;
    acri_budget_grant(&c->budget, c->loops, c->n_loops, n, d->is_short);
    c->did_want = c->budget.n_wanted > 0;
    c->n_returned = c->budget.n_returned;
}

static void follow(struct acri_conductor *c)
{
    const struct acri_desired *d = &c->lead->desired;

    if (d->generation == c->followed)
        return;
    c->followed = d->generation;
    if (d->epoch != c->epoch)
        change_epoch(c);
    take_iterations(c);
    acri_load_follow(&c->load, d);
    acri_spawner_post_counts(&c->load.spawner);
    if (d->is_spawned != c->did_spawn)
        tell_spawned(c);
    acri_follow_observe(c);
}

uint64_t acri_follow_report_in(const struct acri_conductor *c)
{
    uint64_t interval_ns = acri_clock_ns_of(c->lead->report_interval_s);

    return interval_ns < ACRI_NS_PER_S ? interval_ns : interval_ns - ACRI_NS_PER_S / 10;
}

/* Of reports that are due between two ticks. */
static uint64_t next_report_ns(const struct acri_conductor *c)
{
    return c->lead->report_interval_s < 1 ? c->report_due_ns : UINT64_MAX;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void acri_follow_run(struct acri_conductor *c)
{
    while (c->stop == ACRI_RUN_ON && is_wanted(c)) {
        follow(c);
        acri_messages_tell(&c->inbox, &c->hook_results, c->service);
        c->state = c->load.spawner.is_moving ? "spawning" : "running";
        if (acri_clock_now_ns() >= c->tick_due_ns) {
            acri_conductor_tick(c);
            acri_budget_step(&c->budget, c->loops, c->n_loops);
            acri_follow_iterations(c);
        } else if (acri_clock_now_ns() >= next_report_ns(c)) {
            acri_conductor_collect(c, earlier(c->tick_due_ns, acri_clock_now_ns() + PATIENCE_NS));
        } else if (c->followed == c->lead->desired.generation) {
            acri_conductor_wait(c, earlier(c->tick_due_ns, next_report_ns(c)));
        }
    }
    if (c->lead->must_stop)
        acri_log_warning("there has been no master for too long: stopping the users");
}

void acri_follow_end(struct acri_conductor *c)
{
    c->report_due_ns = 0;
    acri_conductor_collect(c, acri_clock_now_ns());
    return_iterations(c);
    c->did_end = true;
    acri_follow_observe(c);
}
