/* SPDX-License-Identifier: MIT */
#include "sched/source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/* --- reading ------------------------------------------------------------------------------------
 */

/* The bytes of an address. Returns: how many. */
static size_t bytes_of(union acri_address *a, uint8_t **ret_bytes)
{
    if (a->any.sa_family == AF_INET6) {
        *ret_bytes = a->v6.sin6_addr.s6_addr;
        return 16;
    }
    *ret_bytes = (uint8_t *)&a->v4.sin_addr;
    return 4;
}

static void add_to(union acri_address *a, uint64_t n)
{
    uint8_t *bytes;

    for (size_t i = bytes_of(a, &bytes); i-- > 0 && n > 0; n >>= 8) {
        n += bytes[i];
        bytes[i] = (uint8_t)(n & 0xff);
    }
}

/* From an address in a network to the addresses that can be used in it. */
static void span(struct acri_source_range *r, unsigned bits)
{
    bool is_v4 = r->first.any.sa_family == AF_INET;
    uint8_t *bytes;
    unsigned n_bits = 8 * (unsigned)bytes_of(&r->first, &bytes);

    for (unsigned i = bits; i < n_bits; i++)
        bytes[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
    r->n = n_bits - bits < 32 ? UINT64_C(1) << (n_bits - bits) : ACRI_SOURCE_RANGE_MAX;
    if (n_bits - bits < 2)
        return;
    add_to(&r->first, 1);
    r->n -= is_v4 ? 2 : 1;
}

int acri_source_add(struct acri_sources *s, const char *text, struct acri_error *reterr)
{
    struct acri_source_range r = { .n = 1 };
    unsigned bits;
    int code = acri_address_parse_network(text, &r.first, &bits, reterr);

    if (code < 0)
        return code;
    span(&r, bits);
    if (s->n == ACRI_SOURCE_RANGES_MAX)
        return acri_fail(reterr, -EINVAL, "more than %u addresses: write them as ranges",
                         ACRI_SOURCE_RANGES_MAX);
    s->ranges[s->n++] = r;
    return 0;
}

/* --- counting -----------------------------------------------------------------------------------
 */

static bool is_of(const struct acri_source_range *r, int family)
{
    return family == AF_UNSPEC || r->first.any.sa_family == family;
}

uint64_t acri_source_count(const struct acri_sources *s, int family)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (is_of(&s->ranges[i], family))
            n += s->ranges[i].n;
    return n;
}

/* The address of that number, less than the count. */
static union acri_address address_at(const struct acri_sources *s, int family, uint64_t at)
{
    union acri_address a;
    size_t i = 0;

    while (!is_of(&s->ranges[i], family) || at >= s->ranges[i].n) {
        if (is_of(&s->ranges[i], family))
            at -= s->ranges[i].n;
        i++;
    }
    a = s->ranges[i].first;
    add_to(&a, at);
    return a;
}

/* --- binding ------------------------------------------------------------------------------------
 */

static int bind_to(int fd, const union acri_address *a)
{
    const int on = 1;

    /* Without it (Linux before 4.2) each connection would need a port of its own. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    return bind(fd, &a->any, acri_address_size(a)) < 0 ? -errno : 0;
}

static int try_one(const union acri_address *a, struct acri_error *reterr)
{
    int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int r = fd < 0 ? -errno : bind_to(fd, a);
    char text[INET6_ADDRSTRLEN] = "";

    if (fd >= 0)
        close(fd);
    if (r == 0)
        return 0;
    inet_ntop(a->any.sa_family,
              a->any.sa_family == AF_INET6 ? (const void *)&a->v6.sin6_addr
                                           : (const void *)&a->v4.sin_addr,
              text, sizeof(text));
    return acri_fail(reterr, r, "connections cannot leave from %s: %s%s", text, strerror(-r),
                     r == -EADDRNOTAVAIL ? "; give it to an interface (ip address add), or leave "
                                           "it out of --source-address"
                                         : "");
}

int acri_source_try(const struct acri_sources *s, struct acri_error *reterr)
{
    int r = 0;

    for (size_t i = 0; i < s->n && r == 0; i++) {
        const struct acri_source_range *range = &s->ranges[i];
        uint64_t n = range->n < ACRI_SOURCE_TRIED ? range->n : ACRI_SOURCE_TRIED;

        for (uint64_t k = 0; k < n && r == 0; k++) {
            union acri_address a = range->first;

            add_to(&a, n > 1 ? k * (range->n - 1) / (n - 1) : 0);
            r = try_one(&a, reterr);
        }
    }
    return r;
}

void acri_source_turn_init(struct acri_source_turn *t, const struct acri_sources *s, size_t loop,
                           size_t n_loops)
{
    *t = (struct acri_source_turn){ .sources = s };
    if (s == NULL || s->n == 0 || n_loops == 0)
        return;
    t->next_v4 = acri_source_count(s, AF_INET) * (loop % n_loops) / n_loops;
    t->next_v6 = acri_source_count(s, AF_INET6) * (loop % n_loops) / n_loops;
}

bool acri_source_serves(const struct acri_source_turn *t, int family)
{
    return t->sources == NULL || t->sources->n == 0 || acri_source_count(t->sources, family) > 0;
}

int acri_source_bind(struct acri_source_turn *t, int fd, int family)
{
    uint64_t *next = family == AF_INET6 ? &t->next_v6 : &t->next_v4;
    union acri_address a;
    uint64_t n;

    if (t->sources == NULL || t->sources->n == 0 || (family != AF_INET && family != AF_INET6))
        return 0;
    n = acri_source_count(t->sources, family);
    if (n == 0)
        return -EAFNOSUPPORT;
    a = address_at(t->sources, family, *next % n);
    *next = (*next + 1) % n;
    return bind_to(fd, &a);
}
