/* SPDX-License-Identifier: MIT */
/*
 * Semaphores, gates and pools: <acrida/sync.h>. Each lives on the control loop; users reach it by
 * calls (engine/call.h), so that its state needs no lock. What waits for nothing (giving back,
 * opening) is a message that the control loop frees.
 */
#ifndef ACRIDA_ENGINE_SYNC_H
#define ACRIDA_ENGINE_SYNC_H

struct acr_user;

/* Give back what a user still holds of semaphores. Before it is freed, and when it is parked. */
void acri_sync_release_held(struct acr_user *u);
/* When nobody waits any more and no message is read: forget it. */
void acri_sync_forget_held(struct acr_user *u);

#endif
