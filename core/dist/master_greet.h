/* SPDX-License-Identifier: MIT */
/*
 * A master's part in handshakes: HELLO is answered by WELCOME or REJECT, frames of sessions that
 * are not known by a hint. What costs little comes first, the rest is done so often a second at
 * most.
 */
#ifndef ACRIDA_DIST_MASTER_GREET_H
#define ACRIDA_DIST_MASTER_GREET_H

#include "dist/master_parts.h"

/* A HELLO, of any version. */
void acri_master_greet_hello(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                             const void *frame, size_t n_bytes);
/* "This session is not known here", once a second to a pipe. */
void acri_master_greet_hint(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                            uint64_t session);
/* Forget handshakes that were not completed. */
void acri_master_greet_expire(struct acri_master_session *s, uint64_t now_ns);

#endif
