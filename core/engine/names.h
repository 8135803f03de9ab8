/* SPDX-License-Identifier: MIT */
/*
 * Names and their addresses: asked on the offload threads, so that no loop waits; kept for a minute
 * on the control loop, and as a copy on each loop that has asked.
 */
#ifndef ACRIDA_ENGINE_NAMES_H
#define ACRIDA_ENGINE_NAMES_H

#include "engine/user.h"
#include "sched/address.h"

#define ACRI_NAMES_TTL_S 60u       /* an answer is used for so long */
#define ACRI_NAMES_FAILED_TTL_S 1u /* as is that there is none */

struct acri_names;

/* One for the control loop, one for each loop's copies. index: the loop's; where its round robin
 * begins. Never NULL. */
struct acri_names *acri_names_new(uint64_t seed, size_t index);
/* are_threads_gone: false when an offload thread may still be asking. */
void acri_names_free(struct acri_names *names, bool are_threads_gone);

/*
 * The addresses of a host, by name or number, in the order in which the run wants them tried.
 *
 * Units:   seconds; 0 = as long as it takes.
 * Returns: 0 or a negative errno (-ETIMEDOUT and -ECANCELED without a line; -EACCES: --allow-host
 *          does not have it). Yields.
 */
int acri_names_look_up(struct acr_user *u, const char *host, double timeout_s,
                       struct acri_addresses *ret_addresses, struct acri_error *reterr);

#endif
