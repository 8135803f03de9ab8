/* SPDX-License-Identifier: MIT */
/* Where requests come from. */
#include "guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 256

/* The name alone. Returns: false when it is no host. */
static bool split_host(const char *host, char name[HOST_MAX])
{
    const char *from = *host == '[' ? host + 1 : host;
    size_t n = strcspn(from, *host == '[' ? "]" : ":");
    const char *rest = from + n;

    if (n == 0 || n >= HOST_MAX || (*host == '[' && *rest != ']'))
        return false;
    rest += *host == '[';
    if (*rest == ':')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (*rest != '\0')
        return false;
    memcpy(name, from, n);
    name[n] = '\0';
    return true;
}

static bool is_address(const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

static bool is_local_name(const char *name)
{
    static const char ending[] = ".localhost";
    size_t n = strlen(name);

    return strcasecmp(name, "localhost") == 0 ||
           (n >= sizeof(ending) && strcasecmp(name + n - sizeof(ending) + 1, ending) == 0);
}

static bool is_listed(const char *name, const char *list)
{
    size_t length = strlen(name);

    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ", \t");

        if (n == length && strncasecmp(list, name, n) == 0)
            return true;
        list += n + strspn(list + n, ", \t");
    }
    return false;
}

bool web_guard_is_own(const char *host, const char *own_names)
{
    char name[HOST_MAX];

    return split_host(host, name) &&
           (is_address(name) || is_local_name(name) || is_listed(name, own_names));
}

/* "https://name:443" and a Host of "name" are the same place. */
static bool is_same_place(const char *origin, const char *host)
{
    bool is_tls = strncasecmp(origin, "https://", 8) == 0;
    bool is_plain = strncasecmp(origin, "http://", 7) == 0;
    const char *place = origin + (is_tls ? 8 : 7);
    const char *port = is_tls ? ":443" : ":80";
    size_t n = strlen(host);

    if (!is_tls && !is_plain)
        return false;
    if (strcasecmp(place, host) == 0)
        return true;
    if (strncasecmp(place, host, n) == 0 && strcmp(place + n, port) == 0)
        return true;
    n = strlen(place);
    return strncasecmp(place, host, n) == 0 && strcmp(host + n, port) == 0;
}

/* The listed names are those that a proxy in front of us has. */
static bool is_good_origin(const char *origin, const char *host, const char *own_names)
{
    const char *slashes = strstr(origin, "://");
    char name[HOST_MAX];

    if (host != NULL && is_same_place(origin, host))
        return true;
    return slashes != NULL && split_host(slashes + 3, name) && is_listed(name, own_names);
}

static bool is_good_site(const char *fetch_site)
{
    return strcasecmp(fetch_site, "same-origin") == 0 || strcasecmp(fetch_site, "none") == 0;
}

const char *web_guard_check(const struct web_guard_headers *h, const char *own_names, bool changes,
                            bool is_open)
{
    if (is_open && (h->host == NULL || !web_guard_is_own(h->host, own_names)))
        return "The name by which this server was asked is not its own; --web-allowed-host tells "
               "it of others.";
    if (!changes)
        return NULL;
    if (h->fetch_site != NULL && !is_good_site(h->fetch_site))
        return "A page of another site may not do this.";
    if (h->origin != NULL && !is_good_origin(h->origin, h->host, own_names))
        return "A page of another origin may not do this.";
    return NULL;
}

bool web_guard_is_loopback(const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, address, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, address, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return is_local_name(address);
}
