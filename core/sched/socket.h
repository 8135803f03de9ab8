/* SPDX-License-Identifier: MIT */
/*
 * A connected descriptor and its buffer: <acrida/io.h> but for opening.
 *
 * One edge-triggered event watches it for its whole life, so that an exchange costs no call of
 * epoll: what is to be read or written is tried first, and waited for only after EAGAIN.
 */
#ifndef ACRIDA_SCHED_SOCKET_H
#define ACRIDA_SCHED_SOCKET_H

#include "sched/loop.h"
#include "sched/tls.h"

#include <acrida/io.h>

#include <event2/event_struct.h>

struct acr_socket {
    struct acr_socket *next; /* of its user's */
    struct acr_socket **at;  /* what points to it there */
    struct acr_user *owner;  /* whose task it ends with; NULL = with the user */
    struct acr_loop *loop;
    struct acri_tls *tls;
    struct acr_coroutine *reader; /* who waits, or NULL */
    struct acr_coroutine *writer;
    char
        *buffer; /* capacity bytes: read from the peer, not yet by the task from `begin` to `end` */
    size_t begin;
    size_t end;
    size_t capacity;
    size_t max_bytes;
    uint64_t timeout_ns; /* of each call; 0 = none */
    uint64_t until_ns;   /* of all calls, instead; 0 = none */
    struct event event;
    struct acri_stream stream; /* fd -1: not open */
    int status;
    float name_ms; /* what opening took: see acr_socket_times */
    float connect_ms;
    float tls_ms;
    bool is_datagram;
    bool is_closed;  /* freed when nobody is in a call any more */
    uint8_t n_calls; /* in progress */
    uint8_t n_turns; /* calls since it last gave others their turn */
    bool is_reading; /* a call is in progress */
    bool is_writing;
    bool writer_listens; /* who waits to write wants to know of input, too */
    char error[160];
};

/* A socket of the list, not open yet. */
struct acr_socket *acri_socket_new(struct acr_loop *l, struct acr_user *owner,
                                   struct acr_socket **list);

/* Take the descriptor and watch it. Returns: 0 or a negative errno; the descriptor is taken anyway.
 */
int acri_socket_attach(struct acr_socket *s, int fd);

/* Wait until it may be readable (or writable). Returns: 0; -ETIMEDOUT; -ECANCELED. Yields. */
int acri_socket_wait(struct acr_user *u, struct acr_socket *s, uint32_t what, uint64_t deadline_ns);
/* The same until the deadline of a call: 0 is replaced by it, so that only who waits reads the
 * clock. */
int acri_socket_wait_in_call(struct acr_user *u, struct acr_socket *s, uint32_t what,
                             uint64_t *deadline_ns);

/* Every call begins and ends with these, some elsewhere. begin returns 0, or what the call returns
 * at once; end lets others go on from time to time, and returns what the call returns then. */
int acri_socket_begin(struct acr_user *u, struct acr_socket *s, uint32_t what, bool is_datagram);
int64_t acri_socket_end(struct acr_user *u, struct acr_socket *s, uint32_t what, int64_t r);

/* Note what went wrong: "read" and r. Returns: r. */
int acri_socket_fail(struct acr_socket *s, const char *what, int r);

void acri_socket_close(struct acr_socket *s);

/* Close those of a list that a task has left behind; with owner NULL: those of the user. */
void acri_socket_close_of(struct acr_socket **list, const struct acr_user *owner);

#endif
