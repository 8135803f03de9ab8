/* SPDX-License-Identifier: MIT */
/* The socket that clients come to. */
#ifndef ACRIDA_METRICS_LISTENING_H
#define ACRIDA_METRICS_LISTENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * may_be_seen: whether it may be reached from other machines.
 *
 * error: a line for a person. Returns: the descriptor, or a negative errno.
 */
int metrics_listen(const char *host, uint16_t port, bool may_be_seen, uint16_t *ret_port,
                   char *error, size_t error_bytes);

#endif
