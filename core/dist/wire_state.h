/* SPDX-License-Identifier: MIT */
/*
 * What a worker should do and what it does, as records.
 */
#ifndef ACRIDA_DIST_WIRE_STATE_H
#define ACRIDA_DIST_WIRE_STATE_H

#include "base/cluster.h"
#include "dist/wire.h"

struct acri_wire_heartbeat {
    uint64_t sent_ns;       /* by the worker's clock */
    uint64_t wall_ns;       /* the same moment by its wall clock */
    uint64_t round_trip_ns; /* 0: not known yet */
    uint64_t generation;    /* of the last desired state that has come */
    struct acri_observed observed;
};
void acri_wire_put_heartbeat(struct acri_buf *b, const struct acri_wire_heartbeat *h);
bool acri_wire_get_heartbeat(struct acri_unpack *u, struct acri_wire_heartbeat *ret_heartbeat);

/* start_at_ns is by the master's clock. */
void acri_wire_put_state(struct acri_buf *b, const struct acri_desired *d);
bool acri_wire_get_state(struct acri_unpack *u, struct acri_desired *ret_desired);

struct acri_wire_leave {
    uint64_t last_seq;
    char reason[ACRI_CLUSTER_TEXT];
    struct acri_observed observed;
};
void acri_wire_put_leave(struct acri_buf *b, const struct acri_wire_leave *l);
bool acri_wire_get_leave(struct acri_unpack *u, struct acri_wire_leave *ret_leave);

#endif
