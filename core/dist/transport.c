/* SPDX-License-Identifier: MIT */
/*
 * A raw REP socket puts the number of the connection before each message, and sends a message that
 * begins with such a number to that connection, at any time; that is all that is used of the
 * protocol. What nanomsg 1.1.5 cannot take is kept from it: it aborts on IPv4 literals on a socket
 * for IPv6, on sizes without limit, on reads of its descriptors, and when none are left; its bind
 * frees too early when it fails. Names are not given to it: it would look only at their first
 * address.
 */
#include "dist/transport.h"

#include "dist/keepalive.h"

#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <nanomsg/tcp.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#define FRAMES_AT_ONCE 256
#define HEADER_BYTES 8u /* on a master: the connection's number, then the mark of the bottom */
#define BOTTOM 0x80u    /* first byte of what ends a header: the only word of ours */
#define BACKLOG 4096
#define RECONNECT_MS 500u /* and up to twice as much more, so that not all come at once */
#define DESCRIPTORS 8     /* that a new socket and nanomsg's thread may need */
#define MASTER_BUFFER (256 * 1024)

struct acri_transport {
    int socket; /* -1 after a recycle that failed */
    int receive_fd;
    int send_fd;
    bool is_master;
    char host[INET6_ADDRSTRLEN];
    uint16_t port;
    uint64_t n_dropped;
};

/* The one header of a message, as nanomsg wants to be given it; more than it may be is cut off. */
union control {
    struct nn_cmsghdr head;
    unsigned char bytes[NN_CMSG_SPACE(sizeof(size_t) + 64)];
};

/* Returns: AF_INET, AF_INET6, or AF_UNSPEC for what is no address. */
static int family_of(const char *address)
{
    struct in6_addr parsed;

    if (inet_pton(AF_INET, address, &parsed) == 1)
        return AF_INET;
    return inet_pton(AF_INET6, address, &parsed) == 1 ? AF_INET6 : AF_UNSPEC;
}

bool acri_transport_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    if (inet_pton(AF_INET6, host, &v6) != 1)
        return false;
    return IN6_IS_ADDR_LOOPBACK(&v6) ||
           (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == IN_LOOPBACKNET);
}

