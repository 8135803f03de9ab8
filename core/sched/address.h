/* SPDX-License-Identifier: MIT */
/* Where a socket goes: "tcp://host:port" and its parts, and the addresses of a host. Thread: any.
 */
#ifndef ACRIDA_SCHED_ADDRESS_H
#define ACRIDA_SCHED_ADDRESS_H

#include "base/check.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ACRI_ADDRESSES_MAX 16u
#define ACRI_HOST_MAX 254u

enum acri_target_transport {
    ACRI_TRANSPORT_TCP = 1,
    ACRI_TRANSPORT_TLS,
    ACRI_TRANSPORT_UDP,
    ACRI_TRANSPORT_UNIX,
};

/* What a text says. */
struct acri_target {
    enum acri_target_transport transport;
    char host[ACRI_HOST_MAX]; /* a name or a number, without brackets; of unix: the path */
    uint16_t port;
};

union acri_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct acri_addresses {
    size_t n;
    union acri_address list[ACRI_ADDRESSES_MAX]; /* in the order of preference, ports 0 */
};

/* Which of several addresses is tried first. */
enum acri_address_order {
    ACRI_ADDRESS_FIRST = 0, /* as the system orders them */
    ACRI_ADDRESS_RANDOM,
    ACRI_ADDRESS_ROUND_ROBIN, /* on each loop */
};

/* Read "tcp://host:port", "tls://...", "udp://...", "unix:/path" or "host:port" (TCP); IPv6
 * numbers in brackets; "udp:" names nobody, host "" and port 0. Returns: 0, or -EINVAL with its
 * line. */
int acri_target_parse(const char *text, struct acri_target *ret_target, struct acri_error *reterr);

/* The address that a number is, without asking anybody. Returns: whether it is one. */
bool acri_address_of_number(const char *host, struct acri_addresses *ret_addresses);

/* Read "10.0.0.5", "10.0.0.0/24" or the same of IPv6: an address, and how many of its bits are the
 * network's. Returns: 0, or -EINVAL with its line. */
int acri_address_parse_network(const char *text, union acri_address *ret_address,
                               unsigned *ret_bits, struct acri_error *reterr);

/*
 * Ask the system for a name's addresses; blocks.
 *
 * Returns: 0, or a negative errno with its line.
 */
int acri_address_look_up(const char *host, struct acri_addresses *ret_addresses,
                         struct acri_error *reterr);

/* Put that one first, those before it behind the last. */
void acri_address_rotate(struct acri_addresses *a, size_t first);

/* The size of an address, as connect wants it. */
socklen_t acri_address_size(const union acri_address *a);
void acri_address_set_port(union acri_address *a, uint16_t port);

#endif
