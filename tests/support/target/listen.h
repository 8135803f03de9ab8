/* SPDX-License-Identifier: MIT */
/* Listening sockets. */
#ifndef ACRIDA_TARGET_LISTEN_H
#define ACRIDA_TARGET_LISTEN_H

#include <stdbool.h>

/* Listens on a numeric address; `shared` lets several sockets of this group have the port.
 * Replaces port 0 by the one found. -1, after a line on standard error, when it fails. */
int target_listen_tcp(const char *address, unsigned *port, bool shared);

/* Listens on a Unix socket, replacing one left over at that path. */
int target_listen_local(const char *path);

#endif
