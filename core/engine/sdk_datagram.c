/* SPDX-License-Identifier: MIT */
/* Datagrams: acr_send and acr_recv; acr_send_to and acr_recv_from, of several peers on one socket.
 */
#include "base/clock.h"
#include "engine/names.h"
#include "sched/socket.h"

#include <acrida/io.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

/* After a call has failed with r. Returns: 0 to try again, or the failure. Yields. */
static int64_t go_on(struct acr_user *u, struct acr_socket *s, uint32_t what, int64_t r,
                     uint64_t *deadline_ns)
{
    if (r != -EAGAIN)
        return r == -EINTR ? 0 : r;
    return acri_socket_wait_in_call(u, s, what, deadline_ns);
}

int64_t acr_send(struct acr_user *u, struct acr_socket *s, const void *data, size_t bytes)
{
    uint64_t deadline_ns = 0;
    int64_t r = acri_socket_begin(u, s, ACR_WRITE, true);

    if (r < 0)
        return r;
    do {
        r = send(s->stream.fd, data, bytes, MSG_NOSIGNAL);
        r = r < 0 ? -errno : r;
    } while (r < 0 && (r = go_on(u, s, ACR_WRITE, r, &deadline_ns)) == 0);
    return acri_socket_end(u, s, ACR_WRITE, r);
}

int64_t acr_recv(struct acr_user *u, struct acr_socket *s, void *to, size_t bytes)
{
    uint64_t deadline_ns = 0;
    int64_t r = acri_socket_begin(u, s, ACR_READ, true);

    if (r < 0)
        return r;
    do {
        r = recv(s->stream.fd, to, bytes, MSG_TRUNC);
        r = r < 0 ? -errno : r;
    } while (r < 0 && (r = go_on(u, s, ACR_READ, r, &deadline_ns)) == 0);
    return acri_socket_end(u, s, ACR_READ, r);
}

static int fail_with(struct acr_socket *s, const char *text, int r)
{
    snprintf(s->error, sizeof(s->error), "write: %.140s", text);
    return r;
}

/* The same peer for a socket of both families. */
static void map_to_v6(union acri_address *a)
{
    const struct sockaddr_in v4 = a->v4;

    *a = (union acri_address){ .v6 = { .sin6_family = AF_INET6, .sin6_port = v4.sin_port } };
    a->v6.sin6_addr.s6_addr[10] = a->v6.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&a->v6.sin6_addr.s6_addr[12], &v4.sin_addr, 4);
}

/* The first of the addresses that the socket can send to. */
static int choose(struct acr_socket *s, const struct acri_addresses *list, union acri_address *ret)
{
    int family = AF_UNSPEC;
    socklen_t bytes = sizeof(family);

    if (getsockopt(s->stream.fd, SOL_SOCKET, SO_DOMAIN, &family, &bytes) < 0)
        return -errno;
    for (size_t i = 0; i < list->n; i++) {
        *ret = list->list[i];
        if (ret->any.sa_family == family)
            return 0;
        if (family == AF_INET6) {
            map_to_v6(ret);
            return 0;
        }
    }
    return fail_with(s, "an IPv4 socket cannot send to an IPv6 address", -EAFNOSUPPORT);
}

static int find_peer(struct acr_user *u, struct acr_socket *s, const char *text,
                     uint64_t deadline_ns, union acri_address *ret)
{
    double timeout_s = 0;
    struct acri_error error = { "" };
    struct acri_addresses addresses;
    struct acri_target t;
    int r = acri_target_parse(text, &t, &error);

    if (r == 0 && t.transport != ACRI_TRANSPORT_TCP && t.transport != ACRI_TRANSPORT_UDP)
        r = acri_fail(&error, -EINVAL, "'%.100s' is not HOST:PORT", text);
    if (r == 0 && t.port == 0)
        r = acri_fail(&error, -EINVAL, "'%.100s' names no peer: write HOST:PORT", text);
    if (r < 0)
        return fail_with(s, error.text, r);
    if (deadline_ns > 0)
        timeout_s = (double)s->timeout_ns / 1e9;
    r = acri_names_look_up(u, t.host, timeout_s, &addresses, &error);
    if (s->is_closed)
        return -ECANCELED;
    if (r < 0)
        return error.text[0] != '\0' ? fail_with(s, error.text, r) : r;
    r = choose(s, &addresses, ret);
    if (r == 0)
        acri_address_set_port(ret, t.port);
    return r;
}

int64_t acr_send_to(struct acr_user *u, struct acr_socket *s, const void *data, size_t bytes,
                    const char *to)
{
    uint64_t deadline_ns = s->timeout_ns > 0 ? acri_clock_now_ns() + s->timeout_ns : 0;
    int64_t r = acri_socket_begin(u, s, ACR_WRITE, true);
    union acri_address peer;

    if (r < 0)
        return r;
    r = find_peer(u, s, to, deadline_ns, &peer);
    while (r == 0) {
        r = sendto(s->stream.fd, data, bytes, MSG_NOSIGNAL, &peer.any, acri_address_size(&peer));
        if (r >= 0)
            break;
        r = errno == EINTR    ? 0
            : errno == EAGAIN ? acri_socket_wait(u, s, ACR_WRITE, deadline_ns)
                              : -errno;
    }
    return acri_socket_end(u, s, ACR_WRITE, r);
}

static void describe(const union acri_address *a, struct acr_peer *ret_from)
{
    const struct in6_addr *v6 = &a->v6.sin6_addr;
    char host[sizeof(ret_from->text) - 8] = "";

    if (a->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &a->v4.sin_addr, host, sizeof(host));
    } else if (IN6_IS_ADDR_V4MAPPED(v6)) {
        inet_ntop(AF_INET, &v6->s6_addr[12], host, sizeof(host));
    } else if (getnameinfo(&a->any, sizeof(a->v6), host, sizeof(host), NULL, 0, NI_NUMERICHOST) ==
               0) {
        snprintf(ret_from->text, sizeof(ret_from->text), "[%s]:%u", host, ntohs(a->v6.sin6_port));
        return;
    }
    /* The port is at the same place in both. */
    snprintf(ret_from->text, sizeof(ret_from->text), "%s:%u", host, ntohs(a->v4.sin_port));
}

int64_t acr_recv_from(struct acr_user *u, struct acr_socket *s, void *to, size_t bytes,
                      struct acr_peer *ret_from)
{
    uint64_t deadline_ns = 0;
    union acri_address peer = { .any.sa_family = AF_UNSPEC };
    int64_t r = acri_socket_begin(u, s, ACR_READ, true);

    ret_from->text[0] = '\0';
    if (r < 0)
        return r;
    do {
        socklen_t size = sizeof(peer);

        r = recvfrom(s->stream.fd, to, bytes, MSG_TRUNC, &peer.any, &size);
        r = r < 0 ? -errno : r;
    } while (r < 0 && (r = go_on(u, s, ACR_READ, r, &deadline_ns)) == 0);
    if (r >= 0)
        describe(&peer, ret_from);
    return acri_socket_end(u, s, ACR_READ, r);
}
