/* SPDX-License-Identifier: MIT */
/*
 * A limited number of iterations (--iterations), dealt to the loops in small blocks as they need
 * them, so that just so many are done whatever the threads and the users do.
 *
 * An iteration is at any time in one place: with the control loop (n_left), in a loop's stock
 * (n_granted), dealt to a user or to a queued arrival (n_dealt), or done. What a user was dealt and
 * did not begin goes back into the stock; a stock that nobody on its loop wants goes back to the
 * control loop, which recalls all of them before it lets a loop wait. With the last one done the
 * run is over.
 *
 * A worker's come from its master, in larger blocks, and it is the master who knows when all are
 * done. What is left here while others wait goes back to it.
 */
#ifndef ACRIDA_ENGINE_BUDGET_H
#define ACRIDA_ENGINE_BUDGET_H

#include "engine/users.h"

/* --- on a loop ----------------------------------------------------------------------------------
 */

/* What a loop tells the control loop. */
struct acri_budget_report {
    uint64_t n_done; /* since the last one */
    uint64_t n_back;
    bool is_asking;
    bool is_answer; /* to a recall */
};

/* Take one from the stock; always, without --iterations. Returns: false when it is empty. */
bool acri_budget_take(struct acri_users *us);
/* Ask for more, once: the waiting users and arrivals go on when there are some. */
void acri_budget_ask(struct acri_users *us);

/* A user wants to begin an iteration: it does, waits for it, or ends. */
void acri_budget_want(struct acri_users *us, struct acr_user *u);
/* The user's iteration is done; without one, nothing happens. */
void acri_budget_note_done(struct acr_user *u);
/* The user begins no further one: what it was dealt goes back, unless it was begun. */
void acri_budget_note_end(struct acr_user *u);

/* --- on the control loop ------------------------------------------------------------------------
 */

struct acri_budget {
    uint64_t n_all; /* 0 = no limit */
    uint64_t n_left;
    uint64_t n_done;
    bool is_over; /* all are done, or the run is stopping: nothing is dealt any more */
    /* A worker's: */
    bool is_led;
    bool is_short;       /* others wait */
    uint64_t n_granted;  /* the last time */
    uint64_t n_returned; /* to the master */
    uint64_t n_wanted;   /* of it: so many at least; 0 = none */
};

/* n_left: those that the loops do not have from the start. */
void acri_budget_init(struct acri_budget *b, uint64_t n_all, uint64_t n_left);
/* A worker's. */
void acri_budget_init_led(struct acri_budget *b);
/* n more have come from the master, maybe none; is_short: others wait. */
void acri_budget_grant(struct acri_budget *b, struct acri_users *loops, size_t n_loops, uint64_t n,
                       bool is_short);
/* One of the loops reports: it and others are given what there is. */
void acri_budget_hear(struct acri_budget *b, struct acri_users *loops, size_t n_loops,
                      struct acri_users *from, const struct acri_budget_report *report);
/* Once a second: what lies idle on a loop while another one waits is moved. */
void acri_budget_step(struct acri_budget *b, struct acri_users *loops, size_t n_loops);
/* The run is stopping: loops are told nothing more. */
void acri_budget_close(struct acri_budget *b);

/* How many a loop that asks is given of those that are left. Pure. */
uint64_t acri_budget_block(uint64_t n_left, size_t n_loops);

#endif
