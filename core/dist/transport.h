/* SPDX-License-Identifier: MIT */
/*
 * Frames over nanomsg: a raw REP socket on the master, a raw REQ socket on a worker, one port. All
 * nn_* calls are in transport.c. Each transport belongs to the thread that made it.
 */
#ifndef ACRIDA_DIST_TRANSPORT_H
#define ACRIDA_DIST_TRANSPORT_H

#include "base/check.h"
#include "dist/link.h"

#include <stdbool.h>
#include <stdint.h>

struct acri_transport;

/* A frame has come; borrowed for the call. The function may send, redial and recycle; not free. */
typedef void (*acri_transport_fn)(void *arg, uint32_t pipe, const void *frame, size_t n_bytes);

/* Whether a host is this machine only: 127.0.0.0/8, ::1, or the name localhost. Anything else needs
 * a key. What the name resolves to is the caller's to look at. */
bool acri_transport_is_loopback(const char *host);

/* Bind. host: "*" (IPv6 and IPv4), or an address. Returns: 0; -EADDRINUSE, -EADDRNOTAVAIL, ...
 * with its line; -EINVAL: a name, port 0. */
int acri_transport_bind(const char *host, uint16_t port, struct acri_transport **ret_transport,
                        struct acri_error *reterr);
/* Connect to an address (a literal: names are resolved by the caller). Never fails because nobody
 * is there: it goes on trying, every 0.5 to 1.5 s. Returns: 0, or a negative errno with its line.
 */
int acri_transport_connect(const char *address, uint16_t port,
                           struct acri_transport **ret_transport, struct acri_error *reterr);
/* NULL is fine. */
void acri_transport_free(struct acri_transport *t);

/* Readable (level) while frames wait; never to be read. It is another one after
 * acri_transport_redial and acri_transport_recycle, and the one before is closed then: stop
 * watching it first. -1 after a recycle that failed. */
int acri_transport_fd(const struct acri_transport *t);
/* Worker: readable (level) while a frame could be sent: connected, and the one before is on its
 * way. To be watched only while a frame waits after -EAGAIN; otherwise as acri_transport_fd. -1 on
 * a master. */
int acri_transport_send_fd(const struct acri_transport *t);
/* Take what has come, at most 256 frames; the descriptor stays readable if that is not all. */
void acri_transport_receive(struct acri_transport *t, acri_transport_fn function, void *arg);
/* A worker's frames go to its master, whatever the pipe. Returns: 0; -EAGAIN: not connected, or the
 * one before is still on its way (worker); -EMSGSIZE. On a master 0 says nothing: what a pipe
 * cannot take at once, or goes to a pipe that is no more, is lost. */
int acri_transport_send(struct acri_transport *t, uint32_t pipe, const void *frame, size_t n_bytes);
/* Worker: a new socket to an address, which may be another one. Returns: as acri_transport_connect;
 * after an error the old socket is still there. */
int acri_transport_redial(struct acri_transport *t, const char *address, uint16_t port,
                          struct acri_error *reterr);
/* Master: close all connections and listen again, when strangers hold too many. Workers come back.
 * Returns: as acri_transport_bind; after an error nobody is heard until a later call succeeds. */
int acri_transport_recycle(struct acri_transport *t, struct acri_error *reterr);
/* Connections that are open; some that broke in their first moment may be counted for ever. */
uint64_t acri_transport_connections(const struct acri_transport *t);
/* Messages that came and were no frames: another header, or too long. */
uint64_t acri_transport_dropped(const struct acri_transport *t);

#endif
