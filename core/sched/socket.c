/* SPDX-License-Identifier: MIT */
#include "sched/socket.h"

#include "base/check.h"
#include "base/clock.h"
#include "sched/tls.h"
#include "sched/transfer.h"

#include <acrida/client.h>

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* After so many calls that did not have to wait, the other coroutines have their turn. */
#define TURN_CALLS 64u
#define FIRST_BUFFER 2048u
#define PARTS_AT_ONCE 64u

/* --- life ---------------------------------------------------------------------------------------
 */

struct acr_socket *acri_socket_new(struct acr_loop *l, struct acr_user *owner,
                                   struct acr_socket **list)
{
    struct acr_socket *s = acri_alloc(sizeof(*s));

    s->loop = l;
    s->owner = owner;
    s->stream.fd = -1;
    s->name_ms = s->connect_ms = s->tls_ms = -1;
    s->next = *list;
    if (s->next != NULL)
        s->next->at = &s->next;
    s->at = list;
    *list = s;
    return s;
}

static void on_ready(int fd, short what, void *arg)
{
    struct acr_socket *s = arg;

    (void)fd;
    if ((what & (EV_READ | EV_CLOSED)) != 0)
        s->stream.may_read = true;
    if ((what & EV_CLOSED) != 0) {
        s->stream.is_ended = true;
        what |= EV_READ;
    }
    /* TLS may have to read in order to write, and the other way round. */
    if (s->tls != NULL)
        what = EV_READ | EV_WRITE;
    if ((what & EV_READ) != 0 && s->reader != NULL)
        acr_wake(s->reader, 0);
    if (((what & EV_WRITE) != 0 || s->writer_listens) && s->writer != NULL)
        acr_wake(s->writer, 0);
}

int acri_socket_attach(struct acr_socket *s, int fd)
{
    s->stream.fd = fd;
    if (event_assign(&s->event, s->loop->base, fd,
                     EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST, on_ready, s) == 0 &&
        event_add(&s->event, NULL) == 0)
        return 0;
    close(fd);
    s->stream.fd = -1;
    return -ENOMEM;
}

static void free_socket(struct acr_socket *s)
{
    acri_tls_free(s->tls);
    free(s->buffer);
    free(s);
}

void acri_socket_close(struct acr_socket *s)
{
    if (s->is_closed)
        return;
    s->is_closed = true;
    *s->at = s->next;
    if (s->next != NULL)
        s->next->at = s->at;
    if (s->stream.fd >= 0) {
        if (s->tls != NULL && s->status == 0)
            acri_tls_end(s->tls);
        event_del(&s->event);
        close(s->stream.fd);
        s->stream.fd = -1;
    }
    s->status = -ECANCELED;
    if (s->reader != NULL)
        acr_wake(s->reader, 0);
    if (s->writer != NULL)
        acr_wake(s->writer, 0);
    if (s->n_calls == 0)
        free_socket(s);
}

void acri_socket_close_of(struct acr_socket **list, const struct acr_user *owner)
{
    struct acr_socket *next;

    for (struct acr_socket *s = *list; s != NULL; s = next) {
        next = s->next;
        if (s->owner == owner)
            acri_socket_close(s);
    }
}

int acri_socket_fail(struct acr_socket *s, const char *what, int r)
{
    char reason[96];

    snprintf(s->error, sizeof(s->error), "%s: %s", what,
             r == -ETIMEDOUT ? "timed out" : strerror_r(-r, reason, sizeof(reason)));
    return r;
}

/* --- a call -------------------------------------------------------------------------------------
 */

/* Every call begins here. Returns: 0, or what the call returns at once. */
int acri_socket_begin(struct acr_user *u, struct acr_socket *s, uint32_t what, bool is_datagram)
{
    bool *is_taken = what == ACR_READ ? &s->is_reading : &s->is_writing;

    if (acr_is_cancelled(u))
        return acr_suspend(u, 0); /* counts these */
    if (s->status < 0)
        return s->status;
    if (s->is_datagram != is_datagram)
        return acri_socket_fail(s, is_datagram ? "acr_send, acr_recv" : "acr_read, acr_write",
                                -EOPNOTSUPP);
    if (*is_taken)
        return -EBUSY;
    s->error[0] = '\0';
    *is_taken = true;
    s->n_calls++;
    return 0;
}

/* Let others go on, from time to time. Who never has to wait is told here that time is over.
 * Returns: 0 or -ETIMEDOUT. */
static int take_turns(struct acr_user *u, struct acr_socket *s)
{
    if (s->is_closed || ++s->n_turns < TURN_CALLS)
        return 0;
    s->n_turns = 0;
    acr_suspend(u, acr_now_ns() + 1);
    return s->until_ns > 0 && acr_now_ns() >= s->until_ns ? -ETIMEDOUT : 0;
}

