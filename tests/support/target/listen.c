/* SPDX-License-Identifier: MIT */
/* Listening sockets. */
#define _GNU_SOURCE 1
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 65535 }; /* cut down by the kernel to what it allows */

static int fail(int fd, const char *where)
{
    fprintf(stderr, "acrida-target: cannot listen on %s: %s\n", where, strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static bool set_option(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on) == 0;
}

static unsigned bound_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;

    memset(&address, 0, sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    if (address.ss_family == AF_INET6) {
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    }
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int target_listen_tcp(const char *address, unsigned *port, bool shared)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;
    char service[8];
    int fd;
    int error;

    snprintf(service, sizeof service, "%u", *port);
    error = getaddrinfo(address, service, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "acrida-target: cannot listen on '%s': %s\n", address, gai_strerror(error));
        return -1;
    }
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* accepted sockets inherit TCP_NODELAY, which saves a call for each */
    if (fd < 0 || !set_option(fd, SOL_SOCKET, SO_REUSEADDR) ||
        (shared && !set_option(fd, SOL_SOCKET, SO_REUSEPORT)) ||
        !set_option(fd, IPPROTO_TCP, TCP_NODELAY) ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        freeaddrinfo(found);
        return fail(fd, address);
    }
    freeaddrinfo(found);
    *port = bound_port(fd);
    return fd;
}

int target_listen_local(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct stat status;
    int fd;

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(-1, path);
    }
    memcpy(address.sun_path, path, strlen(path));
    if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) {
        unlink(path);
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0) {
        return fail(fd, path);
    }
    return fd;
}
