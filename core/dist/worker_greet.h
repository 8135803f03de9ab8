/* SPDX-License-Identifier: MIT */
/*
 * A worker's part in handshakes. The session that there is goes on until the new one is there.
 */
#ifndef ACRIDA_DIST_WORKER_GREET_H
#define ACRIDA_DIST_WORKER_GREET_H

#include "dist/worker_parts.h"

/* Say HELLO at now_ns, with a nonce and a pair of its own; a handshake that is under way goes on.
 */
void acri_worker_greet_begin(struct acri_worker_session *s, uint64_t now_ns);
/* Say it (again). */
void acri_worker_greet_hello(struct acri_worker_session *s, uint64_t now_ns);
void acri_worker_greet_reject(struct acri_worker_session *s, uint64_t now_ns, const void *frame,
                              size_t n_bytes);
/* Returns: whether there is a new session. */
bool acri_worker_greet_welcome(struct acri_worker_session *s, uint64_t now_ns, const void *frame,
                               size_t n_bytes);

#endif