/* "tcp://127.0.0.1:5557", "tcp://[::1]:5557", "tcp:// *:5557" (without the blank). */
static void endpoint(const char *host, uint16_t port, char *to, size_t size)
{
    bool is_v6 = strchr(host, ':') != NULL;

    snprintf(to, size, "tcp://%s%s%s:%u", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

/* nanomsg does not look at its errors when it starts its thread: see to it that there are none. */
static bool has_descriptors(void)
{
    int fds[DESCRIPTORS];
    int n = 0;

    while (n < DESCRIPTORS && (fds[n] = eventfd(0, EFD_CLOEXEC)) >= 0)
        n++;
    for (int i = 0; i < n; i++)
        close(fds[i]);
    return n == DESCRIPTORS;
}

static int set(int s, int level, int option, int value)
{
    return nn_setsockopt(s, level, option, &value, sizeof(value)) < 0 ? -nn_errno() : 0;
}

static int get_fd(int s, int option)
{
    int fd = -1;
    size_t n = sizeof(fd);

    return nn_getsockopt(s, NN_SOL_SOCKET, option, &fd, &n) < 0 ? -1 : fd;
}

/* The option is about the addresses of a socket's whole life, so each address gets a new socket. */
static int set_options(int s, bool is_master, int family)
{
    uint32_t random = 0;
    int r = set(s, NN_SOL_SOCKET, NN_IPV4ONLY, family == AF_INET);

    /* What nanomsg counts begins with a word of the header. */
    if (r == 0)
        r = set(s, NN_SOL_SOCKET, NN_RCVMAXSIZE, (int)(ACRI_LINK_FRAME_MAX + sizeof(uint32_t)));
    if (r == 0)
        r = set(s, NN_TCP, NN_TCP_NODELAY, 1);
    if (r == 0 && is_master)
        r = set(s, NN_SOL_SOCKET, NN_SNDBUF, MASTER_BUFFER);
    if (r == 0 && !is_master) {
        if (getrandom(&random, sizeof(random), 0) < 0)
            return -errno;
        /* NN_RECONNECT_IVL_MAX stays 0: with it the wait would grow and never shrink again. */
        r = set(s, NN_SOL_SOCKET, NN_RECONNECT_IVL, (int)(RECONNECT_MS + random % 1000));
    }
    return r;
}

/* A socket with its options, not connected. Returns: its number, or a negative errno with its
 * line. */
static int open_socket(bool is_master, int family, struct acri_error *reterr)
{
    int s;
    int r;

    if (!has_descriptors())
        return acri_fail(reterr, -EMFILE,
                         "no descriptors are left for the cluster's socket: raise ulimit -n");
    s = nn_socket(AF_SP_RAW, is_master ? NN_REP : NN_REQ);
    r = s < 0 ? -nn_errno() : set_options(s, is_master, family);
    if (r < 0) {
        if (s >= 0)
            nn_close(s);
        return acri_fail(reterr, r, "the cluster's socket cannot be made: %s", strerror(-r));
    }
    return s;
}

/* Take a socket that is connected or bound, in the place of the one before. */
static void adopt(struct acri_transport *t, int s)
{
    if (t->socket >= 0)
        nn_close(t->socket);
    t->socket = s;
    t->receive_fd = get_fd(s, NN_RCVFD);
    t->send_fd = t->is_master ? -1 : get_fd(s, NN_SNDFD);
}

/* Whether a socket can be bound there, asked by one that is closed at once. */
static int try_bind(const char *host, uint16_t port, int family)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    bool is_any = strcmp(host, "*") == 0;
    const int on = 1;
    int only = 0;
    socklen_t n = sizeof(only);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int r = 0;

    if (fd < 0)
        return -errno;
    if (!is_any)
        inet_pton(family, host, family == AF_INET ? (void *)&v4.sin_addr : (void *)&v6.sin6_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    /* Machines may be set up so that all IPv6 addresses are not all addresses. */
    if (is_any && family == AF_INET6 &&
        (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &n) < 0 || only))
        r = -EAFNOSUPPORT;
    else if (bind(fd, family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6,
                  family == AF_INET ? sizeof(v4) : sizeof(v6)) < 0)
        r = -errno;
    close(fd);
    return r;
}

static int bind_failed(const char *host, uint16_t port, int code, struct acri_error *reterr)
{
    const char *where = strcmp(host, "*") == 0 ? "all addresses" : host;

    switch (-code) {
    case EADDRINUSE:
        return acri_fail(reterr, code,
                         "port %u of %s is in use: choose another by --master-bind-port, or end "
                         "the process that has it",
                         port, where);
    case EADDRNOTAVAIL:
        return acri_fail(reterr, code,
                         "%s is no address of this machine: choose another by --master-bind-host",
                         where);
    case EACCES:
        return acri_fail(reterr, code,
                         "port %u of %s needs more rights than this user has: choose one from 1024 "
                         "on by --master-bind-port",
                         port, where);
    case EAFNOSUPPORT:
        return acri_fail(reterr, code, "%s cannot be bound: this machine has no IPv6", where);
    default:
        return acri_fail(reterr, code, "port %u of %s cannot be bound: %s", port, where,
                         strerror(-code));
    }
}

/*
 * nanomsg's listener is found among our descriptors, because there is no other way to it: that dead
 * workers are noticed, and a thousand may knock at once (its own backlog of 100 makes them wait for
 * seconds).
 */
static void tune_listener(uint16_t port)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        int is_listening = 0;
        socklen_t n = sizeof(is_listening);
        struct sockaddr_in6 address = { 0 };
        socklen_t n_address = sizeof(address);

        /* The port lies at the same place in both families. */
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n) < 0 || !is_listening ||
            getsockname(fd, (struct sockaddr *)&address, &n_address) < 0 ||
            (address.sin6_family != AF_INET && address.sin6_family != AF_INET6) ||
            ntohs(address.sin6_port) != port)
            continue;
        acri_keepalive_set(fd);
        (void)listen(fd, BACKLOG);
    }
    closedir(folder);
}

