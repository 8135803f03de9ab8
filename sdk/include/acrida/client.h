/* SPDX-License-Identifier: MIT */
/*
 * For authors of protocol clients: state per loop and per user, readiness of descriptors and timers
 * on the loop, suspending and waking a coroutine, and samples with their three clocks.
 *
 * A client is a struct acr_client in a plugin's descriptor. Everything here is called on the loop
 * that owns the user; nothing here is locked. A callback (watch, timer) runs outside any coroutine:
 * it must not yield; it wakes the coroutine that waits.
 */
#ifndef ACRIDA_CLIENT_H
#define ACRIDA_CLIENT_H

#include <acrida/acrida.h>
#include <acrida/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- state --------------------------------------------------------------------------------------
 */

/** The loop that owns the user. */
ACR_API struct acr_loop *acr_user_loop(struct acr_user *u);

/** The client's state on this loop: loop_size bytes, after loop_init. */
ACR_API void *acr_client_loop_state(struct acr_loop *l, uint32_t slot);

/**
 * The client's state for this user: user_size bytes, made by user_init at the first call.
 *
 * Returns: NULL when user_init failed.
 */
ACR_API void *acr_client_user_state(struct acr_user *u, uint32_t slot);

/** The user type's `http` member; NULL when it has none. */
ACR_API const struct acr_http_defaults *acr_user_http_defaults(const struct acr_user *u);

/** Whether requests of this user are counted (not those of a hook's service user). */
ACR_API bool acr_user_is_counted(const struct acr_user *u);

/* --- the loop ------------------------------------------------------------------------------------
 */

/* Interest: ACR_READ and ACR_WRITE, of <acrida/io.h>. */
struct acr_watch;
typedef void (*acr_watch_fn)(int fd, uint32_t ready, void *arg);

/**
 * Watch a descriptor: `fn` is called whenever it is ready (level-triggered, until interest is
 * dropped).
 *
 * Returns: the watch; NULL when out of memory or the descriptor cannot be watched.
 * Owner:   the caller; acr_watch_free before the descriptor is closed.
 */
ACR_API struct acr_watch *acr_watch_new(struct acr_loop *l, int fd, uint32_t interest,
                                        acr_watch_fn fn, void *arg);
/** Change what is watched for; 0 pauses. Returns: 0 or a negative errno. */
ACR_API int acr_watch_set(struct acr_watch *w, uint32_t interest);
/** NULL is allowed. Allowed inside its own callback. */
ACR_API void acr_watch_free(struct acr_watch *w);

struct acr_timer;
typedef void (*acr_timer_fn)(void *arg);

/** A timer that is not running yet. Owner: the caller. NULL when out of memory. */
ACR_API struct acr_timer *acr_timer_new(struct acr_loop *l, acr_timer_fn fn, void *arg);
/** Run `fn` once at a time of acr_now_ns, never early; replaces the earlier setting. */
ACR_API void acr_timer_set(struct acr_timer *t, uint64_t at_ns);
ACR_API void acr_timer_stop(struct acr_timer *t);
/** NULL is allowed. Allowed inside its own callback. */
ACR_API void acr_timer_free(struct acr_timer *t);

/* --- connecting ----------------------------------------------------------------------------------
 *
 * For clients that open their sockets themselves; acr_connect does all of it.
 */

/**
 * The addresses of a host, by name or number, in the order to try them in (--dns-select). Asked for
 * without holding the loop and kept for 60 s, as for acr_connect: mostly this does not wait.
 *
 * Units:   seconds; 0 = as long as it takes.
 * Returns: how many of at most n were written to `to`, with the port; -ENOENT and the like when the
 *          name does not resolve; -EACCES when --allow-host does not have it; -ETIMEDOUT;
 *          -ECANCELED. Yields.
 */
ACR_API ACR_YIELDS int acr_resolve_host(struct acr_user *u, const char *host, uint16_t port,
                                        double timeout_s, struct sockaddr_storage *to, size_t n);

/**
 * Whether requests may go to a host (--allow-host): by its name, or the address that it is when it
 * is a number; "" stands for sockets without a host. Without the option: always. A name that is not
 * allowed as such may still have addresses that are: acr_resolve_host leaves those, or fails with
 * -EACCES, and acr_connect goes to no others.
 */
ACR_API bool acr_host_is_allowed(const struct acr_user *u, const char *host);

/**
 * Bind a socket that is about to connect to the next --source-address of its family (AF_INET,
 * AF_INET6). Without the option nothing is done.
 *
 * Returns: 0; -EAFNOSUPPORT when no address given is of the family; another negative errno.
 */
ACR_API int acr_bind_source(struct acr_loop *l, int fd, int family);

