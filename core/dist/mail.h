/* SPDX-License-Identifier: MIT */
/*
 * Messages of any size in both directions of one session, each delivered once and in order while
 * both processes live: cut into pieces that are numbered, acknowledged, and sent again.
 */
#ifndef ACRIDA_DIST_MAIL_H
#define ACRIDA_DIST_MAIL_H

#include "base/buf.h"
#include "dist/flight.h"
#include "dist/wire.h"

#define ACRI_MAIL_PIECE_BYTES (64u * 1024)
#define ACRI_MAIL_MESSAGES 1024u                   /* waiting, at most */
#define ACRI_MAIL_BYTES ((size_t)64 * 1024 * 1024) /* waiting, at most */

/* A message; counted, so that one sent to all is kept once. */
struct acri_mail_parcel;
/* Returns: NULL: the type is empty or longer than 255 bytes, or there are too many bytes. */
struct acri_mail_parcel *acri_mail_parcel_new(const char *type, const void *bytes, size_t n_bytes);
void acri_mail_parcel_drop(struct acri_mail_parcel *p);

struct acri_mail_item;

struct acri_mail {
    struct acri_flight flight;
    struct acri_mail_item *first; /* not delivered yet */
    struct acri_mail_item *last;
    uint32_t n_messages;
    size_t n_bytes;
    uint64_t last_piece; /* of the last message */
    uint64_t have;       /* pieces that have come */
    bool is_to_tell;     /* the other one should hear of `have` */
    char type[256];      /* of the message that is coming */
    uint64_t total;
    unsigned char *bytes; /* what has come of it */
    size_t n_come;
    size_t capacity;
    bool is_coming;
};

void acri_mail_init(struct acri_mail *m);
void acri_mail_done(struct acri_mail *m);
/* The other process is a new one: what it has not acknowledged begins anew, what was coming will
 * not be completed. */
void acri_mail_restart(struct acri_mail *m);

bool acri_mail_has_room(const struct acri_mail *m, size_t n_bytes);
/* Takes a reference of its own. Returns: 0, or -ENOBUFS: too much is waiting. */
int acri_mail_put(struct acri_mail *m, struct acri_mail_parcel *p);
/* Whether everything has been delivered. */
bool acri_mail_is_empty(const struct acri_mail *m);

/* Append the records of what may be sent now to a frame, at most one piece's worth of bytes.
 * Returns: the last number, 0: none; to be given to acri_mail_sent once the frame is out. */
uint64_t acri_mail_fill(const struct acri_mail *m, struct acri_buf *frame);
void acri_mail_sent(struct acri_mail *m, uint64_t now_ns, uint64_t last);
void acri_mail_heard(struct acri_mail *m, uint64_t now_ns, uint64_t have);

/* The message that is complete now: type is borrowed, bytes are the caller's. */
struct acri_mail_message {
    const char *type;
    void *bytes; /* never NULL */
    size_t n_bytes;
};
/* A piece has come. Returns: 1: a message is complete; 0; -EBADMSG: it does not fit what came
 * before. */
int acri_mail_take(struct acri_mail *m, const struct acri_wire_piece *p,
                   struct acri_mail_message *ret_message);

#endif
