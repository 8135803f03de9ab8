/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1 /* SOCK_CLOEXEC */
#include "listening.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 16

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)a;

        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    return a->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t bytes = sizeof(a);

    if (getsockname(fd, (struct sockaddr *)&a, &bytes) < 0)
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

static int open_at(const struct addrinfo *where)
{
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    int r;

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    r = -errno;
    close(fd);
    return r;
}

int metrics_listen(const char *host, uint16_t port, bool may_be_seen, uint16_t *ret_port,
                   char *error, size_t error_bytes)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *where;
    char service[8];
    int r;

    snprintf(service, sizeof(service), "%u", port);
    r = getaddrinfo(host, service, &hints, &where);
    if (r != 0) {
        snprintf(error, error_bytes, "--metrics-host %s: %s", host, gai_strerror(r));
        return -EINVAL;
    }
    if (!may_be_seen && !is_loopback(where->ai_addr)) {
        freeaddrinfo(where);
        snprintf(error, error_bytes,
                 "--metrics-host %s can be reached from other machines: give --metrics-token-file "
                 "FILE too, whose first line clients must show",
                 host);
        return -EPERM;
    }
    r = open_at(where);
    freeaddrinfo(where);
    if (r < 0)
        snprintf(error, error_bytes, "--metrics-port: cannot listen on %s port %u: %s", host, port,
                 strerror(-r));
    else
        *ret_port = port_of(r);
    return r;
}