/* --- coroutines ----------------------------------------------------------------------------------
 */

struct acr_coroutine;

/** The coroutine that is running now on the user's loop. */
ACR_API struct acr_coroutine *acr_coroutine_self(struct acr_user *u);

/**
 * Suspend the running coroutine until acr_wake, a deadline, or the end of the user.
 *
 * Units:   deadline_ns of acr_now_ns; 0 = none.
 * Returns: the reason given to acr_wake (0 or more), -ETIMEDOUT, or -ECANCELED (at once when the
 * user is being ended: undo what was begun and return). Yields.
 */
ACR_API ACR_YIELDS int acr_suspend(struct acr_user *u, uint64_t deadline_ns);

/**
 * Let a coroutine that is in acr_suspend go on, soon, with this reason. The first wake counts;
 * waking a coroutine that is not suspended does nothing.
 *
 * Thread:  its loop. The coroutine must not have ended: forget its pointer when acr_suspend
 * returns.
 */
ACR_API void acr_wake(struct acr_coroutine *c, int reason);

/**
 * While `forbids`, calls that would yield are refused on this loop, as outside of any coroutine:
 * for functions of a scenario that are called in the midst of something.
 */
ACR_API void acr_forbid_yields(struct acr_loop *l, bool forbids);

/* --- sockets of clients (<acrida/io.h>) ----------------------------------------------------------
 */

/** All calls on the socket end by a time of acr_now_ns, instead of each after its .timeout_s; 0: as
 * before. */
ACR_API void acr_socket_deadline(struct acr_socket *s, uint64_t at_ns);

/**
 * Read what there is, at least one byte, into a buffer that all sockets of the loop share.
 *
 * ret_data: valid until the coroutine yields or reads again. Returns: as acr_read. Yields.
 */
ACR_API ACR_YIELDS int64_t acr_read_shared(struct acr_user *u, struct acr_socket *s,
                                           const char **ret_data);

/**
 * As acr_write, but instead of waiting while there is something to read (acr_socket_has_input) it
 * returns: who has answered may read no further.
 *
 * Returns: how many bytes were written, perhaps not all; a negative errno. Yields.
 */
ACR_API ACR_YIELDS int64_t acr_write_until_input(struct acr_user *u, struct acr_socket *s,
                                                 const void *data, size_t bytes);

/** Whether there is something to read: data, the peer's end, or an error. Of a connection that is
 * idle: that it is of no more use. */
ACR_API bool acr_socket_has_input(struct acr_socket *s);

/** When opening had looked the name up, had connected, and had TLS: milliseconds since it began; 0:
 * there was no such step; negative: it did not come so far. */
ACR_API void acr_socket_times(const struct acr_socket *s, double *ret_name_ms,
                              double *ret_connect_ms, double *ret_tls_ms);

/* --- samples
 * -------------------------------------------------------------------------------------- */

struct acr_sample;

/**
 * Begin a sample, on entry to the client's call: stamps `sent`, and `intended` when it is the first
 * of its iteration. It counts as started, and must be settled or cancelled.
 *
 * Returns: never NULL. Owner: the runtime.
 */
ACR_API struct acr_sample *acr_sample_begin(struct acr_user *u);

/** A request head was written: once per attempt, redirects and resends included. */
ACR_API void acr_sample_attempt(struct acr_sample *s);

/** The last byte was read (the first call counts; settling without it stamps now). */
ACR_API void acr_sample_answered(struct acr_sample *s);

/** When it began, as acr_now_ns. */
ACR_API uint64_t acr_sample_sent_ns(const struct acr_sample *s);

/** Response time so far or, once answered, for good: nanoseconds. */
ACR_API uint64_t acr_sample_response_time_ns(const struct acr_sample *s);

struct acr_settlement {
    size_t size;          /* sizeof(struct acr_settlement) */
    const char *type;     /* "GET"; NULL = "" */
    const char *name;     /* required */
    const char *error;    /* NULL = succeeded */
    uint64_t bytes;       /* response length */
    int status;           /* the protocol's status, or 0 */
    const char *url;      /* for listeners; NULL = none */
    const void *response; /* for listeners; the client's own type */
    const char *context;  /* for listeners; NULL = the user's */
    const char *tags;     /* words separated by spaces: also counted under each; NULL = none */
};

/** End a sample as succeeded or failed: statistics, then request listeners. Frees it. */
ACR_API void acr_sample_settle(struct acr_sample *s, const struct acr_settlement *how);

/** End a sample that the end of its user cut short: counted as in flight at the stop. Frees it. */
ACR_API void acr_sample_cancel(struct acr_sample *s, const char *type, const char *name);

#ifdef __cplusplus
}
#endif

#endif
