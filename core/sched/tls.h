/* SPDX-License-Identifier: MIT */
/*
 * TLS over a descriptor that does not block. Contexts and sessions are shared by the sockets of a
 * loop. Thread: the loop's.
 */
#ifndef ACRIDA_SCHED_TLS_H
#define ACRIDA_SCHED_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_tls;
struct acri_tls_contexts;

/* A descriptor that does not block, and whether there may be something to read: cleared when a read
 * has taken all there was, set by whoever watches it. */
struct acri_stream {
    int fd;
    bool may_read;
    bool is_ended; /* no more will come: may_read stays */
};

/* Read once, unless there is nothing. Returns: bytes; 0 at the end; -EAGAIN and other negative
 * errnos. */
int64_t acri_stream_read(struct acri_stream *s, void *to, size_t bytes);

/* Like struct acr_connect. NULL = none. */
struct acri_tls_options {
    const char *server_name;
    const char *ca_file;
    const char *cert_file;
    const char *key_file;
    const char *alpn; /* words */
    uint16_t port;    /* sessions are kept by name and port */
    bool insecure;
};

/* Never NULL. Free after all that was made with it. */
struct acri_tls_contexts *acri_tls_contexts_new(void);
void acri_tls_contexts_free(struct acri_tls_contexts *contexts);

/* A client's side over a stream, which stays the caller's. Errors of all these: in error, size
 * bytes; -EAGAIN: wait until the descriptor is ready, for whichever, and call again. Returns: 0 or
 * a negative errno. */
int acri_tls_new(struct acri_tls_contexts *contexts, const struct acri_tls_options *o,
                 struct acri_stream *stream, struct acri_tls **ret_tls, char *error, size_t size);
void acri_tls_free(struct acri_tls *tls);

int acri_tls_handshake(struct acri_tls *tls, char *error, size_t size);
/* Returns: bytes; 0 when the peer has ended; a negative errno. */
int64_t acri_tls_read(struct acri_tls *tls, void *to, size_t bytes, char *error, size_t size);
/* Whether there is something to read: data, an end or an error. */
bool acri_tls_has_input(struct acri_tls *tls);
int64_t acri_tls_write(struct acri_tls *tls, const void *data, size_t bytes, char *error,
                       size_t size);
/* Tell the peer that no more will be written, if that is possible at once. */
void acri_tls_end(struct acri_tls *tls);

const char *acri_tls_alpn(const struct acri_tls *tls);
bool acri_tls_is_resumed(const struct acri_tls *tls);

#endif
