/* SPDX-License-Identifier: MIT */
/*
 * What this process is in a cluster, and being it: --master, --worker, --processes. Thread: main.
 */
#ifndef ACRIDA_APP_CLUSTER_H
#define ACRIDA_APP_CLUSTER_H

#include "app/options.h"
#include "app/scenario.h"

enum acri_cluster_role { ACRI_CLUSTER_LOCAL = 0, ACRI_CLUSTER_MASTER, ACRI_CLUSTER_WORKER };

/*
 * By --master, --worker, --mode and --processes. Returns: 0, or -EINVAL with its line (usage) when
 * they contradict one another, or when the program cannot be that.
 */
int acri_cluster_role(const struct acri_options *o, enum acri_cluster_role *ret_role,
                      struct acri_error *reterr);

/* Whether the scenario is the master's: -f -. */
bool acri_cluster_is_fetched(const struct acri_options *o);
/* Returns: 0, or -EINVAL with its line (usage) when -f - stands beside what it cannot go with. */
int acri_cluster_check_fetched(const struct acri_options *o, enum acri_cluster_role role,
                               struct acri_error *reterr);

/* The key of --cluster-key-file or of the environment, in ret_key (32 bytes). Returns: 1 with a
 * key, 0 without one, or a negative errno with its line. */
int acri_cluster_read_key(const struct acri_options *o, unsigned char *ret_key,
                          struct acri_error *reterr);

/* SIGINT and SIGTERM are read from this descriptor from now on, by whoever waits between runs.
 * Owner: the caller. */
int acri_cluster_watch_signals(void);

#endif
