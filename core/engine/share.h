/* SPDX-License-Identifier: MIT */
/* Texts that test_start leaves to all users: acr_share and acr_shared. Written on the control loop
 * before users run, only read from then on. */
#ifndef ACRIDA_ENGINE_SHARE_H
#define ACRIDA_ENGINE_SHARE_H

#include "engine/users.h"

/* What was shared, one after the other: start with NULL. Returns: NULL past the last. */
struct acri_shared;
const struct acri_shared *acri_share_next(const struct acri_run_common *run,
                                          const struct acri_shared *after, const char **ret_key,
                                          const char **ret_text);
/* Of a worker: what its master has shared; it stays, whatever test_start shares here. */
void acri_share_take(struct acri_run_common *run, const char *key, const char *text);
/* Users run from here on: nothing more is shared. */
void acri_share_close(struct acri_run_common *run);
void acri_share_done(struct acri_run_common *run);

#endif
