/* SPDX-License-Identifier: MIT */
/*
 * Connecting: several addresses with a head start each (RFC 8305), or a path. Thread: the user's
 * loop, in its coroutine.
 */
#ifndef ACRIDA_SCHED_DIAL_H
#define ACRIDA_SCHED_DIAL_H

#include "sched/address.h"
#include "sched/source.h"

struct acr_user;

/* An address has so long before the next one is tried as well. */
#define ACRI_DIAL_HEAD_START_MS 250u

/*
 * type: SOCK_STREAM or SOCK_DGRAM. from: where it leaves from; NULL = the system chooses.
 * deadline_ns: of the clock; 0 = none.
 *
 * Returns: 0, or a negative errno: of the last address that failed; -EAFNOSUPPORT when none is of a
 *          family that it can leave from. Yields.
 * Owner:   the caller of *ret_fd, which does not block.
 */
int acri_dial(struct acr_user *u, const struct acri_addresses *to, uint16_t port, int type,
              struct acri_source_turn *from, uint64_t deadline_ns, int *ret_fd);

/* The same for a Unix socket. */
int acri_dial_path(struct acr_user *u, const char *path, uint64_t deadline_ns, int *ret_fd);

/* A datagram socket for several peers: of both families where there is IPv6; with addresses to
 * leave from, of the first one's family. Returns: 0 or a negative errno. */
int acri_dial_nobody(struct acri_source_turn *from, int *ret_fd);

#endif
