/* SPDX-License-Identifier: MIT */
/*
 * Sockets for scenarios, and other waiting: calls that block their coroutine and nothing else.
 *
 * An error is data: calls return a negative errno, and acr_socket_error says it in words. A socket
 * that the task does not close is closed when the task returns; one that is opened with .keep,
 * when the user ends. No call here counts as a request: measure with acr_report or an acr_sample.
 */
#ifndef ACRIDA_IO_H
#define ACRIDA_IO_H

#include <acrida/acrida.h>

#include <sys/socket.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ACR_READ 1u
#define ACR_WRITE 2u

struct acr_socket;

/* --- opening and closing -------------------------------------------------------------------------
 */

/* How a socket is opened. Members after `to` are optional, in any call, in this order in C++. */
struct acr_connect {
    size_t size; /* filled by the macro */
    /* "tcp://host:port", "tls://...", "udp://...", "unix:/path"; "udp:" for acr_send_to. */
    const char *to;
    double connect_timeout_s; /* name, connect and TLS handshake; 0 = 10, negative = none */
    double timeout_s;         /* each call afterwards; 0 = 60, negative = none */
    size_t max_bytes;         /* what acr_read_until may hold; 0 = 65,536 */
    bool keep;                /* until the user ends, instead of the task */
    bool insecure;            /* TLS: do not verify the certificate */
    const char *ca_file;      /* TLS: PEM; NULL = the system's */
    const char *cert_file;    /* TLS: client certificate, PEM */
    const char *key_file;     /* TLS: its key, PEM; NULL = in cert_file */
    const char *server_name;  /* TLS: asked for and verified; NULL = the host */
    const char *alpn;         /* TLS: protocols, the best first: "h2 http/1.1" */
};

/** What acr_connect calls; use acr_connect. Yields. */
ACR_API ACR_YIELDS struct acr_socket *acr_socket_open(struct acr_user *u,
                                                      const struct acr_connect *how);

/*
 * Open a socket: `acr_connect(u, "tcp://127.0.0.1:6379", .timeout_s = 2)`. A name is looked up
 * without holding the loop, and its addresses are kept for 60 s; of several addresses the next is
 * tried when one has failed or has not answered within 250 ms, IPv6 and IPv4 in turn (RFC 8305).
 * --dns-select says which is tried first, --source-address where connections leave from.
 *
 * Returns: never NULL; on one that failed acr_socket_status and all calls return the error.
 * Owner:   the runtime; acr_close ends it earlier.
 * Thread:  the user's loop, as for all calls here. Yields.
 */
#ifdef __cplusplus
}
static inline struct acr_socket *acr_socket_open_copy(struct acr_user *u,
                                                      const struct acr_connect &how)
{
    return acr_socket_open(u, &how);
}
#define acr_connect(u, ...) \
    acr_socket_open_copy((u), acr_connect{ .size = sizeof(struct acr_connect), .to = __VA_ARGS__ })
