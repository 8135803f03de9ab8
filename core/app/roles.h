/* SPDX-License-Identifier: MIT */
/*
 * Which options mean something to which process: a worker has those of the run from its master, and
 * only who reports writes reports. What stands in the environment or in a configuration file may be
 * meant for all of a cluster; what stands on the command line of the wrong one is a mistake, and is
 * said. Thread: main.
 */
#ifndef ACRIDA_APP_ROLES_H
#define ACRIDA_APP_ROLES_H

#include "app/cluster.h"
#include "base/buf.h"

/* Whether an option is about being part of a cluster. */
bool acri_roles_is_of_cluster(const char *name);

/*
 * What is on the command line and has no effect in this role, as a line; nothing when there is
 * none. ret_line: appended to.
 */
void acri_roles_idle(const struct acri_options *o, enum acri_cluster_role role,
                     const struct acri_scenario *scenario, struct acri_buf *ret_line);

/* Log that line, if there is one. */
void acri_roles_warn(const struct acri_options *o, enum acri_cluster_role role,
                     const struct acri_scenario *scenario);

#endif