static int bind_socket(struct acri_transport *t, struct acri_error *reterr)
{
    bool is_any = strcmp(t->host, "*") == 0;
    int family = is_any ? AF_INET6 : family_of(t->host);
    char address[NN_SOCKADDR_MAX];
    int r = try_bind(t->host, t->port, family);
    int s;

    if (r == -EAFNOSUPPORT && is_any) {
        family = AF_INET;
        r = try_bind(t->host, t->port, family);
    }
    if (r < 0)
        return bind_failed(t->host, t->port, r, reterr);
    s = open_socket(true, family, reterr);
    if (s < 0)
        return s;
    endpoint(t->host, t->port, address, sizeof(address));
    if (nn_bind(s, address) < 0) {
        r = -nn_errno();
        nn_close(s);
        return bind_failed(t->host, t->port, r, reterr);
    }
    tune_listener(t->port);
    adopt(t, s);
    return 0;
}

static int connect_socket(struct acri_transport *t, const char *address, uint16_t port,
                          struct acri_error *reterr)
{
    int family = family_of(address);
    char text[NN_SOCKADDR_MAX];
    int s;

    if (family == AF_UNSPEC)
        return acri_fail(reterr, -EINVAL, "'%s' is no address of a master", address);
    if (port == 0)
        return acri_fail(reterr, -EINVAL, "port 0 is no port of a master: give one up to 65535");
    s = open_socket(false, family, reterr);
    if (s < 0)
        return s;
    endpoint(address, port, text, sizeof(text));
    if (nn_connect(s, text) < 0) {
        int r = -nn_errno();

        nn_close(s);
        return acri_fail(reterr, r, "no connection to port %u of %s can be begun: %s", port,
                         address, strerror(-r));
    }
    adopt(t, s);
    return 0;
}

static struct acri_transport *transport_new(bool is_master)
{
    struct acri_transport *t = acri_alloc(sizeof(*t));

    t->is_master = is_master;
    t->socket = t->receive_fd = t->send_fd = -1;
    return t;
}

int acri_transport_bind(const char *host, uint16_t port, struct acri_transport **ret_transport,
                        struct acri_error *reterr)
{
    struct acri_transport *t;
    int r;

    if (strcmp(host, "*") != 0 && family_of(host) == AF_UNSPEC)
        return acri_fail(reterr, -EINVAL,
                         "'%s' is no address: a master binds to an address of this machine, or to "
                         "* for all of them",
                         host);
    if (port == 0)
        return acri_fail(reterr, -EINVAL, "port 0 cannot be bound: give one up to 65535");
    t = transport_new(true);
    snprintf(t->host, sizeof(t->host), "%s", host);
    t->port = port;
    r = bind_socket(t, reterr);
    if (r < 0)
        acri_transport_free(t);
    else
        *ret_transport = t;
    return r;
}

int acri_transport_connect(const char *address, uint16_t port,
                           struct acri_transport **ret_transport, struct acri_error *reterr)
{
    struct acri_transport *t = transport_new(false);
    int r = connect_socket(t, address, port, reterr);

    if (r < 0)
        acri_transport_free(t);
    else
        *ret_transport = t;
    return r;
}

void acri_transport_free(struct acri_transport *t)
{
    if (t == NULL)
        return;
    if (t->socket >= 0)
        nn_close(t->socket);
    free(t);
}

int acri_transport_redial(struct acri_transport *t, const char *address, uint16_t port,
                          struct acri_error *reterr)
{
    ACRI_ASSERT(!t->is_master);
    return connect_socket(t, address, port, reterr);
}

