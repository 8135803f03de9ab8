/* SPDX-License-Identifier: MIT */
#include "app/fleet_deal.h"

#include "app/fleet_budget.h"
#include "app/fleet_journal.h"
#include "app/run_config.h"
#include "base/clock.h"
#include "dist/spread.h"
#include "engine/users.h"

#include <string.h>

/* Between steps of the spawner. */
#define STEP_NS (250 * ACRI_NS_PER_MS)
/* Users of a lost worker are back after so long, or faster by the spawn rate. */
#define RESPREAD_S 5

/* --- what each worker should do -----------------------------------------------------------------
 */

bool acri_fleet_is_in_run(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    return w->is_here && w->has_config && w->observed.run_id == f->run_id && f->run_id != 0;
}

bool acri_fleet_takes_users(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    return acri_fleet_is_in_run(f, w) && w->observed.state >= ACRI_WORKER_PREPARED &&
           w->observed.state < ACRI_WORKER_STOPPING;
}

static uint32_t slots_of(const struct acri_fleet_worker *w)
{
    return w->info.n_threads > 0 ? w->info.n_threads : 1;
}

static void count_slots(struct acri_fleet *f)
{
    for (size_t i = 0; i < f->n_workers; i++)
        f->slots[i] = acri_fleet_takes_users(f, &f->workers[i]) ? slots_of(&f->workers[i]) : 0;
}

static enum acri_phase phase_of(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    if (f->phase == ACRI_PHASE_RUN && !acri_fleet_takes_users(f, w))
        return ACRI_PHASE_PREPARE;
    return f->phase;
}

static void tell(struct acri_fleet *f, uint32_t index, uint64_t reach_in_ns)
{
    struct acri_fleet_worker *w = &f->workers[index];
    struct acri_desired *d = &w->desired;
    uint64_t n_all = acri_spread_slots(f->slots, f->n_workers);
    double part = n_all > 0 ? (double)f->slots[index] / (double)n_all : 1;

    d->run_id = w->has_config || f->phase == ACRI_PHASE_QUIT ? f->run_id : 0;
    d->epoch = f->epoch;
    d->phase = phase_of(f, w);
    d->is_spawned = f->is_spawned;
    d->start_at_ns = f->start_at_ns;
    d->reach_in_ns = reach_in_ns;
    d->arrival_rate = f->arrival_rate * part;
    d->ramp_per_s = f->ramp_per_s * part;
    d->iterations = w->iterations.given;
    d->is_short = f->is_short;
    memcpy(d->users_all, f->wanted_users, d->n_types * sizeof(*d->users_all));
    if (w->is_here && !f->is_holding)
        acri_master_want(f->master, index, d);
}

uint64_t acri_fleet_deal(struct acri_fleet *f)
{
    size_t n_types = f->run_id != 0 ? f->crew.run->plan->n_types : 0;
    uint64_t n_moved = 0;

    count_slots(f);
    for (size_t k = 0; k < n_types; k++) {
        acri_spread_users(f->slots, f->n_workers, k, f->wanted_users[k], f->parts);
        for (size_t i = 0; i < f->n_workers; i++) {
            struct acri_desired *d = &f->workers[i].desired;

            d->n_types = (uint32_t)n_types;
            n_moved += f->parts[i] > d->users[k] ? f->parts[i] - d->users[k] : 0;
            d->users[k] = f->parts[i];
        }
    }
    return n_moved;
}

static uint64_t reach_in(const struct acri_fleet *f)
{
    uint64_t now_ns = acri_clock_now_ns();

    return f->respread_until_ns > now_ns + STEP_NS ? f->respread_until_ns - now_ns : STEP_NS;
}

void acri_fleet_tell_all(struct acri_fleet *f)
{
    uint64_t reach_in_ns = reach_in(f);

    for (uint32_t i = 0; i < f->n_workers; i++)
        if (f->workers[i].is_known)
            tell(f, i, reach_in_ns);
}

void acri_fleet_tell(struct acri_fleet *f, uint32_t index)
{
    count_slots(f);
    tell(f, index, reach_in(f));
}

void acri_fleet_respread(struct acri_fleet *f)
{
    uint64_t n_moved;
    double rate;

    if (f->is_holding)
        return;
    n_moved = acri_fleet_deal(f);
    rate = (double)n_moved / RESPREAD_S;

    rate = rate > f->spawn_rate ? rate : f->spawn_rate;
    if (f->phase == ACRI_PHASE_RUN && n_moved > 0)
        f->respread_until_ns =
            acri_clock_now_ns() + (uint64_t)((double)n_moved / rate * (double)ACRI_NS_PER_S);
    acri_fleet_tell_all(f);
}

/* --- the run's configuration --------------------------------------------------------------------
 */

/* Those that are there from the start share the numbers from 0 on; each later one has its own. */
void acri_fleet_number(struct acri_fleet *f, struct acri_fleet_worker *w)
{
    bool is_late = f->n_numbered >= f->n_at_start;

    w->desired.number_step = is_late ? 1 : f->n_at_start;
    w->desired.first_number = is_late ? (f->n_numbered - f->n_at_start + 1) << 48 : f->n_numbered;
    f->n_numbered++;
}

static void begin_part(struct acri_fleet *f, struct acri_fleet_worker *w)
{
    w->config_sent_ns = acri_clock_now_ns();
    if (w->has_config)
        return;
    w->has_config = true;
    w->is_settled = false;
    w->reported = (struct acri_tally){ 0 };
    memset(w->desired.users, 0, sizeof(w->desired.users));
    acri_fleet_number(f, w);
    if (f->phase == ACRI_PHASE_RUN)
        acri_fleet_journal_run(f);
}

void acri_fleet_send_config(struct acri_fleet *f, uint32_t index)
{
    struct acri_fleet_worker *w = &f->workers[index];
    struct acri_buf b;

    acri_buf_init(&b, ACRI_CLUSTER_MESSAGE_MAX);
    acri_run_config_write(&b, f->run_id, f->options, f->scenario, f->crew.run, f->seed,
                          acri_fleet_budget_all(f));
    if (acri_master_send(f->master, index, ACRI_RUN_CONFIG_MESSAGE, b.data, b.length) == 0) {
        begin_part(f, w);
    }
    acri_buf_done(&b);
}
