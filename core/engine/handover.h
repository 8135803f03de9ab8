/* SPDX-License-Identifier: MIT */
/*
 * What a loop hands to the control loop once a tick: its statistics block, the state that plugins
 * keep per loop, exceptions and counts; and it takes empty ones. Nothing is copied or locked.
 */
#ifndef ACRIDA_ENGINE_HANDOVER_H
#define ACRIDA_ENGINE_HANDOVER_H

#include "engine/users.h"

void acri_handover_init(struct acri_users *us);
void acri_handover_done(struct acri_users *us);

/* Ask for it; on_handover follows. Nothing happens while one is out. Thread: control. */
void acri_handover_post(struct acri_users *us);

/* The state of all plugins, zeroed: n_loop_states of the plan. */
void **acri_handover_new_states(const struct acri_plan *plan);
void acri_handover_free_states(const struct acri_plan *plan, void **states);
/* Merge one such set into another, and zero it. Thread: control. */
void acri_handover_merge_states(const struct acri_plan *plan, void **into, void **from);

/* From here on counts are those of the run. Thread: control, before users run. */
void acri_handover_begin(struct acri_users *us, uint64_t now_ns);

#endif
