/* SPDX-License-Identifier: MIT */
/* The service user, which runs hooks: not a virtual user, and its requests are not counted. Thread:
 * control loop. */
#ifndef ACRIDA_ENGINE_SERVICE_H
#define ACRIDA_ENGINE_SERVICE_H

#include "engine/user.h"

struct acr_user *acri_service_new(struct acri_users *us);
void acri_service_free(struct acr_user *u);

/* It was stopped, to cut a hook short; the next hook may yield again. */
void acri_service_revive(struct acr_user *u);

#endif
