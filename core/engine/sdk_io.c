/* SPDX-License-Identifier: MIT */
/* Opening sockets, waiting for descriptors, and calls that block: <acrida/io.h>, but what is done
 * with an open socket (sched/socket.c). */
#include "base/clock.h"
#include "engine/names.h"
#include "engine/park.h"
#include "sched/dial.h"
#include "sched/offload.h"
#include "sched/socket.h"
#include "sched/tls.h"

#include <acrida/client.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CONNECT_S 10
#define TIMEOUT_S 60
#define MAX_BYTES 65536u

/* --- opening ------------------------------------------------------------------------------------
 */

/* How long a call may take: 0 = the default, negative = as long as it takes (0 ns). */
static uint64_t time_of(double seconds, double default_s)
{
    return acri_clock_ns_of(seconds < 0 ? 0 : seconds == 0 ? default_s : seconds);
}

static int fail_with(struct acr_socket *s, const char *text, int r)
{
    snprintf(s->error, sizeof(s->error), "connect: %.140s", text);
    return r;
}

static float ms_since(uint64_t since_ns)
{
    return (float)(acri_clock_now_ns() - since_ns) / 1e6F;
}

static bool serves_any(const struct acr_user *u, const struct acri_addresses *to)
{
    for (size_t i = 0; i < to->n; i++)
        if (acri_source_serves(&u->home->from, to->list[i].any.sa_family))
            return true;
    return false;
}

static int reach_host(struct acr_user *u, struct acr_socket *s, const struct acri_target *t,
                      uint64_t begun_ns, uint64_t deadline_ns, int *ret_fd)
{
    int type = t->transport == ACRI_TRANSPORT_UDP ? SOCK_DGRAM : SOCK_STREAM;
    uint64_t now_ns = acri_clock_now_ns();
    double timeout_s = 0;
    struct acri_addresses addresses;
    struct acri_error error = { "" };
    int r;

    if (deadline_ns > 0 && deadline_ns <= now_ns)
        return acri_socket_fail(s, "connect", -ETIMEDOUT);
    if (deadline_ns > 0)
        timeout_s = (double)(deadline_ns - now_ns) / 1e9;
    r = acri_names_look_up(u, t->host, timeout_s, &addresses, &error);
    if (r < 0)
        return error.text[0] != '\0' ? fail_with(s, error.text, r)
                                     : acri_socket_fail(s, "name look-up", r);
    s->name_ms = ms_since(begun_ns);
    r = acri_dial(u, &addresses, t->port, type, &u->home->from, deadline_ns, ret_fd);
    if (r == -EAFNOSUPPORT && !serves_any(u, &addresses)) {
        acri_fail(&error, r, "no --source-address is of the family of %.60s (%s)", t->host,
                  addresses.list[0].any.sa_family == AF_INET6 ? "IPv6" : "IPv4");
        return fail_with(s, error.text, r);
    }
    return r < 0 ? acri_socket_fail(s, "connect", r) : 0;
}

static int begin_tls(struct acr_user *u, struct acr_socket *s, const struct acri_target *t,
                     const struct acr_connect *how, uint64_t deadline_ns)
{
    const struct acri_tls_options o = {
        .server_name = how->server_name != NULL ? how->server_name : t->host,
        .ca_file = how->ca_file,
        .cert_file = how->cert_file,
        .key_file = how->key_file,
        .alpn = how->alpn,
        .port = t->port,
        .insecure = how->insecure,
    };
    int r = acri_tls_new(u->home->tls, &o, &s->stream, &s->tls, s->error, sizeof(s->error));

    if (r < 0)
        return r;
    for (;;) {
        r = acri_tls_handshake(s->tls, s->error, sizeof(s->error));
        if (r != -EAGAIN)
            break;
        r = acri_socket_wait(u, s, ACR_READ, deadline_ns);
        if (r < 0)
            break;
    }
    return r < 0 && s->error[0] == '\0' ? acri_socket_fail(s, "tls", r) : r;
}

