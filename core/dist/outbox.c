/* SPDX-License-Identifier: MIT */
#include "dist/outbox.h"

#include "base/check.h"
#include "dist/wire.h"

#include <stdlib.h>
#include <string.h>

/* Reports share a frame up to here: eight of them fill the window. */
#define FRAME_BYTES ((size_t)32 * 1024)
#define WINDOW_BYTES ((size_t)256 * 1024)

struct acri_outbox_report {
    struct acri_outbox_report *next;
    uint64_t seq;
    uint64_t run_id;
    uint64_t epoch;
    size_t n_bytes;
    unsigned char bytes[];
};

void acri_outbox_init(struct acri_outbox *o)
{
    *o = (struct acri_outbox){ 0 };
    acri_flight_init(&o->flight, WINDOW_BYTES);
}

static void drop_first(struct acri_outbox *o)
{
    struct acri_outbox_report *r = o->first;

    o->first = r->next;
    if (o->first == NULL)
        o->last = NULL;
    if (o->next == r)
        o->next = r->next;
    free(r);
}

void acri_outbox_done(struct acri_outbox *o)
{
    while (o->first != NULL)
        drop_first(o);
}

void acri_outbox_add(struct acri_outbox *o, uint64_t seq, uint64_t run_id, uint64_t epoch,
                     const void *bytes, size_t n_bytes)
{
    struct acri_outbox_report *r = acri_alloc(sizeof(*r) + n_bytes);

    ACRI_ASSERT(seq > o->last_seq);
    *r = (struct acri_outbox_report){
        .seq = seq, .run_id = run_id, .epoch = epoch, .n_bytes = n_bytes
    };
    if (n_bytes > 0)
        memcpy(r->bytes, bytes, n_bytes);
    /* A ledger that is delivered begins behind what was acknowledged to its process. */
    if (o->last_seq == 0 && seq > 1) {
        o->durable = seq - 1;
        acri_flight_restart(&o->flight, seq - 1);
    }
    if (o->last != NULL)
        o->last->next = r;
    else
        o->first = r;
    o->last = r;
    if (o->next == NULL)
        o->next = r;
    o->last_seq = seq;
}

uint64_t acri_outbox_first_kept(const struct acri_outbox *o)
{
    return o->durable + 1;
}

uint64_t acri_outbox_fill(struct acri_outbox *o, struct acri_buf *frame)
{
    uint64_t last = 0;
    size_t n_bytes = 0;

    for (struct acri_outbox_report *r = o->next; r != NULL; r = r->next) {
        if ((last != 0 && n_bytes + r->n_bytes > FRAME_BYTES) ||
            !acri_flight_may(&o->flight, n_bytes + r->n_bytes))
            break;
        acri_wire_put_report(frame, &(struct acri_wire_report){ .seq = r->seq,
                                                                .run_id = r->run_id,
                                                                .epoch = r->epoch,
                                                                .bytes = r->bytes,
                                                                .n_bytes = r->n_bytes });
        n_bytes += r->n_bytes;
        last = r->seq;
    }
    return last;
}

void acri_outbox_sent(struct acri_outbox *o, uint64_t now_ns, uint64_t last)
{
    size_t n_bytes = 0;

    for (; o->next != NULL && o->next->seq <= last; o->next = o->next->next)
        n_bytes += o->next->n_bytes;
    acri_flight_sent(&o->flight, now_ns, last, n_bytes);
}

/* The next one to be sent is the first one behind what was. */
static void seek(struct acri_outbox *o)
{
    o->next = o->first;
    while (o->next != NULL && o->next->seq <= o->flight.sent)
        o->next = o->next->next;
}

void acri_outbox_heard(struct acri_outbox *o, uint64_t now_ns, uint64_t have, uint64_t durable)
{
    /* Nobody has what was never given. */
    have = have < o->last_seq ? have : o->last_seq;
    durable = durable < have ? durable : have;
    if (acri_flight_heard(&o->flight, now_ns, have))
        while (o->next != NULL && o->next->seq <= o->flight.sent)
            o->next = o->next->next;
    if (durable <= o->durable)
        return;
    o->durable = durable;
    while (o->first != NULL && o->first->seq <= durable)
        drop_first(o);
}

void acri_outbox_expire(struct acri_outbox *o, uint64_t now_ns, uint64_t round_trip_ns)
{
    if (acri_flight_expire(&o->flight, now_ns, round_trip_ns))
        seek(o);
}

void acri_outbox_restart(struct acri_outbox *o, uint64_t have)
{
    have = have < o->last_seq ? have : o->last_seq;
    acri_flight_restart(&o->flight, have > o->durable ? have : o->durable);
    seek(o);
}
