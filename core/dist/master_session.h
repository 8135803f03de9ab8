/* SPDX-License-Identifier: MIT */
/*
 * What a master says to its workers, and hears: the other end of worker_session.h, for all of them.
 * No I/O and no clock of its own.
 */
#ifndef ACRIDA_DIST_MASTER_SESSION_H
#define ACRIDA_DIST_MASTER_SESSION_H

#include "dist/link.h"
#include "dist/master.h"

struct acri_master_session;

struct acri_master_session_options {
    unsigned char key[32];
    uint64_t
        epoch; /* rises with each start of this master (from the journal): makes generations rise */
    double missing_s;
    const char *version;
};

/* Owner of the event: the function. A report is told when it is accepted; it is acknowledged to the
 * worker by acri_master_session_durable. */
typedef void (*acri_master_event_fn)(void *arg, struct acri_master_event *e);

struct acri_master_session *acri_master_session_new(const struct acri_master_session_options *o,
                                                    struct acri_link link,
                                                    acri_master_event_fn tell, void *arg,
                                                    uint64_t now_ns);
void acri_master_session_free(struct acri_master_session *s);

/* From the journal, before any frame: a worker that was known, and its last report that was kept.
 * It counts as lost until it is heard: then RETURNED. */
void acri_master_session_restore(struct acri_master_session *s, const unsigned char uuid[16],
                                 uint32_t worker, const struct acri_worker_info *info,
                                 uint64_t have_seq);
const unsigned char *acri_master_session_uuid(const struct acri_master_session *s, uint32_t worker);

void acri_master_session_frame(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                               const void *frame, size_t n_bytes);
/* What time brings. Returns: when to call again at the latest. */
uint64_t acri_master_session_step(struct acri_master_session *s, uint64_t now_ns);

/* A worker's reports up to seq are on disk: acknowledge them. */
void acri_master_session_durable(struct acri_master_session *s, uint64_t now_ns, uint32_t worker,
                                 uint64_t seq);

/* What was told of a deceased worker is kept: who has delivered it may forget it. */
void acri_master_session_bury(struct acri_master_session *s, uint32_t worker);

/* The calls of master.h. */
void acri_master_session_want(struct acri_master_session *s, uint64_t now_ns, uint32_t worker,
                              const struct acri_desired *d);
int acri_master_session_send(struct acri_master_session *s, uint64_t now_ns, uint32_t worker,
                             const char *type, const void *bytes, size_t n_bytes);
/* Whether a message to a worker, or to all (UINT32_MAX), would not be answered by -ENOBUFS. */
bool acri_master_session_has_room(const struct acri_master_session *s, uint32_t worker,
                                  size_t n_bytes);
bool acri_master_session_health(const struct acri_master_session *s, uint64_t now_ns,
                                uint32_t worker, struct acri_master_health *ret_health);
uint64_t acri_master_session_dropped(const struct acri_master_session *s);
/* Sessions that are alive; pipes that said nothing valid are strangers. */
uint64_t acri_master_session_n_here(const struct acri_master_session *s);

#endif
