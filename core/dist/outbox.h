/* SPDX-License-Identifier: MIT */
/*
 * A worker's reports until the master has them on disk. They are sent in order, several to a frame,
 * at most eight frames or 256 KiB at once.
 */
#ifndef ACRIDA_DIST_OUTBOX_H
#define ACRIDA_DIST_OUTBOX_H

#include "base/buf.h"
#include "dist/flight.h"

struct acri_outbox_report;

struct acri_outbox {
    struct acri_flight flight;
    struct acri_outbox_report *first; /* not durable yet, in order */
    struct acri_outbox_report *last;
    struct acri_outbox_report *next; /* to be sent; NULL: all have been */
    uint64_t last_seq;               /* given */
    uint64_t durable;
};

void acri_outbox_init(struct acri_outbox *o);
void acri_outbox_done(struct acri_outbox *o);
/* seq: above the last one. The bytes are copied. */
void acri_outbox_add(struct acri_outbox *o, uint64_t seq, uint64_t run_id, uint64_t epoch,
                     const void *bytes, size_t n_bytes);
/* The first one that is not durable, or the next one to come. */
uint64_t acri_outbox_first_kept(const struct acri_outbox *o);

/* Append the records of what may be sent now to a frame. Returns: the last seq, 0: none; to be
 * given to acri_outbox_sent once the frame is out. */
uint64_t acri_outbox_fill(struct acri_outbox *o, struct acri_buf *frame);
void acri_outbox_sent(struct acri_outbox *o, uint64_t now_ns, uint64_t last);
void acri_outbox_heard(struct acri_outbox *o, uint64_t now_ns, uint64_t have, uint64_t durable);
/* Send again what counts as lost. */
void acri_outbox_expire(struct acri_outbox *o, uint64_t now_ns, uint64_t round_trip_ns);
/* Another session: what the master has not said to be on disk may be lost with it, but for what the
 * new one says to have. */
void acri_outbox_restart(struct acri_outbox *o, uint64_t have);

#endif
