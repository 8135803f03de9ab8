/* SPDX-License-Identifier: MIT */
/*
 * A master's part of --iterations: just so many are begun, whatever becomes of its workers.
 *
 * Workers are given some whenever users of theirs wait for one; the fewer are left, the fewer at
 * once. What is told both ways are sums since the run began, so that nothing depends on any one
 * message, and a master that is started again learns from its workers what its journal lacks.
 *
 * What a worker was given and had not begun when it ended goes to others. That it has ended, and
 * what it had begun, is known when it says good-bye, and from its ledger file when it was killed.
 * Of one that is gone with its host it is not known: it could still be at work, so nothing is dealt
 * again before it must have stopped its users for want of a master; then what it had not begun by
 * its own last word. More than that it may have begun; then so many more are begun in all.
 *
 * Thread: main.
 */
#ifndef ACRIDA_APP_FLEET_BUDGET_H
#define ACRIDA_APP_FLEET_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct acri_fleet;

/* What one worker has had, in this run. */
struct acri_fleet_iterations {
    uint64_t given;
    uint64_t returned; /* of these */
    uint64_t done;     /* of the others */
    uint64_t begun;    /* at least */
    uint64_t wanted;   /* so many, at least; 0 = none */
    uint64_t lost_ns;  /* since when there is no word from it; of one that is not there */
    bool has_spoken;   /* to this master: it knows what it gave */
    bool is_closed;    /* it begins no more, and `done` is all that it begun */
};

/* A run begins. */
void acri_fleet_budget_begin(struct acri_fleet *f);
/* Returns: of the run; 0 = no limit. */
uint64_t acri_fleet_budget_all(const struct acri_fleet *f);
/* Returns: how many nobody has been given. */
uint64_t acri_fleet_budget_left(const struct acri_fleet *f);
/* Take in what a worker's `observed` says. */
void acri_fleet_budget_hear(struct acri_fleet *f, uint32_t worker);
/* It has ended, and had begun so many. */
void acri_fleet_budget_close(struct acri_fleet *f, uint32_t worker, uint64_t n_begun);
/* Give to those that wait. Call when something was heard, and about once a second. */
void acri_fleet_budget_step(struct acri_fleet *f);
/* Returns: whether all are done, or lost. */
bool acri_fleet_budget_is_done(const struct acri_fleet *f);

#endif
