/* SPDX-License-Identifier: MIT */
#include "sched/dial.h"

#include "base/clock.h"

#include <acrida/client.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

struct dial;

struct attempt {
    struct dial *dial;
    struct acr_watch *watch;
    int fd;
};

struct dial {
    struct acr_loop *loop;
    struct acr_coroutine *coroutine;
    struct acri_source_turn *from;
    int type;
    uint16_t port;
    int fd; /* that has connected, or -1 */
    int error;
    size_t n_pending;
    size_t n_begun;
    size_t n;
    union acri_address list[ACRI_ADDRESSES_MAX]; /* in the order in which they are tried */
    struct attempt attempts[ACRI_ADDRESSES_MAX];
};

/* The families in turn, beginning with that of the first; those that it cannot leave from are left
 * out. */
static void interleave(struct dial *d, const struct acri_addresses *to)
{
    size_t next[2] = { 0, 0 }; /* the first family, the other one */
    size_t turn = 0;

    while (next[0] < to->n || next[1] < to->n) {
        size_t *i = &next[turn];

        while (*i < to->n &&
               (to->list[*i].any.sa_family == to->list[0].any.sa_family) != (turn == 0))
            ++*i;
        if (*i < to->n) {
            const union acri_address *a = &to->list[(*i)++];

            if (d->from == NULL || acri_source_serves(d->from, a->any.sa_family))
                d->list[d->n++] = *a;
        }
        turn = 1 - turn;
    }
}

static void drop(struct attempt *a)
{
    acr_watch_free(a->watch);
    a->watch = NULL;
    if (a->fd >= 0)
        close(a->fd);
    a->fd = -1;
}

static void on_writable(int fd, uint32_t ready, void *arg)
{
    struct attempt *a = arg;
    struct dial *d = a->dial;
    int error = 0;
    socklen_t bytes = sizeof(error);

    (void)ready;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) < 0)
        error = errno;
    d->n_pending--;
    if (error == 0 && d->fd < 0) {
        d->fd = fd;
        a->fd = -1;
    } else if (error != 0) {
        d->error = -error;
    }
    drop(a);
    acr_wake(d->coroutine, 0);
}

static void begin(struct dial *d, size_t i)
{
    struct attempt *a = &d->attempts[i];
    const int on = 1;
    int r = 0;

    acri_address_set_port(&d->list[i], d->port);
    a->dial = d;
    a->fd = socket(d->list[i].any.sa_family, d->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (a->fd < 0) {
        d->error = -errno;
        return;
    }
    if (d->type == SOCK_STREAM)
        setsockopt(a->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (d->from != NULL)
        r = acri_source_bind(d->from, a->fd, d->list[i].any.sa_family);
    if (r == 0 && connect(a->fd, &d->list[i].any, acri_address_size(&d->list[i])) == 0) {
        d->fd = a->fd;
        a->fd = -1;
        return;
    }
    d->error = r < 0 ? r : -errno;
    if (d->error == -EINPROGRESS) {
        a->watch = acr_watch_new(d->loop, a->fd, ACR_WRITE, on_writable, a);
        d->error = -ENOMEM;
    }
    if (a->watch != NULL)
        d->n_pending++;
    else
        drop(a);
}

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
    if (a_ns == 0 || b_ns == 0)
        return a_ns | b_ns;
    return a_ns < b_ns ? a_ns : b_ns;
}

int acri_dial(struct acr_user *u, const struct acri_addresses *to, uint16_t port, int type,
              struct acri_source_turn *from, uint64_t deadline_ns, int *ret_fd)
{
    struct dial d = { .loop = acr_user_loop(u),
                      .coroutine = acr_coroutine_self(u),
                      .from = from,
                      .type = type,
                      .port = port,
                      .fd = -1,
                      .error = -EHOSTUNREACH };
    uint64_t next_ns = 0; /* when another one may begin */
    int r = 0;

    interleave(&d, to);
    if (d.n == 0)
        d.error = -EAFNOSUPPORT;
    while (d.fd < 0 && r != -ECANCELED && (d.n_pending > 0 || d.n_begun < d.n)) {
        uint64_t now_ns = acr_now_ns();

        if (r == -ETIMEDOUT && deadline_ns != 0 && now_ns >= deadline_ns)
            break;
        if (d.n_begun < d.n && (d.n_pending == 0 || now_ns >= next_ns)) {
            begin(&d, d.n_begun++);
            next_ns = now_ns + ACRI_DIAL_HEAD_START_MS * ACRI_NS_PER_MS;
        }
        if (d.fd < 0 && d.n_pending > 0)
            r = acr_suspend(u, earlier(deadline_ns, d.n_begun < d.n ? next_ns : 0));
    }
    for (size_t i = 0; i < d.n_begun; i++)
        if (d.attempts[i].watch != NULL)
            drop(&d.attempts[i]);
    *ret_fd = d.fd;
    if (d.fd >= 0)
        return 0;
    if (r == -ECANCELED)
        return r;
    return d.n_pending > 0 || d.n_begun < d.n ? -ETIMEDOUT : d.error;
}

/* A full backlog is told at once, and there is nothing to wait for: try again, later each time. */
int acri_dial_path(struct acr_user *u, const char *path, uint64_t deadline_ns, int *ret_fd)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    uint64_t pause_ns = ACRI_NS_PER_MS / 4;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int r = 0;

    *ret_fd = -1;
    if (fd < 0)
        return -errno;
    memcpy(to.sun_path, path, strnlen(path, sizeof(to.sun_path) - 1));
    while (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
        r = -errno;
        if (r != -EAGAIN)
            break;
        if (deadline_ns != 0 && acr_now_ns() >= deadline_ns) {
            r = -ETIMEDOUT;
            break;
        }
        r = acr_suspend(u, earlier(deadline_ns, acr_now_ns() + pause_ns));
        if (r == -ECANCELED)
            break;
        r = 0;
        if (pause_ns < 100 * ACRI_NS_PER_MS)
            pause_ns *= 2;
    }
    if (r < 0)
        close(fd);
    else
        *ret_fd = fd;
    return r;
}

int acri_dial_nobody(struct acri_source_turn *from, int *ret_fd)
{
    const struct acri_sources *sources = from != NULL ? from->sources : NULL;
    bool is_bound = sources != NULL && sources->n > 0;
    int family = is_bound ? sources->ranges[0].first.any.sa_family : AF_INET6;
    const int off = 0;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int r = 0;

    if (fd < 0 && errno == EAFNOSUPPORT && !is_bound)
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    *ret_fd = -1;
    if (fd < 0)
        return -errno;
    if (is_bound)
        r = acri_source_bind(from, fd, family);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)); /* fails on IPv4 */
    if (r < 0)
        close(fd);
    else
        *ret_fd = fd;
    return r;
}
