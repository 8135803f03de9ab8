/* SPDX-License-Identifier: MIT */
/*
 * The bind() that libnanomsg finds, because the executable comes before libc. nanomsg binds each
 * socket to "any address, any port" before it connects it. That takes a port away from all
 * addresses, and when none is free, as on a machine that makes load, nanomsg 1.1.5 aborts the
 * process. Left out, connect() takes a port for that one address, and fails softly.
 *
 * Exported without a version: a versioned symbol would not come before the one of libc.
 */
#include "dist/keepalive.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The name is given here, because libc declares it with other types in C than for callers. */
int acri_bind(int fd, const struct sockaddr *address, socklen_t n_address) __asm__("bind");

/* Whether nothing is asked for: all addresses, and whatever port. */
static int is_any(const struct sockaddr *address, socklen_t n_address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (n_address >= sizeof(v4) && address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return v4.sin_port == 0 && v4.sin_addr.s_addr == htonl(INADDR_ANY);
    }
    if (n_address >= sizeof(v6) && address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof(v6));
        return v6.sin6_port == 0 && IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
    }
    return 0;
}

/* Others may bind in order to listen, and ask for the port in between. */
static int is_nanomsg(const void *caller)
{
    Dl_info where;

    return dladdr(caller, &where) != 0 && where.dli_fname != NULL &&
           strstr(where.dli_fname, "libnanomsg") != NULL;
}

__attribute__((visibility("default"), used)) int acri_bind(int fd, const struct sockaddr *address,
                                                           socklen_t n_address)
{
    int type = 0;
    socklen_t n = sizeof(type);

    if (address != NULL && is_any(address, n_address) &&
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_STREAM &&
        is_nanomsg(__builtin_return_address(0))) {
        acri_keepalive_set(fd);
        return 0;
    }
    return (int)syscall(SYS_bind, fd, address, n_address);
}
