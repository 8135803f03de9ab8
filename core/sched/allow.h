/* SPDX-License-Identifier: MIT */
/*
 * Which hosts may be spoken to: names ("example.com", "*.example.com"), addresses and networks. A
 * name in the list may have any address; an address in the list may have any name.
 *
 * Thread: set up by one; then any.
 */
#ifndef ACRIDA_SCHED_ALLOW_H
#define ACRIDA_SCHED_ALLOW_H

#include "sched/address.h"

struct acri_allow_entry {
    char *name;             /* NULL: the network */
    union acri_address net; /* its first `bits` bits count */
    unsigned bits;
};

/* Zeroed: all may. NULL is read as that, too. */
struct acri_allow {
    struct acri_allow_entry *entries; /* n elements */
    size_t n;
};
void acri_allow_done(struct acri_allow *a);

/* Add an entry. Returns: 0, or -EINVAL with its line. */
int acri_allow_add(struct acri_allow *a, const char *text, struct acri_error *reterr);

/* By its name; a number (IPv6 ones in brackets or not) as the address that it is. */
bool acri_allow_host(const struct acri_allow *a, const char *host);

/* Of the addresses of a host, leave those that may be spoken to. Returns: 0, or -EACCES with its
 * line: there are none. */
int acri_allow_filter(const struct acri_allow *a, const char *host,
                      struct acri_addresses *addresses, struct acri_error *reterr);

/* The host of a URL, whose name is looked up when need be (blocks). Returns: 0, or -EACCES with its
 * line. */
int acri_allow_check_url(const struct acri_allow *a, const char *url, struct acri_error *reterr);

#endif
