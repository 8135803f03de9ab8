/* SPDX-License-Identifier: MIT */
/* A client's connection: bytes in, requests recognised, answers out. */
#ifndef ACRIDA_TARGET_CONNECTION_H
#define ACRIDA_TARGET_CONNECTION_H

#include "body.h"
#include "routes.h"
#include "stream.h"
#include "worker.h"

enum target_connection_state {
    TARGET_CONNECTION_HEAD,      /* waiting for a request head */
    TARGET_CONNECTION_BODY,      /* waiting for its body */
    TARGET_CONNECTION_SENDING,   /* nothing is read before the answer is out */
    TARGET_CONNECTION_SILENT,    /* will never answer */
    TARGET_CONNECTION_LINGERING, /* all said; waiting for the client to have read it */
};

struct target_connection {
    struct target_source source; /* first, see there */
    struct target_timer timer;
    struct target_connection *next;
    struct target_connection *previous;
    uint64_t number;
    uint64_t sequence; /* requests so far */
    uint64_t answers;
    uint32_t interest; /* what epoll watches for */
    uint32_t epoch;    /* of the counters when it was accepted */
    enum target_connection_state state;
    bool profiled;  /* its answer is held for a profile's sake */
    bool counted;   /* not so while it only asks for counters */
    bool eof;       /* the client sends no more */
    bool close;     /* after what is to be sent */
    bool announced; /* the client was told so */
    bool linger;    /* there may be unread input, which must not destroy the answer */

    struct target_request_scan scan;
    struct target_buffer input; /* read but not yet used */
    struct target_buffer head;  /* of the request whose body is still coming */
    const struct target_route *route;
    const struct target_rule *rule;
    struct target_body framing;
    struct target_buffer body; /* kept content */
    uint64_t body_bytes;
    uint32_t body_crc;

    struct target_buffer out; /* answers the client was too slow for, or held back */
    size_t sent;              /* how much of `out` is written */
    bool held;                /* `out` must not be written beyond `limit` before the timer */
    size_t limit;
    unsigned ready; /* answers that are written once all allowed bytes are */
    unsigned last;  /* 1 if one more is, once held bytes and stream are */
    struct target_stream stream;
};

/* Takes over an accepted socket. */
void target_connection_open(struct target_worker *worker, int fd);
void target_connection_close(struct target_worker *worker, struct target_connection *connection);

/* Something happened on the socket, or the timer is due. */
void target_connection_event(struct target_worker *worker, struct target_connection *connection,
                             uint32_t events);
void target_connection_timer(struct target_worker *worker, struct target_timer *timer);

#endif
