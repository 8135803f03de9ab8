/* SPDX-License-Identifier: MIT */
/*
 * A master's session, for the files that it is made of.
 */
#ifndef ACRIDA_DIST_MASTER_PARTS_H
#define ACRIDA_DIST_MASTER_PARTS_H

#include "dist/drops.h"
#include "dist/master_peers.h"
#include "dist/master_session.h"

#define ACRI_MASTER_PARTS_PIPES 1024u

/* So many at a time, so many a second. */
struct acri_master_parts_bucket {
    double n;
    uint64_t filled_ns;
};

struct acri_master_session {
    struct acri_master_session_options o;
    struct acri_link link;
    acri_master_event_fn tell;
    void *arg;
    uint64_t instance; /* random */
    uint64_t n_wanted; /* the low half of generations */
    struct acri_master_peers table;
    struct acri_master_parts_bucket handshakes;
    struct acri_master_parts_bucket hints;
    struct {
        uint32_t pipe;
        uint64_t next_ns;
    } hinted[ACRI_MASTER_PARTS_PIPES]; /* by pipe, one overwriting another */
    struct acri_drops drops;
    struct acri_log_limit rejects;
    struct acri_wire_out out;
    struct acri_wire_in in;
    uint64_t scan_ns; /* when to look at all workers again */
};

#endif
