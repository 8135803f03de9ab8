/* SPDX-License-Identifier: MIT */
/*
 * How soon a connection between master and worker is known to be dead: nanomsg has no options for
 * it, so it is set on its sockets from outside (transport.c on listeners, app/bind.c on workers).
 */
#ifndef ACRIDA_DIST_KEEPALIVE_H
#define ACRIDA_DIST_KEEPALIVE_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

/* After 5 s without a byte ask every 2 s, and give up after five questions; data that is not
 * acknowledged for 15 s ends the connection, too. Accepted sockets inherit it from the listener.
 * An option that the kernel does not have is left out. */
static inline void acri_keepalive_set(int fd)
{
    static const struct {
        int level, option, value;
    } options[] = {
        { SOL_SOCKET, SO_KEEPALIVE, 1 },          { IPPROTO_TCP, TCP_KEEPIDLE, 5 },
        { IPPROTO_TCP, TCP_KEEPINTVL, 2 },        { IPPROTO_TCP, TCP_KEEPCNT, 5 },
        { IPPROTO_TCP, TCP_USER_TIMEOUT, 15000 },
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        (void)setsockopt(fd, options[i].level, options[i].option, &options[i].value, sizeof(int));
}

#endif
