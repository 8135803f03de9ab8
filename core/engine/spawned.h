/* SPDX-License-Identifier: MIT */
/*
 * What acr_spawn starts: coroutines beside a user's own, each with a struct acr_user for its memory
 * and random values, which belong to their root and end with it. Thread: the user's loop.
 */
#ifndef ACRIDA_ENGINE_SPAWNED_H
#define ACRIDA_ENGINE_SPAWNED_H

#include "engine/user.h"

/* So many may live at once for one user. */
#define ACRI_SPAWNED_MAX 1000u

/* The calls of all of a user's coroutines answer as cancelled. */
void acri_spawned_cancel_all(struct acr_user *root);

/* At the end of a step: handles that it did not join are dropped. */
void acri_spawned_drop_handles(struct acr_user *u);

/* A coroutine that will never end: it is not waited for. */
void acri_spawned_note_parked(struct acr_user *u);

/* Memory of a coroutine that was parked. */
void acri_spawned_free_parked(struct acr_user *u);

#endif