/* Every call that was entered ends here, without yielding. */
static int64_t leave_at_once(struct acr_socket *s, uint32_t what, int64_t r)
{
    if (what == ACR_READ)
        s->is_reading = false;
    else
        s->is_writing = false;
    if (s->is_closed)
        r = -ECANCELED;
    else if (r < 0 && s->error[0] == '\0')
        acri_socket_fail(s, what == ACR_READ ? "read" : "write", (int)r);
    s->n_calls--;
    if (s->is_closed && s->n_calls == 0)
        free_socket(s);
    return r;
}

/* Most do so here. */
int64_t acri_socket_end(struct acr_user *u, struct acr_socket *s, uint32_t what, int64_t r)
{
    int turn = take_turns(u, s);

    return leave_at_once(s, what, turn < 0 && r > 0 ? turn : r);
}

int acri_socket_wait(struct acr_user *u, struct acr_socket *s, uint32_t what, uint64_t deadline_ns)
{
    struct acr_coroutine **waiter = what == ACR_READ ? &s->reader : &s->writer;
    int r;

    *waiter = acr_coroutine_self(u);
    s->n_turns = 0;
    r = acr_suspend(u, deadline_ns);
    *waiter = NULL;
    if (s->is_closed)
        return -ECANCELED;
    return r < 0 ? r : 0;
}

