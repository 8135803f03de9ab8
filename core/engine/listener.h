/* SPDX-License-Identifier: MIT */
/*
 * Calling listeners inside a user's task: what they return becomes the user's outcome when the task
 * returns, and what they raise is their own error. Thread: the user's loop.
 */
#ifndef ACRIDA_ENGINE_LISTENER_H
#define ACRIDA_ENGINE_LISTENER_H

#include "engine/user.h"

/* Before a listener is called: what the task itself has raised is put aside. */
struct acri_raised *acri_listener_begin(struct acr_user *u);

/* After it: its outcome is noted, its error logged and counted; plugin and event name it. */
void acri_listener_end(struct acr_user *u, struct acri_raised *put_aside, int result,
                       const char *plugin, const char *event);

#endif
