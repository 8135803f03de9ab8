/* SPDX-License-Identifier: MIT */
#include "engine/budget.h"

#include "engine/roster.h"

#include <stdlib.h>

#define BLOCK_MAX 64u

struct budget_message {
    struct acri_message message;
    struct acri_users *users;
    uint64_t n;
};

static void run_ask(struct acri_message *m)
{
    struct budget_message *b = (struct budget_message *)(void *)m;

    b->users->run->on_ask_iterations(b->users);
    free(b);
}

static void ask(struct acri_users *us)
{
    struct budget_message *b;

    if (us->is_asking)
        return;
    us->is_asking = true;
    b = acri_alloc(sizeof(*b));
    b->message.run = run_ask;
    b->users = us;
    acri_loop_post(us->run->control, &b->message);
}

bool acri_budget_is_over(const struct acri_users *us)
{
    return us->is_exhausted && us->n_granted == 0;
}

void acri_budget_ask(struct acri_users *us, struct acr_user *u)
{
    if (us->n_granted > 0) {
        us->n_granted--;
        acri_user_begin_iteration(u, u->intended_ns);
    } else if (us->is_exhausted) {
        acri_user_finish(u);
    } else {
        acri_roster_queue_idle(&us->waiting, u);
        ask(us);
    }
}

uint64_t acri_budget_block(uint64_t n_left, size_t n_loops)
{
    uint64_t n = n_left / (n_loops * 4);

    return n > BLOCK_MAX ? BLOCK_MAX : n > 0 ? n : n_left > 0 ? 1 : 0;
}

static void run_grant(struct acri_message *m)
{
    struct budget_message *b = (struct budget_message *)(void *)m;
    struct acri_users *us = b->users;

    us->is_asking = false;
    us->n_granted += b->n;
    us->is_exhausted = us->is_exhausted || b->n == 0;
    while (us->waiting.first != NULL && (us->n_granted > 0 || us->is_exhausted))
        acri_budget_ask(us, acri_roster_take_idle(&us->waiting));
    if (us->waiting.first != NULL)
        ask(us);
    if (acri_budget_is_over(us) && us->n_live == 0)
        acri_users_report_finished(us);
    free(b);
}

void acri_budget_post_grant(struct acri_users *us, uint64_t n)
{
    struct budget_message *b = acri_alloc(sizeof(*b));

    *b = (struct budget_message){ .message = { .run = run_grant }, .users = us, .n = n };
    acri_loop_post(&us->loop, &b->message);
}