int acri_socket_wait_in_call(struct acr_user *u, struct acr_socket *s, uint32_t what,
                             uint64_t *deadline_ns)
{
    if (*deadline_ns == 0 && s->until_ns > 0)
        *deadline_ns = s->until_ns;
    else if (*deadline_ns == 0 && s->timeout_ns > 0)
        *deadline_ns = acr_now_ns() + s->timeout_ns;
    return acri_socket_wait(u, s, what, *deadline_ns);
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* One successful read from the peer. Returns: bytes; 0 at the end; a negative errno. */
static int64_t receive(struct acr_user *u, struct acr_socket *s, void *to, size_t bytes,
                       uint64_t *deadline_ns)
{
    for (;;) {
        int64_t n;
        int r;

        if (s->tls != NULL) {
            n = acri_tls_read(s->tls, to, bytes, s->error, sizeof(s->error));
        } else {
            n = acri_stream_read(&s->stream, to, bytes);
        }
        if (n >= 0 || (n != -EAGAIN && n != -EINTR))
            return n;
        r = n == -EINTR ? 0 : acri_socket_wait_in_call(u, s, ACR_READ, deadline_ns);
        if (r < 0)
            return r;
    }
}

int64_t acr_read_shared(struct acr_user *u, struct acr_socket *s, const char **ret_data)
{
    uint64_t deadline_ns = 0;
    int64_t n = acri_socket_begin(u, s, ACR_READ, false);

    *ret_data = NULL;
    if (n < 0)
        return n;
    n = take_turns(u, s);
    if (n < 0)
        return leave_at_once(s, ACR_READ, n);
    if (s->begin < s->end) {
        *ret_data = s->buffer + s->begin;
        n = (int64_t)(s->end - s->begin);
        s->begin = s->end;
        return leave_at_once(s, ACR_READ, n);
    }
    if (s->loop->shared == NULL)
        s->loop->shared = acri_alloc(ACRI_LOOP_SHARED_BYTES);
    if (!s->is_closed)
        n = receive(u, s, s->loop->shared, ACRI_LOOP_SHARED_BYTES, &deadline_ns);
    *ret_data = s->loop->shared;
    return leave_at_once(s, ACR_READ, n);
}

bool acr_socket_has_input(struct acr_socket *s)
{
    char byte;

    if (s->status < 0 || s->begin < s->end)
        return true;
    if (s->tls != NULL)
        return acri_tls_has_input(s->tls);
    if (!s->stream.may_read)
        return false;
    if (recv(s->stream.fd, &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN)
        return true;
    s->stream.may_read = s->stream.is_ended;
    return false;
}

static size_t take(struct acr_socket *s, void *to, size_t bytes)
{
    size_t n = s->end - s->begin;

    if (n > bytes)
        n = bytes;
    if (n > 0)
        memcpy(to, s->buffer + s->begin, n);
    s->begin += n;
    return n;
}

int64_t acr_read(struct acr_user *u, struct acr_socket *s, void *to, size_t bytes)
{
    uint64_t deadline_ns = 0;
    int64_t n = acri_socket_begin(u, s, ACR_READ, false);

    if (n < 0)
        return n;
    n = (int64_t)take(s, to, bytes);
    if (n == 0 && bytes > 0)
        n = receive(u, s, to, bytes, &deadline_ns);
    return acri_socket_end(u, s, ACR_READ, n);
}

int64_t acr_read_exact(struct acr_user *u, struct acr_socket *s, void *to, size_t bytes)
{
    uint64_t deadline_ns = 0;
    size_t n;
    int64_t r = acri_socket_begin(u, s, ACR_READ, false);

    if (r < 0)
        return r;
    n = take(s, to, bytes);
    r = 1;
    while (n < bytes && r > 0) {
        r = receive(u, s, (char *)to + n, bytes - n, &deadline_ns);
        n += r > 0 ? (size_t)r : 0;
    }
    if (r > 0 || (r == 0 && n == 0)) {
        r = (int64_t)n;
    } else if (r == 0) {
        snprintf(s->error, sizeof(s->error), "read: the peer has closed after %zu of %zu bytes", n,
                 bytes);
        r = -ECONNRESET;
    }
    return acri_socket_end(u, s, ACR_READ, r);
}

/* Room for more behind what is held. Returns: 0; -EMSGSIZE when as much as is allowed is held. */
static int make_room(struct acr_socket *s)
{
    size_t held = s->end - s->begin;

    if (s->end < s->capacity)
        return 0;
    if (s->begin > 0) {
        memmove(s->buffer, s->buffer + s->begin, held);
        s->begin = 0;
        s->end = held;
        if (held < s->capacity / 2)
            return 0;
    }
    if (s->capacity < s->max_bytes) {
        s->capacity = s->capacity > 0 ? s->capacity * 2 : FIRST_BUFFER;
        if (s->capacity > s->max_bytes)
            s->capacity = s->max_bytes;
        s->buffer = acri_realloc(s->buffer, s->capacity);
    }
    if (s->end < s->capacity)
        return 0;
    snprintf(s->error, sizeof(s->error), "read: the mark is not among the first %zu bytes",
             s->max_bytes);
    return -EMSGSIZE;
}

/* Fill the buffer until the mark is in it. Returns: bytes before the mark, or as acr_read_until
 * does. */
static int64_t find_mark(struct acr_user *u, struct acr_socket *s, const char *mark, size_t n_mark)
{
    uint64_t deadline_ns = 0;
    size_t seen = 0; /* held bytes that the mark does not begin in */

    for (;;) {
        size_t held = s->end - s->begin;
        int64_t r;

        if (held >= n_mark) {
            const char *from = s->buffer + s->begin;
            const char *at = memmem(from + seen, held - seen, mark, n_mark);

            if (at != NULL)
                return at - from;
            seen = held - n_mark + 1;
        }
        r = make_room(s);
        if (r < 0)
            return r;
        r = receive(u, s, s->buffer + s->end, s->capacity - s->end, &deadline_ns);
        if (r > 0) {
            s->end += (size_t)r;
            continue;
        }
        if (r < 0)
            return r;
        if (held == 0)
            return -ENODATA;
        snprintf(s->error, sizeof(s->error),
                 "read: the peer has closed after %zu bytes without the mark", held);
        return -ECONNRESET;
    }
}

int64_t acr_read_until(struct acr_user *u, struct acr_socket *s, const char *mark,
                       const char **ret_text)
{
    size_t n_mark = strlen(mark);
    int64_t n = acri_socket_begin(u, s, ACR_READ, false);

    *ret_text = NULL;
    if (n < 0)
        return n;
    if (n_mark == 0) {
        snprintf(s->error, sizeof(s->error), "read: acr_read_until needs a mark");
        return acri_socket_end(u, s, ACR_READ, -EINVAL);
    }
    if (s->begin == s->end)
        s->begin = s->end = 0;
    n = find_mark(u, s, mark, n_mark);
    if (n == -ENODATA)
        return acri_socket_end(u, s, ACR_READ, 0);
    if (n >= 0 && !s->is_closed) {
        *ret_text = s->buffer + s->begin;
        s->buffer[s->begin + (size_t)n] = '\0';
        n += (int64_t)n_mark;
        s->begin += (size_t)n;
    }
    n = acri_socket_end(u, s, ACR_READ, n);
    if (n < 0)
        *ret_text = NULL;
    return n;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static int64_t try_send(struct acr_socket *s, const struct iovec *parts, size_t n)
{
    ssize_t sent;

    if (s->tls != NULL)
        return acri_tls_write(s->tls, parts[0].iov_base, parts[0].iov_len, s->error,
                              sizeof(s->error));
    if (n == 1) {
        sent = acri_transfer_send(s->stream.fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
    } else {
        const struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)parts,
                                        .msg_iovlen = n };

        sent = sendmsg(s->stream.fd, &message, MSG_NOSIGNAL);
    }
    return sent < 0 ? -errno : sent;
}

/* Drop what was sent from the front. Returns: how many parts are gone. */
static size_t advance(struct iovec *parts, size_t n, size_t sent)
{
    size_t i = 0;

    while (i < n && sent >= parts[i].iov_len)
        sent -= parts[i++].iov_len;
    if (i < n) {
        parts[i].iov_base = (char *)parts[i].iov_base + sent;
        parts[i].iov_len -= sent;
    }
    return i;
}

/* All of up to PARTS_AT_ONCE parts, which are changed. */
static int64_t send_parts(struct acr_user *u, struct acr_socket *s, struct iovec *parts, size_t n,
                          uint64_t *deadline_ns)
{
    int64_t total = 0;
    size_t i = advance(parts, n, 0);

    while (i < n) {
        int64_t r = try_send(s, parts + i, n - i);

        if (r >= 0) {
            total += r;
            i += advance(parts + i, n - i, (size_t)r);
            continue;
        }
        if (r == -EAGAIN)
            r = acri_socket_wait_in_call(u, s, ACR_WRITE, deadline_ns);
        else if (r == -EINTR)
            r = 0;
        if (r < 0)
            return r;
    }
    return total;
}

int64_t acr_writev(struct acr_user *u, struct acr_socket *s, const struct iovec *parts, size_t n)
{
    struct iovec some[PARTS_AT_ONCE];
    uint64_t deadline_ns = 0;
    int64_t total = 0;
    int64_t r = acri_socket_begin(u, s, ACR_WRITE, false);

    if (r < 0)
        return r;
    for (size_t i = 0; i < n && r >= 0; i += PARTS_AT_ONCE) {
        size_t n_some = n - i < PARTS_AT_ONCE ? n - i : PARTS_AT_ONCE;

        memcpy(some, parts + i, n_some * sizeof(some[0]));
        r = send_parts(u, s, some, n_some, &deadline_ns);
        total += r > 0 ? r : 0;
    }
    return acri_socket_end(u, s, ACR_WRITE, r < 0 ? r : total);
}

int64_t acr_write(struct acr_user *u, struct acr_socket *s, const void *data, size_t bytes)
{
    struct iovec part = { .iov_base = (void *)(uintptr_t)data, .iov_len = bytes };
    uint64_t deadline_ns = 0;
    int64_t r = acri_socket_begin(u, s, ACR_WRITE, false);

    if (r < 0)
        return r;
    return acri_socket_end(u, s, ACR_WRITE, send_parts(u, s, &part, 1, &deadline_ns));
}

int64_t acr_write_until_input(struct acr_user *u, struct acr_socket *s, const void *data,
                              size_t bytes)
{
    uint64_t deadline_ns = 0;
    size_t sent = 0;
    int64_t r = acri_socket_begin(u, s, ACR_WRITE, false);

    if (r < 0)
        return r;
    while (r >= 0 && sent < bytes) {
        const struct iovec rest = { .iov_base = (char *)(uintptr_t)data + sent,
                                    .iov_len = bytes - sent };

        r = try_send(s, &rest, 1);
        if (r >= 0) {
            sent += (size_t)r;
        } else if (r == -EINTR) {
            r = 0;
        } else if (r == -EAGAIN) {
            r = 0;
            if (acr_socket_has_input(s))
                break;
            s->writer_listens = true;
            r = acri_socket_wait_in_call(u, s, ACR_WRITE, &deadline_ns);
            s->writer_listens = false;
        }
    }
    return acri_socket_end(u, s, ACR_WRITE, r < 0 ? r : (int64_t)sent);
}

int acr_shutdown(struct acr_user *u, struct acr_socket *s)
{
    int64_t r = acri_socket_begin(u, s, ACR_WRITE, false);

    if (r < 0)
        return (int)r;
    if (s->tls != NULL)
        acri_tls_end(s->tls);
    if (shutdown(s->stream.fd, SHUT_WR) < 0)
        r = acri_socket_fail(s, "shutdown", -errno);
    return (int)acri_socket_end(u, s, ACR_WRITE, r);
}

/* --- what it is ---------------------------------------------------------------------------------
 */

int acr_socket_status(const struct acr_socket *s)
{
    return s->status;
}

const char *acr_socket_error(const struct acr_socket *s)
{
    return s->error;
}

void acr_socket_timeout(struct acr_socket *s, double seconds)
{
    s->timeout_ns = acri_clock_ns_of(seconds);
}

void acr_socket_deadline(struct acr_socket *s, uint64_t at_ns)
{
    s->until_ns = at_ns;
}

int acr_socket_fd(const struct acr_socket *s)
{
    return s->stream.fd;
}

const char *acr_socket_alpn(const struct acr_socket *s)
{
    return s->tls != NULL ? acri_tls_alpn(s->tls) : "";
}

bool acr_socket_is_resumed(const struct acr_socket *s)
{
    return s->tls != NULL && acri_tls_is_resumed(s->tls);
}
