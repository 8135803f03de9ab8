/* SPDX-License-Identifier: MIT */
#include "sched/allow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

void acri_allow_done(struct acri_allow *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->entries[i].name);
    free(a->entries);
    *a = (struct acri_allow){ 0 };
}

/* --- addresses ----------------------------------------------------------------------------------
 */

/* The bits of an address; those of an IPv4 one within IPv6 are the IPv4 one's. */
static const uint8_t *bytes_of(const union acri_address *a, size_t *ret_n)
{
    const uint8_t *v6 = a->v6.sin6_addr.s6_addr;

    *ret_n = 4;
    if (a->any.sa_family != AF_INET6)
        return (const uint8_t *)&a->v4.sin_addr;
    if (IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr))
        return v6 + 12;
    *ret_n = 16;
    return v6;
}

static bool holds(const struct acri_allow_entry *e, const union acri_address *a)
{
    size_t n_net;
    size_t n;
    const uint8_t *net = bytes_of(&e->net, &n_net);
    const uint8_t *bytes = bytes_of(a, &n);
    unsigned whole = e->bits / 8;
    unsigned mask = 0xff00u >> e->bits % 8;

    return n == n_net && memcmp(net, bytes, whole) == 0 &&
           (e->bits % 8 == 0 || ((net[whole] ^ bytes[whole]) & mask & 0xff) == 0);
}

static bool has_address(const struct acri_allow *a, const union acri_address *address)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->entries[i].name == NULL && holds(&a->entries[i], address))
            return true;
    return false;
}

/* --- names --------------------------------------------------------------------------------------
 */

int acri_allow_add(struct acri_allow *a, const char *text, struct acri_error *reterr)
{
    struct acri_allow_entry e = { 0 };
    struct acri_error ignored;
    size_t n = strlen(text);

    if (acri_address_parse_network(text, &e.net, &e.bits, &ignored) < 0) {
        const char *name = strncmp(text, "*.", 2) == 0 ? text + 2 : text;

        if (strchr(text, '/') != NULL)
            return acri_fail(reterr, -EINVAL, "'%.200s' is no network: write 10.0.0.0/8", text);
        if (name[0] == '\0' || name[0] == '.' || name[strspn(name, NAME_CHARACTERS)] != '\0')
            return acri_fail(reterr, -EINVAL,
                             "'%.200s' is no host: write example.com, *.example.com, 10.0.0.5 or "
                             "10.0.0.0/8, without a port",
                             text);
        e.name = acri_strdup(text);
        if (e.name[n - 1] == '.')
            e.name[n - 1] = '\0';
    } else if (e.net.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&e.net.v6.sin6_addr)) {
        e.bits = e.bits > 96 ? e.bits - 96 : 0;
    }
    a->entries = acri_realloc(a->entries, (a->n + 1) * sizeof(*a->entries));
    a->entries[a->n++] = e;
    return 0;
}

/* "*.example.com" is what ends in ".example.com", and not that itself. */
static bool is_called(const char *pattern, const char *host, size_t n)
{
    size_t n_tail;

    if (pattern[0] != '*')
        return strlen(pattern) == n && strncasecmp(pattern, host, n) == 0;
    n_tail = strlen(pattern + 1);
    return n > n_tail && strncasecmp(host + n - n_tail, pattern + 1, n_tail) == 0;
}

/* Without the brackets of IPv6. Returns: whether it is a number. */
static bool read_number(const char *host, struct acri_addresses *ret)
{
    char number[ACRI_HOST_MAX];
    size_t n = strlen(host);

    if (n == 0 || n >= sizeof(number))
        return false;
    memcpy(number, host, n + 1);
    if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
        memmove(number, number + 1, n - 2);
        number[n - 2] = '\0';
    }
    return acri_address_of_number(number, ret) && ret->n > 0;
}

bool acri_allow_host(const struct acri_allow *a, const char *host)
{
    struct acri_addresses number;
    size_t n = strlen(host);

    if (a == NULL || a->n == 0)
        return true;
    n -= n > 0 && host[n - 1] == '.';
    for (size_t i = 0; i < a->n; i++)
        if (a->entries[i].name != NULL && is_called(a->entries[i].name, host, n))
            return true;
    return read_number(host, &number) && has_address(a, &number.list[0]);
}

static int refuse(const char *host, struct acri_error *reterr)
{
    return acri_fail(reterr, -EACCES, "%.200s is not among the hosts of --allow-host", host);
}

int acri_allow_filter(const struct acri_allow *a, const char *host,
                      struct acri_addresses *addresses, struct acri_error *reterr)
{
    size_t n = 0;

    if (acri_allow_host(a, host))
        return 0;
    for (size_t i = 0; i < addresses->n; i++)
        if (has_address(a, &addresses->list[i]))
            addresses->list[n++] = addresses->list[i];
    addresses->n = n;
    return n > 0 ? 0 : refuse(host, reterr);
}

/* "scheme://user@host:port/path": the host, with its brackets. Returns: whether there is one. */
static bool host_of(const char *url, char ret_host[ACRI_HOST_MAX])
{
    const char *at = strstr(url, "://");
    const char *host = at != NULL ? at + 3 : url;
    size_t n = strcspn(host, "/?#");
    const char *user = memrchr(host, '@', n);

    if (user != NULL) {
        n -= (size_t)(user + 1 - host);
        host = user + 1;
    }
    n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    if (n == 0 || n >= ACRI_HOST_MAX || strnlen(host, n) < n)
        return false;
    memcpy(ret_host, host, n);
    ret_host[n] = '\0';
    return true;
}

int acri_allow_check_url(const struct acri_allow *a, const char *url, struct acri_error *reterr)
{
    struct acri_addresses addresses;
    struct acri_error ignored;
    char host[ACRI_HOST_MAX];

    if (a == NULL || a->n == 0 || !host_of(url, host) || acri_allow_host(a, host))
        return 0;
    /* Where a name leads is known only when it is; one that does not resolve is the run's matter.
     */
    if (read_number(host, &addresses))
        return refuse(host, reterr);
    if (acri_address_look_up(host, &addresses, &ignored) < 0) {
        for (size_t i = 0; i < a->n; i++)
            if (a->entries[i].name == NULL)
                return 0;
        return refuse(host, reterr);
    }
    return acri_allow_filter(a, host, &addresses, reterr);
}
