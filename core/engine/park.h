/* SPDX-License-Identifier: MIT */
/*
 * Suspending a user's coroutine, and what becomes of one that never comes back: it is left where it
 * is, and its memory is kept until its loop ends. Thread: the user's loop.
 */
#ifndef ACRIDA_ENGINE_PARK_H
#define ACRIDA_ENGINE_PARK_H

#include "engine/user.h"

/* Suspend the current coroutine: acr_suspend's body. */
int acri_user_suspend(struct acr_user *u, uint64_t deadline_ns);

/* End the current coroutine for good, without returning to the scenario: it is parked. */
_Noreturn void acri_user_park(struct acr_user *u, const char *why);

/* Something that a parked user has spawned has ended: with the last one the user has. */
void acri_park_note_child_end(struct acr_user *root);

/* At the end of a loop: the memory of what was parked. */
void acri_park_free_all(struct acri_users *us);

#endif
