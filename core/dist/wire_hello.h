/* SPDX-License-Identifier: MIT */
/*
 * What masters and workers say in a handshake.
 */
#ifndef ACRIDA_DIST_WIRE_HELLO_H
#define ACRIDA_DIST_WIRE_HELLO_H

#include "dist/master.h"
#include "dist/wire.h"

#define ACRI_WIRE_NONCE_BYTES 16u

struct acri_wire_hello {
    unsigned char nonce[ACRI_WIRE_NONCE_BYTES]; /* of this handshake; frames repeated have it too */
    uint32_t version;                           /* of the wire */
    unsigned char open[32];                     /* of an ephemeral pair */
    unsigned char uuid[16];
    uint64_t incarnation; /* of the session object: tells two processes of one uuid apart */
    uint64_t first_kept;  /* the first report that is not acknowledged, or the next one */
    bool is_deceased;
    struct acri_worker_info info;
};
void acri_wire_put_hello(struct acri_buf *b, const struct acri_wire_hello *h);
/* Returns: false: malformed. When version is another one only nonce and version are filled in. */
bool acri_wire_get_hello(struct acri_unpack *u, struct acri_wire_hello *ret_hello);

struct acri_wire_welcome {
    unsigned char nonce[ACRI_WIRE_NONCE_BYTES]; /* of the HELLO */
    unsigned char own_nonce[ACRI_WIRE_NONCE_BYTES];
    unsigned char open[32];
    uint64_t session;
    uint64_t instance; /* random, of this start of the master */
    uint64_t have;     /* reports that this instance has got already */
    char version[32];  /* of acrida */
};
void acri_wire_put_welcome(struct acri_buf *b, const struct acri_wire_welcome *w);
bool acri_wire_get_welcome(struct acri_unpack *u, struct acri_wire_welcome *ret_welcome);

enum acri_wire_reject_code {
    ACRI_WIRE_REJECT_VERSION = 1, /* for good */
    ACRI_WIRE_REJECT_DUPLICATE,   /* another process has this uuid */
    ACRI_WIRE_REJECT_FULL,        /* too many workers */
};
struct acri_wire_reject {
    unsigned char nonce[ACRI_WIRE_NONCE_BYTES]; /* of the HELLO */
    uint32_t version;                           /* of the wire, the master's */
    uint32_t code;
};
void acri_wire_put_reject(struct acri_buf *b, const struct acri_wire_reject *r);
bool acri_wire_get_reject(struct acri_unpack *u, struct acri_wire_reject *ret_reject);

/* What the keys of a session are bound to: the handshake's nonces, the session, the worker. */
#define ACRI_WIRE_CONTEXT_BYTES (2 * ACRI_WIRE_NONCE_BYTES + 8 + 16)
void acri_wire_context(unsigned char to[ACRI_WIRE_CONTEXT_BYTES], const unsigned char *nonce,
                       const unsigned char *own_nonce, uint64_t session, const unsigned char *uuid);

/* Who a worker is. What is too long for its place is cut. */
void acri_wire_put_info(struct acri_buf *b, const struct acri_worker_info *info);
void acri_wire_get_info(struct acri_unpack *u, struct acri_worker_info *ret_info);

#endif
