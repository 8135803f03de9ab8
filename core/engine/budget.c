/* SPDX-License-Identifier: MIT */
#include "engine/budget.h"

#include "engine/arrivals.h"
#include "engine/roster.h"

#include <stdlib.h>

#define BLOCK_MAX 64u

struct report_message {
    struct acri_message message;
    struct acri_users *users;
    struct acri_budget_report report;
};

struct grant_message {
    struct acri_message message;
    struct acri_users *users;
    uint64_t n;
    bool is_last; /* no more are left but what others give back */
};

/* --- on a loop ----------------------------------------------------------------------------------
 */

static void run_report(struct acri_message *m)
{
    struct report_message *r = (struct report_message *)(void *)m;

    r->users->run->on_iterations(r->users, &r->report);
    free(r);
}

static void tell(struct acri_users *us, struct acri_budget_report report)
{
    struct report_message *r = acri_alloc(sizeof(*r));

    report.n_done = us->n_done;
    us->n_done = 0;
    *r = (struct report_message){ .message = { .run = run_report }, .users = us, .report = report };
    acri_loop_post(us->run->control, &r->message);
}

static void give_stock_back(struct acri_users *us, bool is_answer)
{
    uint64_t n = us->n_granted;

    us->n_granted = 0;
    tell(us, (struct acri_budget_report){ .n_back = n, .is_answer = is_answer });
}

bool acri_budget_take(struct acri_users *us)
{
    if (us->run->n_iterations > 0) {
        if (us->n_granted == 0)
            return false;
        us->n_granted--;
    }
    us->n_dealt++;
    return true;
}

void acri_budget_ask(struct acri_users *us)
{
    if (us->is_asking || us->is_over)
        return;
    us->is_asking = true;
    tell(us, (struct acri_budget_report){ .is_asking = true });
}

void acri_budget_want(struct acri_users *us, struct acr_user *u)
{
    if (us->is_over) {
        acri_user_finish(u);
    } else if (acri_budget_take(us)) {
        u->iteration = ACRI_ITERATION_DEALT;
        acri_user_begin_iteration(u, u->intended_ns);
    } else {
        acri_roster_queue_idle(&us->waiting, u);
        acri_budget_ask(us);
    }
}

/* Deal the stock to those who wait for it. Returns: false when nobody does. */
static bool serve(struct acri_users *us)
{
    bool is_wanted = us->waiting.first != NULL;

    for (size_t i = 0; i < us->run->plan->n_types; i++)
        if (us->types[i].arrivals != NULL && acri_arrivals_resume(us->types[i].arrivals))
            is_wanted = true;
    while (us->waiting.first != NULL && us->n_granted > 0)
        acri_budget_want(us, acri_roster_take_idle(&us->waiting));
    if (us->waiting.first != NULL)
        acri_budget_ask(us);
    return is_wanted;
}

static void count_done(struct acri_users *us)
{
    us->n_dealt--;
    if (us->run->n_iterations == 0)
        return;
    us->n_done++;
    if (us->n_granted == 0 && us->n_dealt == 0)
        tell(us, (struct acri_budget_report){ .n_back = 0 });
}

void acri_budget_note_done(struct acr_user *u)
{
    if (u->iteration == ACRI_ITERATION_NONE)
        return;
    u->iteration = ACRI_ITERATION_NONE;
    count_done(u->home);
}

void acri_budget_note_end(struct acr_user *u)
{
    struct acri_users *us = u->home;
    /* An arrival whose user could not start has been served as well as it could be. */
    bool is_in_vain = u->phase != ACRI_USER_RUNNING && !u->was_told_to_end;

    if (u->iteration != ACRI_ITERATION_DEALT || us->run->n_iterations == 0 || is_in_vain) {
        acri_budget_note_done(u);
        return;
    }
    u->iteration = ACRI_ITERATION_NONE;
    us->n_dealt--;
    us->n_granted++;
    /* While there was a stock nobody waited elsewhere. */
    if (!us->is_stopping && !serve(us) && us->n_granted == 1)
        give_stock_back(us, false);
}

static void run_grant(struct acri_message *m)
{
    struct grant_message *g = (struct grant_message *)(void *)m;
    struct acri_users *us = g->users;

    us->is_asking = false;
    us->is_last_grant = g->is_last;
    us->n_granted += g->n;
    if (us->is_stopping || !serve(us))
        give_stock_back(us, false);
    free(g);
}

static void run_recall(struct acri_message *m)
{
    struct grant_message *g = (struct grant_message *)(void *)m;

    give_stock_back(g->users, true);
    free(g);
}

static void run_over(struct acri_message *m)
{
    struct grant_message *g = (struct grant_message *)(void *)m;

    acri_users_end_iterations(g->users);
    free(g);
}

/* --- on the control loop ------------------------------------------------------------------------
 */

