/* SPDX-License-Identifier: MIT */
/*
 * Whom a master knows: workers by index and by uuid, and lines (a handshake's keys, from WELCOME
 * on) by the session id that their frames carry. A worker has one line at most; a line without a
 * worker waits for its first authentic frame.
 */
#ifndef ACRIDA_DIST_MASTER_PEERS_H
#define ACRIDA_DIST_MASTER_PEERS_H

#include "dist/mail.h"
#include "dist/master.h"
#include "dist/seal.h"
#include "dist/wire_hello.h"

#define ACRI_MASTER_PEERS_MAX 65536u /* workers ever */
#define ACRI_MASTER_LINES_MAX (ACRI_MASTER_PEERS_MAX + 4096u)

struct acri_master_peer;

struct acri_master_line {
    uint64_t session;
    struct acri_seal_session keys;
    struct acri_master_peer *peer; /* NULL: not confirmed yet */
    /* Of the handshake, until it is confirmed: */
    struct acri_wire_hello *hello;
    unsigned char *welcome; /* the frame, for a HELLO that is repeated */
    size_t n_welcome;
    uint64_t born_ns;
    struct acri_master_line *next; /* in the order of birth */
    struct acri_master_line *before;
};

enum acri_master_peer_state {
    ACRI_MASTER_PEER_LOST = 0,
    ACRI_MASTER_PEER_HERE,
    ACRI_MASTER_PEER_LEFT,     /* it said so */
    ACRI_MASTER_PEER_DECEASED, /* what it left has been told */
};

struct acri_master_peer {
    uint32_t index;
    enum acri_master_peer_state state;
    unsigned char uuid[16];
    uint64_t incarnation; /* 0: not known (from the journal) */
    bool is_deceased;     /* somebody else delivers what it left */
    bool is_buried;       /* what that is, is kept: its file may go */
    struct acri_worker_info info;
    struct acri_master_line *line; /* NULL: none */
    uint32_t pipe;                 /* of the last authentic frame */
    uint64_t heard_ns;
    uint64_t have;    /* reports told */
    uint64_t durable; /* reports on disk */
    uint64_t told;    /* the `have` it was told last */
    size_t n_untold;  /* bytes of reports since */
    uint64_t n_reports;
    uint64_t round_trip_ns;
    int64_t wall_offset_ns;
    struct acri_desired *desired; /* NULL: nothing yet */
    uint64_t state_ns;            /* when it was told that */
    uint64_t generation;          /* of what has come there */
    struct acri_mail mail;
};

struct acri_master_peers {
    struct acri_master_peer **peers;
    uint32_t n_peers;
    uint32_t capacity;
    uint32_t n_here;
    void *by_uuid; /* tsearch */
    struct acri_master_line **lines;
    uint32_t n_lines; /* slots used so far */
    uint32_t lines_capacity;
    uint32_t *free_slots;
    uint32_t n_free;
    uint32_t n_pending;
    struct acri_master_line *first; /* pending, the oldest first */
    struct acri_master_line *last;
};

void acri_master_peers_done(struct acri_master_peers *t);

/* Returns: NULL: there is none. */
struct acri_master_peer *acri_master_peers_by_uuid(const struct acri_master_peers *t,
                                                   const unsigned char uuid[16]);
/* A new worker; index UINT32_MAX: the next one. Returns: NULL: there are too many, or the index or
 * uuid is taken. */
struct acri_master_peer *acri_master_peers_add(struct acri_master_peers *t,
                                               const unsigned char uuid[16], uint32_t index);
/* NULL: there is none. */
struct acri_master_peer *acri_master_peers_at(const struct acri_master_peers *t, uint32_t index);

/* A new line, pending, with a session id. Returns: NULL: there are too many. */
struct acri_master_line *acri_master_peers_line_new(struct acri_master_peers *t, uint64_t now_ns);
struct acri_master_line *acri_master_peers_line(const struct acri_master_peers *t,
                                                uint64_t session);
/* The pending line of a handshake. */
struct acri_master_line *acri_master_peers_pending(const struct acri_master_peers *t,
                                                   const unsigned char *nonce);
/* The line is a worker's from now on; the one it had is dropped. */
void acri_master_peers_settle(struct acri_master_peers *t, struct acri_master_line *line,
                              struct acri_master_peer *peer);
void acri_master_peers_line_drop(struct acri_master_peers *t, struct acri_master_line *line);

#endif