static int open_socket(struct acr_user *u, struct acr_socket *s, const struct acr_connect *how)
{
    uint64_t connect_ns = time_of(how->connect_timeout_s, CONNECT_S);
    uint64_t begun_ns = acri_clock_now_ns();
    uint64_t deadline_ns = connect_ns > 0 ? begun_ns + connect_ns : 0;
    struct acri_error error = { "" };
    struct acri_target t;
    int fd;
    int r;

    if (u->is_cancelled)
        return acri_socket_fail(s, "connect", acri_user_suspend(u, 0));
    r = acri_target_parse(how->to, &t, &error);
    if (r < 0)
        return fail_with(s, error.text, r);
    if (t.transport == ACRI_TRANSPORT_UNIX && !acri_allow_host(u->home->run->allow, ""))
        return fail_with(s, "Unix sockets are not among the hosts of --allow-host", -EACCES);
    if (t.transport == ACRI_TRANSPORT_UNIX) {
        s->name_ms = 0;
        r = acri_dial_path(u, t.host, deadline_ns, &fd);
        if (r < 0)
            return acri_socket_fail(s, "connect", r);
    } else if (t.port == 0) {
        r = acri_dial_nobody(&u->home->from, &fd);
        if (r < 0)
            return acri_socket_fail(s, "connect", r);
    } else {
        r = reach_host(u, s, &t, begun_ns, deadline_ns, &fd);
        if (r < 0)
            return r;
    }
    s->is_datagram = t.transport == ACRI_TRANSPORT_UDP;
    r = acri_socket_attach(s, fd);
    if (r < 0)
        return acri_socket_fail(s, "connect", r);
    s->connect_ms = ms_since(begun_ns);
    s->tls_ms = 0;
    if (t.transport != ACRI_TRANSPORT_TLS)
        return 0;
    s->tls_ms = -1;
    r = begin_tls(u, s, &t, how, deadline_ns);
    if (r == 0)
        s->tls_ms = ms_since(begun_ns);
    return r;
}

struct acr_socket *acr_socket_open(struct acr_user *u, const struct acr_connect *how)
{
    struct acr_connect full = { 0 };
    struct acr_socket *s;

    /* A scenario may have been compiled when there were fewer members. */
    memcpy(&full, how, how->size < sizeof(full) ? how->size : sizeof(full));
    s = acri_socket_new(&u->home->loop, full.keep ? NULL : u, &u->root->sockets);
    s->timeout_ns = time_of(full.timeout_s, TIMEOUT_S);
    s->max_bytes = full.max_bytes > 0 ? full.max_bytes : MAX_BYTES;
    s->status = -EINPROGRESS;
    s->status = open_socket(u, s, &full);
    return s;
}

void acr_socket_times(const struct acr_socket *s, double *ret_name_ms, double *ret_connect_ms,
                      double *ret_tls_ms)
{
    *ret_name_ms = (double)s->name_ms;
    *ret_connect_ms = (double)s->connect_ms;
    *ret_tls_ms = (double)s->tls_ms;
}

int acr_resolve_host(struct acr_user *u, const char *host, uint16_t port, double timeout_s,
                     struct sockaddr_storage *to, size_t n)
{
    struct acri_error error = { "" };
    struct acri_addresses addresses;
    int r;

    if (u->is_cancelled)
        return acri_user_suspend(u, 0);
    if (host == NULL || host[0] == '\0' || strlen(host) >= ACRI_HOST_MAX)
        return -EINVAL;
    r = acri_names_look_up(u, host, timeout_s > 0 ? timeout_s : 0, &addresses, &error);
    if (r < 0)
        return r;
    for (size_t i = 0; i < addresses.n && i < n; i++) {
        acri_address_set_port(&addresses.list[i], port);
        memset(&to[i], 0, sizeof(to[i]));
        memcpy(&to[i], &addresses.list[i], sizeof(addresses.list[i]));
    }
    return (int)(addresses.n < n ? addresses.n : n);
}

bool acr_host_is_allowed(const struct acr_user *u, const char *host)
{
    return acri_allow_host(u->home->run->allow, host);
}

int acr_bind_source(struct acr_loop *l, int fd, int family)
{
    struct acri_users *us = l->owner;

    return acri_source_bind(&us->from, fd, family);
}

void acr_close(struct acr_user *u, struct acr_socket *s)
{
    (void)u;
    if (s != NULL)
        acri_socket_close(s);
}

/* --- descriptors of others ----------------------------------------------------------------------
 */

struct fd_wait {
    struct acr_watch *watch;
    struct acr_coroutine *coroutine;
    uint32_t ready;
};

