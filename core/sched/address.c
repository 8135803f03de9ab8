/* SPDX-License-Identifier: MIT */
#include "sched/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

static const struct scheme {
    const char *prefix;
    enum acri_target_transport transport;
} schemes[] = {
    { "tcp://", ACRI_TRANSPORT_TCP }, { "tls://", ACRI_TRANSPORT_TLS },
    { "udp://", ACRI_TRANSPORT_UDP }, { "unix://", ACRI_TRANSPORT_UNIX },
    { "unix:", ACRI_TRANSPORT_UNIX },
};

static int parse_port(const char *text, uint16_t *ret_port)
{
    uint32_t port = 0;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return -EINVAL;
        port = port * 10 + (uint32_t)(*at - '0');
        if (port > 65535)
            return -EINVAL;
    }
    if (port == 0)
        return -EINVAL;
    *ret_port = (uint16_t)port;
    return 0;
}

/* "host:port", "[::1]:port". */
static int parse_host_port(const char *text, struct acri_target *t)
{
    const char *colon = strrchr(text, ':');
    const char *host = text;
    size_t n;

    if (colon == NULL || parse_port(colon + 1, &t->port) < 0)
        return -EINVAL;
    n = (size_t)(colon - text);
    if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
        host++;
        n -= 2;
    } else if (memchr(host, ':', n) != NULL) {
        return -EINVAL; /* an IPv6 number without brackets, or another scheme */
    }
    if (n == 0 || n >= sizeof(t->host))
        return -EINVAL;
    memcpy(t->host, host, n);
    return 0;
}

int acri_target_parse(const char *text, struct acri_target *ret_target, struct acri_error *reterr)
{
    const char *rest = text != NULL ? text : "";

    *ret_target = (struct acri_target){ .transport = ACRI_TRANSPORT_TCP };
    if (strcmp(rest, "udp:") == 0) {
        ret_target->transport = ACRI_TRANSPORT_UDP;
        return 0;
    }
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t n = strlen(schemes[i].prefix);

        if (strncmp(rest, schemes[i].prefix, n) != 0)
            continue;
        ret_target->transport = schemes[i].transport;
        rest += n;
        break;
    }
    if (ret_target->transport == ACRI_TRANSPORT_UNIX) {
        size_t n = strlen(rest);

        if (n == 0 || n >= sizeof(((struct sockaddr_un *)0)->sun_path))
            return acri_fail(reterr, -EINVAL, "'%.200s' has no path of 1 to 107 bytes", text);
        memcpy(ret_target->host, rest, n);
        return 0;
    }
    if (parse_host_port(rest, ret_target) < 0)
        return acri_fail(reterr, -EINVAL,
                         "'%.200s' is not where a socket can go: write tcp://HOST:PORT (tls, udp), "
                         "[IPv6]:PORT or unix:/PATH",
                         text != NULL ? text : "");
    return 0;
}

static int ask(const char *host, int flags, struct acri_addresses *ret)
{
    const struct addrinfo hints = { .ai_flags = flags, .ai_socktype = SOCK_STREAM };
    struct addrinfo *list = NULL;
    int r = getaddrinfo(host, NULL, &hints, &list);

    *ret = (struct acri_addresses){ 0 };
    if (r != 0)
        return r;
    for (const struct addrinfo *a = list; a != NULL && ret->n < ACRI_ADDRESSES_MAX;
         a = a->ai_next) {
        if ((a->ai_family == AF_INET || a->ai_family == AF_INET6) &&
            a->ai_addrlen <= sizeof(ret->list[0]))
            memcpy(&ret->list[ret->n++], a->ai_addr, a->ai_addrlen);
    }
    freeaddrinfo(list);
    return ret->n > 0 ? 0 : EAI_NONAME;
}

bool acri_address_of_number(const char *host, struct acri_addresses *ret_addresses)
{
    union acri_address *first = &ret_addresses->list[0];

    /* The usual one, once per connection: asking the resolver takes much longer. */
    memset(ret_addresses, 0, sizeof(*ret_addresses));
    if (inet_pton(AF_INET, host, &first->v4.sin_addr) == 1) {
        first->v4.sin_family = AF_INET;
        ret_addresses->n = 1;
        return true;
    }
    return ask(host, AI_NUMERICHOST, ret_addresses) == 0;
}

/* The length of a prefix in bits. Returns: 0 or -EINVAL. */
static int parse_prefix(const char *text, unsigned most, unsigned *ret_bits)
{
    unsigned bits = 0;

    if (*text == '\0' || strlen(text) > 3)
        return -EINVAL;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        bits = bits * 10 + (unsigned)(*text - '0');
    }
    *ret_bits = bits;
    return bits <= most ? 0 : -EINVAL;
}

int acri_address_parse_network(const char *text, union acri_address *ret_address,
                               unsigned *ret_bits, struct acri_error *reterr)
{
    const char *slash = strchr(text, '/');
    size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
    struct acri_addresses found;
    char address[80] = "";
    unsigned most;

    if (n > 0 && n < sizeof(address))
        memcpy(address, text, n);
    if (address[0] == '\0' || !acri_address_of_number(address, &found))
        return acri_fail(reterr, -EINVAL,
                         "'%.100s' is no address: write 10.0.0.5, 10.0.0.0/24, 2001:db8::5 or "
                         "2001:db8::/112",
                         text);
    *ret_address = found.list[0];
    most = ret_address->any.sa_family == AF_INET ? 32 : 128;
    *ret_bits = most;
    if (slash != NULL && parse_prefix(slash + 1, most, ret_bits) < 0)
        return acri_fail(reterr, -EINVAL, "'%.100s': behind the / stands a number from 0 to %u",
                         text, most);
    return 0;
}

int acri_address_look_up(const char *host, struct acri_addresses *ret_addresses,
                         struct acri_error *reterr)
{
    int r = ask(host, 0, ret_addresses);
    int code = -ENOENT;

    if (r == 0)
        return 0;
    if (r == EAI_AGAIN)
        code = -EAGAIN;
    else if (r == EAI_MEMORY)
        code = -ENOMEM;
    else if (r == EAI_SYSTEM && errno != 0)
        code = -errno;
    return acri_fail(reterr, code, "the name '%s' does not resolve: %s", host, gai_strerror(r));
}

void acri_address_rotate(struct acri_addresses *a, size_t first)
{
    const struct acri_addresses before = *a;

    for (size_t i = 0; i < a->n; i++)
        a->list[i] = before.list[(first + i) % a->n];
}

socklen_t acri_address_size(const union acri_address *a)
{
    return a->any.sa_family == AF_INET6 ? sizeof(a->v6) : sizeof(a->v4);
}

void acri_address_set_port(union acri_address *a, uint16_t port)
{
    if (a->any.sa_family == AF_INET6)
        a->v6.sin6_port = htons(port);
    else
        a->v4.sin_port = htons(port);
}
