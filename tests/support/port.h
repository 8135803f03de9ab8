/* SPDX-License-Identifier: MIT */
/*
 * Ports to listen on, also again and again. Not one of those that the kernel gives to clients: let
 * go for a moment, it would be the end of a connection of any other test by then.
 */
#ifndef ACRIDA_TESTS_PORT_H
#define ACRIDA_TESTS_PORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT_FIRST = 10000, PORT_COUNT = 22768 }; /* those of clients begin at 32768 */

static inline bool port_is_free(uint16_t port)
{
    const int yes = 1;
    struct sockaddr_in6 all = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    struct sockaddr_in all4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_ipv6 = fd >= 0;
    bool is_free;

    if (!is_ipv6)
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* As those do that are to listen there: what has ended is in nobody's way. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    is_free = is_ipv6 ? bind(fd, (const struct sockaddr *)&all, sizeof(all)) == 0
                      : bind(fd, (const struct sockaddr *)&all4, sizeof(all4)) == 0;
    close(fd);
    return is_free;
}

/* A port that nobody has, at any address of this machine. */
static inline uint16_t port_free(void)
{
    uint16_t port = 0;

    do {
        assert_int_equal(getrandom(&port, sizeof(port), 0), sizeof(port));
        port = (uint16_t)(PORT_FIRST + port % PORT_COUNT);
    } while (!port_is_free(port));
    return port;
}

#endif