static void on_ready(int fd, uint32_t ready, void *arg)
{
    struct fd_wait *w = arg;

    (void)fd;
    w->ready |= ready;
    acr_watch_set(w->watch, 0);
    acr_wake(w->coroutine, 0);
}

static int look_at(int fd, uint32_t what)
{
    struct pollfd p = { .fd = fd,
                        .events = (short)(((what & ACR_READ) != 0 ? POLLIN : 0) |
                                          ((what & ACR_WRITE) != 0 ? POLLOUT : 0)) };

    if (poll(&p, 1, 0) <= 0)
        return -ETIMEDOUT;
    if ((p.revents & POLLNVAL) != 0)
        return -EBADF;
    if ((p.revents & (POLLERR | POLLHUP)) != 0)
        return (int)what;
    return ((p.revents & POLLIN) != 0 ? (int)ACR_READ : 0) |
           ((p.revents & POLLOUT) != 0 ? (int)ACR_WRITE : 0);
}

int acr_wait_fd(struct acr_user *u, int fd, uint32_t what, double timeout_s)
{
    struct fd_wait w = { .coroutine = acr_coroutine_self(u) };
    struct stat is;
    int r;

    if (u->is_cancelled)
        return acri_user_suspend(u, 0);
    if ((what & (ACR_READ | ACR_WRITE)) == 0)
        return -EINVAL;
    if (timeout_s < 0)
        return look_at(fd, what);
    if (fstat(fd, &is) < 0)
        return -errno;
    if (S_ISREG(is.st_mode) || S_ISDIR(is.st_mode))
        return -EPERM;
    w.watch = acr_watch_new(&u->home->loop, fd, what, on_ready, &w);
    if (w.watch == NULL)
        return -EPERM;
    r = acri_user_suspend(u, timeout_s > 0 ? acri_clock_now_ns() + acri_clock_ns_of(timeout_s) : 0);
    acr_watch_free(w.watch);
    return r == -ECANCELED || w.ready == 0 ? r : (int)w.ready;
}

/* --- calls that block ---------------------------------------------------------------------------
 */

/* On the caller's stack: it does not go on before the message is home. */
struct offloaded {
    struct acri_offload_job job;
    struct acri_message message; /* to the control loop, and back */
    struct acr_user *user;
    struct acr_coroutine *coroutine;
    int (*function)(void *arg);
    void *arg;
    int result;
    bool is_home;
};

static void run_home(struct acri_message *m)
{
    struct offloaded *o = ACRI_CONTAINER_OF(m, struct offloaded, message);

    o->is_home = true;
    acri_loop_wake(o->coroutine, 0);
}

static void send_home(struct acri_offload_job *job)
{
    struct offloaded *o = ACRI_CONTAINER_OF(job, struct offloaded, job);

    o->message.run = run_home;
    acri_loop_post(&o->user->home->loop, &o->message);
}

static void run_function(struct acri_offload_job *job)
{
    struct offloaded *o = ACRI_CONTAINER_OF(job, struct offloaded, job);

    o->result = o->function(o->arg);
}

static void run_submit(struct acri_message *m)
{
    struct offloaded *o = ACRI_CONTAINER_OF(m, struct offloaded, message);
    int r = acri_offload_submit(o->user->home->run->offload, &o->job);

    /* Otherwise the result is the other thread's to set. */
    if (r < 0) {
        o->result = r;
        send_home(&o->job);
    }
}

int acr_offload(struct acr_user *u, int (*function)(void *arg), void *arg, size_t bytes)
{
    struct acri_users *us = u->home;
    struct offloaded o = { .job = { .run = run_function, .done = send_home },
                           .message = { .run = run_submit },
                           .user = u,
                           .coroutine = acr_coroutine_self(u),
                           .function = function };

    if (u->is_cancelled || o.coroutine == NULL)
        return acri_user_suspend(u, 0);
    o.arg = acri_alloc(bytes);
    if (bytes > 0)
        memcpy(o.arg, arg, bytes);
    acri_loop_post(us->run->control, &o.message);
    /* Being cancelled wakes it, too, and must not end this wait. */
    us->running = NULL;
    while (!o.is_home)
        acri_loop_suspend(&us->loop, 0);
    us->running = u;
    u->owed_ns += us->loop.delay_ns;
    if (bytes > 0)
        memcpy(arg, o.arg, bytes);
    free(o.arg);
    return o.result;
}
