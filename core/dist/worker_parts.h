/* SPDX-License-Identifier: MIT */
/*
 * A worker's session, for the files that it is made of.
 */
#ifndef ACRIDA_DIST_WORKER_PARTS_H
#define ACRIDA_DIST_WORKER_PARTS_H

#include "base/rng.h"
#include "dist/clock_offset.h"
#include "dist/drops.h"
#include "dist/mail.h"
#include "dist/outbox.h"
#include "dist/wire_hello.h"
#include "dist/worker_session.h"

#define ACRI_WORKER_PARTS_MASTER "the master" /* whose frames are dropped */

struct acri_worker_session {
    struct acri_worker_session_options o;
    struct acri_link link;
    acri_worker_event_fn tell;
    void *arg;
    struct acri_rng rng;
    uint64_t incarnation;

    /* The handshake that is under way. */
    bool is_greeting;
    unsigned char nonce[ACRI_WIRE_NONCE_BYTES];
    struct acri_seal_pair pair;
    uint64_t hello_ns; /* when to send it (again) */
    uint64_t n_hellos; /* without an answer */

    /* The session that there is. */
    bool has_session;
    bool is_joined; /* and told so */
    uint64_t session;
    uint64_t instance; /* the master's */
    struct acri_seal_session keys;
    struct acri_clock_offset offset;
    uint64_t heartbeat_ns; /* when the next one is due */
    uint64_t generation;   /* of the last desired state that was told; 0: tell any */

    uint64_t heard_ns;  /* the last authentic frame, or the start */
    uint64_t redial_ns; /* when to dial again unless something is heard */
    uint64_t step_ns;   /* when the next step is due */
    uint64_t retry_ns;  /* the link took nothing: not before */
    bool was_joined, is_orphaned, is_gone, has_warned;
    bool is_refused;

    bool is_leaving, has_left;
    uint64_t leave_ns; /* when to say so (again) */
    char reason[ACRI_CLUSTER_TEXT];

    struct acri_observed observed;
    struct acri_outbox outbox;
    struct acri_mail mail;
    struct acri_drops drops;
    struct acri_wire_out out;
    struct acri_wire_in in;
};

/* Evenly from least to most. */
uint64_t acri_worker_parts_between(struct acri_worker_session *s, uint64_t least_ns,
                                   uint64_t most_ns);
/* An authentic frame has come. */
void acri_worker_parts_heard(struct acri_worker_session *s, uint64_t now_ns);
/* Owner: who is told. */
struct acri_worker_event *acri_worker_parts_event(enum acri_worker_event_kind kind);
/* Send n_bytes of s->out.frame. Returns: as acri_link.send. */
int acri_worker_parts_send(struct acri_worker_session *s, uint64_t now_ns, size_t n_bytes);

#endif
