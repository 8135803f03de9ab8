/* SPDX-License-Identifier: MIT */
#include "app/fleet_budget.h"

#include "app/fleet.h"
#include "app/fleet_deal.h"
#include "app/fleet_journal.h"
#include "base/clock.h"
#include "base/log.h"

/* Workers without a master stop their users after 30 s (dist/worker.h); and some more. */
#define GONE_NS (40 * ACRI_NS_PER_S)
/* To each thread of a worker at once, at most. */
#define BLOCK_MAX 4096u

uint64_t acri_fleet_budget_all(const struct acri_fleet *f)
{
    return (uint64_t)acri_options_int(f->options, "iterations");
}

void acri_fleet_budget_begin(struct acri_fleet *f)
{
    f->is_short = false;
    for (size_t i = 0; i < f->n_workers; i++)
        f->workers[i].iterations = (struct acri_fleet_iterations){ 0 };
}

/* Of one that has ended, what it had begun; else all that it may begin. */
static uint64_t held_by(const struct acri_fleet_iterations *i)
{
    return i->is_closed ? i->done : i->given - i->returned;
}

uint64_t acri_fleet_budget_left(const struct acri_fleet *f)
{
    uint64_t n_all = acri_fleet_budget_all(f);
    uint64_t n_held = 0;

    for (size_t i = 0; i < f->n_workers; i++)
        n_held += held_by(&f->workers[i].iterations);
    return n_all > n_held ? n_all - n_held : 0;
}

