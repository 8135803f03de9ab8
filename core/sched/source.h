/* SPDX-License-Identifier: MIT */
/*
 * Where connections leave from: local addresses and ranges of them, taken in turn. A range is
 * counted through and never listed.
 */
#ifndef ACRIDA_SCHED_SOURCE_H
#define ACRIDA_SCHED_SOURCE_H

#include "sched/address.h"

#define ACRI_SOURCE_RANGES_MAX 64u
/* So many addresses of a range are tried before a run, and no more are used of an IPv6 one than: */
#define ACRI_SOURCE_TRIED 256u
#define ACRI_SOURCE_RANGE_MAX (UINT64_C(1) << 32)

struct acri_source_range {
    union acri_address first;
    uint64_t n;
};

struct acri_sources {
    size_t n; /* 0 = the system chooses */
    struct acri_source_range ranges[ACRI_SOURCE_RANGES_MAX];
};

/*
 * Add "10.0.0.5", "10.0.0.0/24" or the same of IPv6. The network's own address and, of IPv4, its
 * broadcast address are left out of a range, whatever the network.
 *
 * Returns: 0, or -EINVAL with its line.
 */
int acri_source_add(struct acri_sources *s, const char *text, struct acri_error *reterr);

/* How many addresses there are of a family: AF_INET, AF_INET6, or AF_UNSPEC for all. */
uint64_t acri_source_count(const struct acri_sources *s, int family);

/* Bind a socket to each address (to ACRI_SOURCE_TRIED of a long range, spread over it). Returns: 0,
 * or a negative errno with its line. */
int acri_source_try(const struct acri_sources *s, struct acri_error *reterr);

/* Whose turn it is, on one loop. Thread: that loop's. */
struct acri_source_turn {
    const struct acri_sources *sources;
    uint64_t next_v4;
    uint64_t next_v6;
};

/* Loops begin at different addresses. */
void acri_source_turn_init(struct acri_source_turn *t, const struct acri_sources *s, size_t loop,
                           size_t n_loops);

/* Whether a socket of the family can leave from here. */
bool acri_source_serves(const struct acri_source_turn *t, int family);

/*
 * Bind a socket that is about to connect to the address whose turn it is; its port is chosen when
 * it connects, so that one port serves many peers.
 *
 * Returns: 0, also when there is nothing to bind to; a negative errno.
 */
int acri_source_bind(struct acri_source_turn *t, int fd, int family);

#endif
