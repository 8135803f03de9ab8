/* SPDX-License-Identifier: MIT */
/*
 * A worker's way to its master, by name: the name is looked up, its addresses are tried in turn,
 * and each dialling takes a fresh socket. Made for one session, and for one thread, which may wait
 * for the look-up.
 */
#ifndef ACRIDA_DIST_UPLINK_H
#define ACRIDA_DIST_UPLINK_H

#include "dist/link.h"
#include "dist/transport.h"

#include <stdbool.h>
#include <stdint.h>

struct acri_uplink;

/* needs_loopback: other addresses are not dialled, because there is no key. */
struct acri_uplink *acri_uplink_new(const char *host, uint16_t port, bool needs_loopback);
/* NULL is allowed. */
void acri_uplink_free(struct acri_uplink *u);

/* For the session: sending, and asking for a new connection, which the next step makes. */
struct acri_link acri_uplink_link(struct acri_uplink *u);

/* For poll: readable while frames wait; -1: no connection yet. It changes with each step. */
int acri_uplink_fd(const struct acri_uplink *u);
void acri_uplink_receive(struct acri_uplink *u, acri_transport_fn function, void *arg);

/* Connect when that is due. Returns: when to call again; UINT64_MAX: when something is asked for.
 */
uint64_t acri_uplink_step(struct acri_uplink *u, uint64_t now_ns);

/* Why there will be no connection, as a line; NULL: there may be one. */
const char *acri_uplink_refusal(const struct acri_uplink *u);

#endif
