/* SPDX-License-Identifier: MIT */
/*
 * What a run looks like now: the snapshots that listeners, reports and pages read.
 *
 * Thread: control loop.
 */
#ifndef ACRIDA_ENGINE_VIEW_H
#define ACRIDA_ENGINE_VIEW_H

#include "engine/conductor.h"

/* As it is: nothing moves on. For whoever asks between ticks. */
void acri_view_look(struct acri_conductor *c, struct acr_snapshot *ret_snapshot);

/* At a tick: the window of the last seconds moves on first. */
void acri_view_take(struct acri_conductor *c, struct acr_snapshot *ret_snapshot);

/* The same, with the verdict brought up to date; is_over: nothing follows. */
void acri_view_judge(struct acri_conductor *c, struct acr_snapshot *ret_snapshot, bool is_over);

/* Add what was taken in since the last time to the history. */
void acri_view_keep(struct acri_conductor *c, const struct acr_snapshot *s);

#endif
