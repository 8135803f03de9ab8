/* SPDX-License-Identifier: MIT */
/*
 * Several processes that run one test: a master, which runs no users, and its workers. A scenario
 * is loaded by all of them. Included by <acrida/acrida.h>.
 */
#ifndef ACRIDA_CLUSTER_H
#define ACRIDA_CLUSTER_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whether this process leads workers; whether it runs users for a master. Both false in a process
 * that runs alone. Thread: any, in a run. */
ACR_API bool acr_is_master(void);
ACR_API bool acr_is_worker(void);

/** The number of this worker: from 0, in the order in which they first came; 0 elsewhere. Thread:
 * any, in a run. */
ACR_API uint32_t acr_worker_index(void);

#define ACR_ALL_WORKERS UINT32_MAX
#define ACR_FROM_MASTER UINT32_MAX

/**
 * Send a message: from a worker to its master (to counts for nothing), from the master to one
 * worker by its index, or to all that are there now (ACR_ALL_WORKERS); alone, to this process
 * itself. It comes to the hook `message` of all plugins there, once and in order, as long as both
 * processes live.
 *
 * type: a name of the scenario's own; names that begin with a dot are the runtime's. text: copied;
 * NULL is "". Returns: 0; -EINVAL (no type, or a dot); -EMSGSIZE above 32 MB; -ENOBUFS: too many
 * are waiting; -ENOENT: that worker is not there. Thread: any, in a run.
 */
ACR_API int acr_send_message(uint32_t to, const char *type, const char *text);

#ifdef __cplusplus
}
#endif

#endif
