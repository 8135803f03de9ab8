/* SPDX-License-Identifier: MIT */
/*
 * The course of a worker's run, where it differs from one that the options decide: it begins,
 * changes and stops as the master says, and tells what it does. Thread: control; all but observe
 * yield.
 */
#ifndef ACRIDA_ENGINE_FOLLOW_H
#define ACRIDA_ENGINE_FOLLOW_H

#include "engine/conductor.h"

/* Say that all is ready, and wait for the word. Returns: false: there will be no run. */
bool acri_follow_prepare(struct acri_conductor *c);
/* Until the master, or something here, ends the run. */
void acri_follow_run(struct acri_conductor *c);
/* Users of all workers together, as the master wants them. */
uint64_t acri_follow_users_wanted(const struct acri_conductor *c);
/* The stock of iterations has changed: tell the master when it has to act. */
void acri_follow_iterations(struct acri_conductor *c);
/* Returns: so long after a report the next one is due; somewhat sooner, since it goes with a tick.
 */
uint64_t acri_follow_report_in(const struct acri_conductor *c);
/* Tell the master what is. */
void acri_follow_observe(struct acri_conductor *c);
/* The run is over, and all of it is reported. */
void acri_follow_end(struct acri_conductor *c);

#endif