bool acri_fleet_budget_is_done(const struct acri_fleet *f)
{
    if (acri_fleet_budget_all(f) == 0 || f->run_id == 0 || acri_fleet_budget_left(f) > 0)
        return false;
    for (size_t i = 0; i < f->n_workers; i++) {
        const struct acri_fleet_iterations *w = &f->workers[i].iterations;

        if (held_by(w) > w->done)
            return false;
    }
    return true;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* It was given up, and what it had not begun was dealt again. */
static void reopen(struct acri_fleet_worker *w)
{
    struct acri_fleet_iterations *i = &w->iterations;
    uint64_t n_begun = most(w->observed.tally.iterations, w->observed.iterations_done);

    if (n_begun > i->done)
        acri_log_warning("worker %s has begun %llu iterations that were dealt again when it was "
                         "gone: so many more are begun in all",
                         w->info.name, (unsigned long long)(n_begun - i->done));
    i->is_closed = false;
}

void acri_fleet_budget_hear(struct acri_fleet *f, uint32_t worker)
{
    struct acri_fleet_worker *w = &f->workers[worker];
    struct acri_fleet_iterations *i = &w->iterations;
    const struct acri_observed *o = &w->observed;
    uint64_t n_all = acri_fleet_budget_all(f);

    if (n_all == 0 || !w->has_config || (o->run_id != f->run_id && o->run_id != 0))
        return;
    i->has_spoken = true;
    if (o->run_id != f->run_id)
        return; /* it knows of none */
    if (i->is_closed && w->is_here && o->state != ACRI_WORKER_FAILED)
        reopen(w);
    /* What is not possible would make the sums of all wrong. */
    i->given = most(i->given, least(o->iterations_taken, n_all));
    i->returned = most(i->returned, least(o->iterations_returned, i->given));
    i->done = most(i->done, least(o->iterations_done, i->given - i->returned));
    i->begun = most(i->begun, o->tally.iterations);
    i->wanted = o->iterations_taken >= i->given ? o->iterations_wanted : 0;
    if (o->state == ACRI_WORKER_FAILED)
        acri_fleet_budget_close(f, worker, i->begun);
}

void acri_fleet_budget_close(struct acri_fleet *f, uint32_t worker, uint64_t n_begun)
{
    struct acri_fleet_iterations *i = &f->workers[worker].iterations;

    if (acri_fleet_budget_all(f) == 0 || (i->is_closed && i->done >= n_begun))
        return;
    i->begun = most(i->begun, n_begun);
    i->done = least(most(i->done, i->begun), i->given - i->returned);
    i->is_closed = true;
    i->wanted = 0;
    acri_fleet_journal_iterations(f, worker);
}

/* Gone without a word, and with nobody to say what it had begun. */
static void give_up(struct acri_fleet *f, uint32_t worker)
{
    const struct acri_fleet_worker *w = &f->workers[worker];
    const struct acri_fleet_iterations *i = &w->iterations;
    uint64_t n_held = i->given - i->returned;
    uint64_t n_begun = most(i->begun, i->done);

    if (n_held > n_begun)
        acri_log_warning(
            "worker %s is gone with %llu iterations that it had not begun by its last "
            "word: they are dealt again; whether it began some of them cannot be known",
            w->info.name, (unsigned long long)(n_held - n_begun));
    acri_fleet_budget_close(f, worker, n_begun);
}

/* Returns: whether some may still have been given more than is known here. */
static bool mind_absent(struct acri_fleet *f)
{
    uint64_t now_ns = acri_clock_now_ns();
    bool is_unsure = false;

    for (uint32_t k = 0; k < f->n_workers; k++) {
        const struct acri_fleet_worker *w = &f->workers[k];
        const struct acri_fleet_iterations *i = &w->iterations;

        if (!w->has_config || i->is_closed)
            continue;
        if (!w->is_here && now_ns - i->lost_ns > GONE_NS)
            give_up(f, k);
        else if (!i->has_spoken && f->past != NULL)
            is_unsure = true;
    }
    return is_unsure;
}

static void give(struct acri_fleet *f, uint32_t worker, uint64_t n_left, uint64_t n_slots)
{
    struct acri_fleet_worker *w = &f->workers[worker];
    uint64_t n_threads = w->info.n_threads > 0 ? w->info.n_threads : 1;
    uint64_t n = least(n_left / (4 * n_slots), BLOCK_MAX) * n_threads;

    n = least(most(n, w->iterations.wanted), n_left);
    w->iterations.given += n;
    w->iterations.wanted = 0;
    acri_fleet_journal_iterations(f, worker);
    acri_fleet_tell(f, worker);
}

/* Whether somebody waits while others may have some that they do not need. */
static bool are_short(const struct acri_fleet *f, uint64_t n_left)
{
    bool is_wanted = false;
    bool is_held = false;

    for (size_t k = 0; k < f->n_workers && n_left == 0; k++) {
        const struct acri_fleet_iterations *i = &f->workers[k].iterations;

        is_wanted = is_wanted || i->wanted > 0;
        is_held = is_held || (i->wanted == 0 && held_by(i) > i->done);
    }
    return is_wanted && is_held;
}

void acri_fleet_budget_step(struct acri_fleet *f)
{
    uint64_t n_left;
    uint64_t n_slots = 0;
    bool is_short;

    if (acri_fleet_budget_all(f) == 0 || f->run_id == 0 || f->is_holding ||
        f->phase != ACRI_PHASE_RUN || mind_absent(f))
        return;
    for (size_t k = 0; k < f->n_workers; k++)
        if (acri_fleet_takes_users(f, &f->workers[k]))
            n_slots += f->workers[k].info.n_threads > 0 ? f->workers[k].info.n_threads : 1;
    n_left = acri_fleet_budget_left(f);
    for (uint32_t k = 0; k < f->n_workers && n_slots > 0; k++) {
        if (n_left == 0 || f->workers[k].iterations.wanted == 0 ||
            !acri_fleet_takes_users(f, &f->workers[k]))
            continue;
        give(f, k, n_left, n_slots);
        n_left = acri_fleet_budget_left(f);
    }
    is_short = are_short(f, n_left);
    if (is_short == f->is_short)
        return;
    f->is_short = is_short;
    acri_fleet_tell_all(f);
}