int acri_transport_recycle(struct acri_transport *t, struct acri_error *reterr)
{
    ACRI_ASSERT(t->is_master);
    if (t->socket >= 0)
        nn_close(t->socket);
    t->socket = t->receive_fd = -1;
    return bind_socket(t, reterr);
}

int acri_transport_fd(const struct acri_transport *t)
{
    return t->receive_fd;
}

int acri_transport_send_fd(const struct acri_transport *t)
{
    return t->send_fd;
}

/* Where a message came from. Returns: false: its header is none of ours. */
static bool read_header(const struct acri_transport *t, const union control *c, uint32_t *ret_pipe)
{
    size_t wanted = t->is_master ? HEADER_BYTES : HEADER_BYTES / 2;
    const unsigned char *at = c->bytes + sizeof(c->head);
    size_t n;

    if (c->head.cmsg_len < NN_CMSG_LEN(sizeof(n) + wanted) || c->head.cmsg_level != PROTO_SP ||
        c->head.cmsg_type != SP_HDR)
        return false;
    memcpy(&n, at, sizeof(n));
    at += sizeof(n);
    if (n != wanted || (at[wanted - 4] & BOTTOM) == 0)
        return false;
    *ret_pipe = t->is_master
                    ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
                    : 0;
    return true;
}

void acri_transport_receive(struct acri_transport *t, acri_transport_fn function, void *arg)
{
    for (int i = 0; i < FRAMES_AT_ONCE && t->socket >= 0; i++) {
        union control control;
        void *body = NULL;
        struct nn_iovec part = { .iov_base = &body, .iov_len = NN_MSG };
        struct nn_msghdr message = { .msg_iov = &part,
                                     .msg_iovlen = 1,
                                     .msg_control = &control,
                                     .msg_controllen = sizeof(control) };
        uint32_t pipe;
        int n;

        /* A header that does not fit is not written at all. */
        memset(&control.head, 0, sizeof(control.head));
        /* EAGAIN may also mean that nanomsg has thrown one away: the descriptor stays readable. */
        n = nn_recvmsg(t->socket, &message, NN_DONTWAIT);
        if (n < 0)
            break;
        if ((size_t)n <= ACRI_LINK_FRAME_MAX && read_header(t, &control, &pipe))
            function(arg, pipe, body, (size_t)n);
        else
            t->n_dropped++;
        nn_freemsg(body);
    }
}

int acri_transport_send(struct acri_transport *t, uint32_t pipe, const void *frame, size_t n_bytes)
{
    size_t n_header = t->is_master ? HEADER_BYTES : HEADER_BYTES / 2;
    union control control;
    unsigned char *at = control.bytes + sizeof(control.head);
    struct nn_iovec part = { .iov_base = (void *)(uintptr_t)frame, .iov_len = n_bytes };
    struct nn_msghdr message = { .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = NN_CMSG_SPACE(sizeof(size_t) + n_header) };

    /* The receiver would close the connection, and nobody would tell us. */
    if (n_bytes > ACRI_LINK_FRAME_MAX)
        return -EMSGSIZE;
    if (t->socket < 0)
        return -EAGAIN;
    memset(&control, 0, sizeof(control));
    control.head.cmsg_len = NN_CMSG_LEN(sizeof(size_t) + n_header);
    control.head.cmsg_level = PROTO_SP;
    control.head.cmsg_type = SP_HDR;
    memcpy(at, &n_header, sizeof(n_header));
    at += sizeof(n_header);
    if (t->is_master)
        for (int i = 0; i < 4; i++)
            *at++ = (unsigned char)(pipe >> (24 - 8 * i));
    *at = BOTTOM;
    return nn_sendmsg(t->socket, &message, NN_DONTWAIT) < 0 ? -EAGAIN : 0;
}

uint64_t acri_transport_connections(const struct acri_transport *t)
{
    return t->socket >= 0 ? nn_get_statistic(t->socket, NN_STAT_CURRENT_CONNECTIONS) : 0;
}

uint64_t acri_transport_dropped(const struct acri_transport *t)
{
    return t->n_dropped;
}
