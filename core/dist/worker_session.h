/* SPDX-License-Identifier: MIT */
/*
 * What a worker says to its master, and hears: handshake, heartbeats, the desired state, reports
 * that are repeated until they are acknowledged, messages both ways. No I/O and no clock of its
 * own: frames and times come in by calls, frames go out by a link, events by a function.
 */
#ifndef ACRIDA_DIST_WORKER_SESSION_H
#define ACRIDA_DIST_WORKER_SESSION_H

#include "dist/link.h"
#include "dist/master.h"
#include "dist/worker.h"

struct acri_worker_session;

struct acri_worker_session_options {
    unsigned char key[32];
    unsigned char uuid[16]; /* of this process, random; a ledger's own when it is delivered */
    struct acri_worker_info info;
    double orphan_s, master_gone_s;
    bool is_deceased; /* the session only delivers what another process has left, given before the
                         first step: DECEASED, then leave */
    uint64_t random;  /* for jitter */
};

/* Owner of the event: the function. */
typedef void (*acri_worker_event_fn)(void *arg, struct acri_worker_event *e);

struct acri_worker_session *acri_worker_session_new(const struct acri_worker_session_options *o,
                                                    struct acri_link link,
                                                    acri_worker_event_fn tell, void *arg,
                                                    uint64_t now_ns);
void acri_worker_session_free(struct acri_worker_session *s);

void acri_worker_session_frame(struct acri_worker_session *s, uint64_t now_ns, const void *frame,
                               size_t n_bytes);
/* What time brings. Returns: when to call again at the latest. */
uint64_t acri_worker_session_step(struct acri_worker_session *s, uint64_t now_ns);

/* The calls of worker.h. A report: copied; seq is this one's, from 1, without gaps. */
void acri_worker_session_observe(struct acri_worker_session *s, uint64_t now_ns,
                                 const struct acri_observed *o);
void acri_worker_session_report(struct acri_worker_session *s, uint64_t now_ns, uint64_t seq,
                                uint64_t run_id, uint64_t epoch, const void *bytes, size_t n_bytes);
int acri_worker_session_send(struct acri_worker_session *s, uint64_t now_ns, const char *type,
                             const void *bytes, size_t n_bytes);
/* All is said: after the acknowledgement of everything, LEAVE; done once the master has said
 * good-bye. observed.tally of a deceased one goes with it. */
void acri_worker_session_leave(struct acri_worker_session *s, uint64_t now_ns, const char *reason);
bool acri_worker_session_has_left(const struct acri_worker_session *s);
/* The last seq that the master has on disk: what a ledger file need not keep. */
uint64_t acri_worker_session_acknowledged(const struct acri_worker_session *s);
/* This worker's identity, 16 bytes. It is another one when the master knew a different process by
 * it: look again at ACRI_WORKER_JOINED. */
const unsigned char *acri_worker_session_uuid(const struct acri_worker_session *s);

#endif
