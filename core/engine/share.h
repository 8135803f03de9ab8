/* SPDX-License-Identifier: MIT */
/* Texts that test_start leaves to all users: acr_share and acr_shared. Written on the control loop
 * before users run, only read from then on. */
#ifndef ACRIDA_ENGINE_SHARE_H
#define ACRIDA_ENGINE_SHARE_H

#include "engine/users.h"

/* Users run from here on: nothing more is shared. */
void acri_share_close(struct acri_run_common *run);
void acri_share_done(struct acri_run_common *run);

#endif