static void post(struct acri_users *us, void (*run)(struct acri_message *m), uint64_t n,
                 bool is_last)
{
    struct grant_message *g = acri_alloc(sizeof(*g));

    *g = (struct grant_message){
        .message = { .run = run }, .users = us, .n = n, .is_last = is_last
    };
    acri_loop_post(&us->loop, &g->message);
}

void acri_budget_init(struct acri_budget *b, uint64_t n_all, uint64_t n_left)
{
    *b = (struct acri_budget){ .n_all = n_all, .n_left = n_left };
}

void acri_budget_init_led(struct acri_budget *b)
{
    *b = (struct acri_budget){ .n_all = UINT64_MAX, .is_led = true };
}

uint64_t acri_budget_block(uint64_t n_left, size_t n_loops)
{
    uint64_t n = n_left / (n_loops * 4);

    return n > BLOCK_MAX ? BLOCK_MAX : n > 0 ? n : n_left > 0 ? 1 : 0;
}

/* Returns: whether a loop still waits. */
static bool deal(struct acri_budget *b, struct acri_users *loops, size_t n_loops)
{
    bool is_waited_for = false;

    for (size_t i = 0; i < n_loops; i++) {
        uint64_t n = acri_budget_block(b->n_left, n_loops);

        if (!loops[i].is_hungry || loops[i].is_given_up)
            continue;
        if (n == 0) {
            is_waited_for = true;
            continue;
        }
        b->n_left -= n;
        loops[i].is_hungry = false;
        post(&loops[i], run_grant, n, b->n_left == 0 && !b->is_led);
    }
    return is_waited_for;
}

/* A loop that waits has no stock itself. */
static void recall(struct acri_users *loops, size_t n_loops)
{
    for (size_t i = 0; i < n_loops; i++)
        if (!loops[i].is_hungry && !loops[i].is_recalled && !loops[i].is_given_up) {
            loops[i].is_recalled = true;
            post(&loops[i], run_recall, 0, false);
        }
}

/* Returns: loops that wait. */
static uint64_t count_hungry(const struct acri_users *loops, size_t n_loops)
{
    uint64_t n = 0;

    for (size_t i = 0; i < n_loops; i++)
        n += loops[i].is_hungry && !loops[i].is_given_up;
    return n;
}

/* Ask the master before there is nothing left; give it what nobody here waits for when others do.
 */
static void settle_with_master(struct acri_budget *b, struct acri_users *loops, size_t n_loops)
{
    if (b->is_over || b->n_left > 0)
        b->n_wanted = 0;
    else
        b->n_wanted = count_hungry(loops, n_loops);
    if (b->is_short && !b->is_over) {
        b->n_returned += b->n_left;
        b->n_left = 0;
    } else if (b->n_wanted == 0 && !b->is_over && b->n_left < b->n_granted / 4) {
        b->n_wanted = 1;
    }
}

void acri_budget_grant(struct acri_budget *b, struct acri_users *loops, size_t n_loops, uint64_t n,
                       bool is_short)
{
    bool is_news = is_short && !b->is_short;

    b->n_left += n;
    b->n_granted = n > 0 ? n : b->n_granted;
    b->is_short = is_short;
    if (!b->is_over)
        deal(b, loops, n_loops);
    if (is_news)
        recall(loops, n_loops);
    settle_with_master(b, loops, n_loops);
}

/* The loops have been told what there is. */
static void hear_led(struct acri_budget *b, struct acri_users *loops, size_t n_loops,
                     bool is_asking)
{
    if (deal(b, loops, n_loops) && is_asking && b->is_short)
        recall(loops, n_loops);
    settle_with_master(b, loops, n_loops);
}

void acri_budget_hear(struct acri_budget *b, struct acri_users *loops, size_t n_loops,
                      struct acri_users *from, const struct acri_budget_report *report)
{
    b->n_left += report->n_back;
    b->n_done += report->n_done;
    from->is_recalled = from->is_recalled && !report->is_answer;
    from->is_hungry = from->is_hungry || report->is_asking;
    if (b->is_over)
        return;
    if (b->is_led) {
        hear_led(b, loops, n_loops, report->is_asking);
        return;
    }
    if (b->n_done >= b->n_all) {
        b->is_over = true;
        for (size_t i = 0; i < n_loops; i++)
            post(&loops[i], run_over, 0, true);
        return;
    }
    if (deal(b, loops, n_loops) && report->is_asking)
        recall(loops, n_loops);
}

void acri_budget_step(struct acri_budget *b, struct acri_users *loops, size_t n_loops)
{
    if (!b->is_over && deal(b, loops, n_loops) && (!b->is_led || b->is_short))
        recall(loops, n_loops);
    if (b->is_led)
        settle_with_master(b, loops, n_loops);
}

void acri_budget_close(struct acri_budget *b)
{
    b->is_over = true;
}
