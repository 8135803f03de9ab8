/* SPDX-License-Identifier: MIT */
/*
 * What a step of a user leaves behind: a task, on_start, on_stop, or a hook of a service user.
 */
#ifndef ACRIDA_ENGINE_STEP_H
#define ACRIDA_ENGINE_STEP_H

#include "engine/user.h"

/* What a user is doing, for messages: its task, "on_start" or "on_stop". */
const char *acri_step_name(const struct acr_user *u);

/* After each step: what it owned is settled and freed, its exception counted. */
void acri_step_clean_up(struct acr_user *u);
void acri_step_record_exception(struct acr_user *u);

/* Forget what acr_raise noted. */
void acri_step_drop_raised(struct acr_user *u);

#endif
