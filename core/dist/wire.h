/* SPDX-License-Identifier: MIT */
/*
 * Frames between masters and workers as bytes. Each begins with a head in clear; DATA goes on with
 * a sealed list of records, each a type, a length, and a body; a reader skips records that it does
 * not know, and what is behind the last field that it knows. What is said in a handshake is in
 * wire_hello.h, what a worker should do and does in wire_state.h.
 *
 *     0  u8   version of the wire
 *     1  u8   kind: enum acri_wire_kind
 *     2  u16  0
 *     4  u64  session; 0 in HELLO, WELCOME and REJECT
 *     12 u64  counter; 0 in all but DATA
 *
 * Numbers are little-endian. The head, the kinds HELLO and REJECT, how those are sealed, and the
 * nonce and the versions they begin with stay the same in all versions: so that two which do not
 * understand one another can say so.
 */
#ifndef ACRIDA_DIST_WIRE_H
#define ACRIDA_DIST_WIRE_H

#include "base/pack.h"
#include "dist/link.h"
#include "dist/seal.h"

#define ACRI_WIRE_VERSION 3u
#define ACRI_WIRE_HEAD_BYTES 20u
/* The sealed part, opened, at most. */
#define ACRI_WIRE_PLAIN_MAX \
    (ACRI_LINK_FRAME_MAX - ACRI_WIRE_HEAD_BYTES - ACRI_SEAL_NONCE_BYTES - ACRI_SEAL_TAG_BYTES)

enum acri_wire_kind {
    ACRI_WIRE_HELLO = 0, /* W->M */
    ACRI_WIRE_WELCOME,   /* M->W */
    ACRI_WIRE_DATA,
    ACRI_WIRE_RESET,  /* M->W, a hint that is not sealed: this session is not known here */
    ACRI_WIRE_REJECT, /* M->W, as WELCOME */
};

struct acri_wire_head {
    uint8_t version;
    uint8_t kind;
    uint16_t flags;
    uint64_t session;
    uint64_t counter;
};

void acri_wire_put_head(unsigned char to[ACRI_WIRE_HEAD_BYTES], const struct acri_wire_head *h);
/* Returns: false: too short. */
bool acri_wire_get_head(const void *frame, size_t n_bytes, struct acri_wire_head *ret_head);

enum acri_wire_record {
    ACRI_WIRE_HEARTBEAT = 1, /* W->M */
    ACRI_WIRE_ANSWER,        /* M->W: to a heartbeat, and what has been kept of the reports */
    ACRI_WIRE_STATE,         /* M->W */
    ACRI_WIRE_REPORT,        /* W->M */
    ACRI_WIRE_PIECE,         /* of a message, both ways */
    ACRI_WIRE_PIECES,        /* of messages, that have come; both ways */
    ACRI_WIRE_LEAVE,         /* W->M */
    ACRI_WIRE_BYE,           /* M->W: the answer to it */
};

/* A record is written between these two. Returns: what acri_wire_end takes. */
size_t acri_wire_begin(struct acri_buf *b, enum acri_wire_record type);
void acri_wire_end(struct acri_buf *b, size_t begin);
/* The next record of a frame. Returns: false at the end, and when frame->is_bad. */
bool acri_wire_next(struct acri_unpack *frame, uint64_t *ret_type, struct acri_unpack *ret_body);

struct acri_wire_answer {
    uint32_t index;       /* the worker's */
    uint64_t sent_ns;     /* of the heartbeat, by the worker's clock; 0 = not to a heartbeat */
    uint64_t received_ns; /* by the master's clock */
    uint64_t replied_ns;
    uint64_t have;    /* reports up to here have come */
    uint64_t durable; /* and up to here are on disk */
};
void acri_wire_put_answer(struct acri_buf *b, const struct acri_wire_answer *a);
bool acri_wire_get_answer(struct acri_unpack *u, struct acri_wire_answer *ret_answer);

struct acri_wire_report {
    uint64_t seq;
    uint64_t run_id;
    uint64_t epoch;
    const void *bytes; /* borrowed */
    size_t n_bytes;
};
void acri_wire_put_report(struct acri_buf *b, const struct acri_wire_report *r);
bool acri_wire_get_report(struct acri_unpack *u, struct acri_wire_report *ret_report);

/* Pieces are numbered from 1 per direction, over all messages. */
struct acri_wire_piece {
    uint64_t number;
    bool is_first; /* with the type and the size of the whole message */
    bool is_last;
    char type[256];
    uint64_t total;
    const void *bytes; /* borrowed */
    size_t n_bytes;
};
void acri_wire_put_piece(struct acri_buf *b, const struct acri_wire_piece *p);
bool acri_wire_get_piece(struct acri_unpack *u, struct acri_wire_piece *ret_piece);
void acri_wire_put_pieces(struct acri_buf *b, uint64_t have);
bool acri_wire_get_pieces(struct acri_unpack *u, uint64_t *ret_have);

void acri_wire_put_bye(struct acri_buf *b);

/* What carries sealed frames out: two buffers that grow as needed, of one thread. */
struct acri_wire_out {
    struct acri_buf plain;
    unsigned char *frame;
    size_t capacity;
};
void acri_wire_out_init(struct acri_wire_out *w);
void acri_wire_out_done(struct acri_wire_out *w);
/* Seal w->plain as DATA. Returns: the bytes of w->frame. */
size_t acri_wire_seal_data(struct acri_wire_out *w, struct acri_seal_way *way, uint64_t session);
/* Seal w->plain as a frame of the handshake; head as given. */
size_t acri_wire_seal_hello(struct acri_wire_out *w, const unsigned char *psk,
                            const struct acri_wire_head *head);
/* The hint about a session. */
size_t acri_wire_reset(unsigned char to[ACRI_WIRE_HEAD_BYTES], uint64_t session);

/* Opened frames: a buffer that grows as needed. */
struct acri_wire_in {
    unsigned char *plain;
    size_t capacity;
};
void acri_wire_in_done(struct acri_wire_in *w);
/* Returns: false: not authentic. Otherwise ret_body reads w->plain. */
bool acri_wire_open_data(struct acri_wire_in *w, struct acri_seal_way *way, const void *frame,
                         size_t n_bytes, struct acri_unpack *ret_body);
bool acri_wire_open_hello(struct acri_wire_in *w, const unsigned char *psk, const void *frame,
                          size_t n_bytes, struct acri_unpack *ret_body);

#endif