extern "C" {
#else
#define acr_connect(u, ...) \
    acr_socket_open(        \
        (u), &(const struct acr_connect){ .size = sizeof(struct acr_connect), .to = __VA_ARGS__ })
#endif

/** 0 when it is open; the negative errno that opening it has failed with. */
ACR_API int acr_socket_status(const struct acr_socket *s);

/** What went wrong last, in words: "connect: Connection refused"; "" when nothing has. Valid until
 * the next call on the socket. */
ACR_API const char *acr_socket_error(const struct acr_socket *s);

/** Change the time that each call may take. Units: seconds; 0 or negative = as long as it takes. */
ACR_API void acr_socket_timeout(struct acr_socket *s, double seconds);

/** The descriptor, for socket options; -1 when it is not open. Owner: the socket. */
ACR_API int acr_socket_fd(const struct acr_socket *s);

/** No more will be written: the peer reads an end. Reading goes on. Returns: 0 or a negative errno.
 */
ACR_API int acr_shutdown(struct acr_user *u, struct acr_socket *s);

/** Close it and forget it; who waits on it elsewhere gets -ECANCELED. NULL is allowed. */
ACR_API void acr_close(struct acr_user *u, struct acr_socket *s);

/* --- streams -------------------------------------------------------------------------------------
 *
 * Each returns a negative errno on failure: -ETIMEDOUT, -ECANCELED when the user is being ended,
 * -ECONNRESET also when the peer has closed in the midst of what was asked for, -EBUSY when another
 * coroutine is reading (or writing) at the same socket.
 */

/** Read what there is, at least one byte. Returns: how many; 0 = the peer has closed. Yields. */
ACR_API ACR_YIELDS int64_t acr_read(struct acr_user *u, struct acr_socket *s, void *to,
                                    size_t bytes);

/** Read so many bytes. Returns: bytes; 0 = the peer had closed before the first. After a failure
 * what had come is lost. Yields. */
ACR_API ACR_YIELDS int64_t acr_read_exact(struct acr_user *u, struct acr_socket *s, void *to,
                                          size_t bytes);

/**
 * Read up to and including a mark: `acr_read_until(u, s, "\r\n", &line)`.
 *
 * ret_text: the bytes before the mark, with a terminating zero in its place; NULL on failure. Valid
 *           until the next read. Owner: the socket.
 * Returns:  bytes with the mark; 0 = the peer had closed before the first; -EMSGSIZE when the mark
 *           is not among .max_bytes bytes. After -ETIMEDOUT nothing is lost. Yields.
 */
ACR_API ACR_YIELDS int64_t acr_read_until(struct acr_user *u, struct acr_socket *s,
                                          const char *mark, const char **ret_text);

/** Write all of it. Returns: bytes. Yields. */
ACR_API ACR_YIELDS int64_t acr_write(struct acr_user *u, struct acr_socket *s, const void *data,
                                     size_t bytes);

/** Write all of several pieces, in one system call where that is possible. Returns: bytes, all
 * together. Yields. */
ACR_API ACR_YIELDS int64_t acr_writev(struct acr_user *u, struct acr_socket *s,
                                      const struct iovec *parts, size_t n);

/** The protocol that ALPN has chosen; "" without. Valid as long as the socket. */
ACR_API const char *acr_socket_alpn(const struct acr_socket *s);

/** Whether the TLS session was resumed from an earlier one of this loop. */
ACR_API bool acr_socket_is_resumed(const struct acr_socket *s);

/* --- datagrams (udp://) --------------------------------------------------------------------------
 */

/** Send one datagram. Returns: bytes or a negative errno (-ECONNREFUSED: nobody listens). Yields.
 */
ACR_API ACR_YIELDS int64_t acr_send(struct acr_user *u, struct acr_socket *s, const void *data,
                                    size_t bytes);

/** Receive one datagram; what does not fit is cut off. Returns: its whole size, which may be 0, or
 * a negative errno. Yields. */
ACR_API ACR_YIELDS int64_t acr_recv(struct acr_user *u, struct acr_socket *s, void *to,
                                    size_t bytes);

/* Who has sent a datagram, as acr_send_to takes it: "127.0.0.1:53", "[::1]:53". Frozen size. */
struct acr_peer {
    char text[80];
};

/**
 * Send one datagram to "host:port", from a socket opened with "udp:", which has no peer of its own
 * and so is not told that nobody listens. A name is looked up as acr_connect does.
 *
 * Returns: bytes or a negative errno; -EINVAL for what is no host with a port. Yields.
 */
ACR_API ACR_YIELDS int64_t acr_send_to(struct acr_user *u, struct acr_socket *s, const void *data,
                                       size_t bytes, const char *to);

/** As acr_recv, and tell from whom: of any peer when the socket was opened with "udp:". Yields. */
ACR_API ACR_YIELDS int64_t acr_recv_from(struct acr_user *u, struct acr_socket *s, void *to,
                                         size_t bytes, struct acr_peer *ret_from);

/* --- what others made ----------------------------------------------------------------------------
 */

/**
 * Wait until a descriptor is ready: for libraries that have one and do not block on it.
 *
 * what:    ACR_READ, ACR_WRITE or both. Units: seconds; 0 = as long as it takes; negative = do not
 *          wait.
 * Returns: which of the two, at least one; -ETIMEDOUT; -ECANCELED; -EBADF; -EPERM for what cannot
 *          be waited for, as files. Yields.
 */
ACR_API ACR_YIELDS int acr_wait_fd(struct acr_user *u, int fd, uint32_t what, double timeout_s);

/**
 * Run a function that blocks on one of 8 threads of the process, and wait for it.
 *
 * function: gets a copy of the argument, copied back when it has returned. It must call nothing
 *           here that takes a user, and what the argument points to must be safe to use there.
 * Returns:  what the function returns, and not before, even when the user is being ended;
 *           -ECANCELED when that was so before; -EAGAIN when 4,096 calls wait already: then it
 *           was not run. Yields.
 */
ACR_API ACR_YIELDS int acr_offload(struct acr_user *u, int (*function)(void *arg), void *arg,
                                   size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
