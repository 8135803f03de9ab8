/* SPDX-License-Identifier: MIT */
/* Only to hosts that are allowed. */
#include "curl_allow.h"

#include "profile.h"
#include "url.h"

#include <acrida/client.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { HOST_BYTES = 256 };

bool http_curl_allow_is_limited(void)
{
    return acr_option_string("allow-host")[0] != '\0';
}

/* Of the URL, with the brackets of IPv6. */
static bool host_of(const struct http_exchange *x, char to[HOST_BYTES])
{
    struct http_url url;

    if (http_url_split(x->url, &url) != NULL || url.host_bytes >= HOST_BYTES) {
        return false;
    }
    memcpy(to, url.host, url.host_bytes);
    to[url.host_bytes] = '\0';
    return true;
}

/* "[scheme://][user:password@]host[:port]" */
static bool proxy_host(const char *proxy, char to[HOST_BYTES])
{
    const char *host = strstr(proxy, "://");
    const char *at;
    size_t n;

    host = host != NULL ? host + 3 : proxy;
    n = strcspn(host, "/?#");
    for (at = host + n; at > host && at[-1] != '@'; at--) {
    }
    n -= (size_t)(at - host);
    host = at;
    for (size_t i = host[0] == '[' ? strcspn(host, "]") : 0; i < n; i++) {
        if (host[i] == ':') {
            n = i;
        }
    }
    snprintf(to, HOST_BYTES, "%.*s", (int)n, host);
    return n > 0 && n < HOST_BYTES;
}

/* One whose addresses decide, once they are known. */
static bool is_name(const char *host)
{
    return host[0] != '[' && host[strspn(host, "0123456789.")] != '\0';
}

bool http_curl_allow_hop(const struct http_exchange *x, const struct http_settings *s)
{
    char host[HOST_BYTES];

    if (s->unix_socket != NULL) {
        return acr_host_is_allowed(x->u, "");
    }
    if (!host_of(x, host)) {
        return true; /* it is no URL, and fails as such */
    }
    if (s->proxy == NULL) {
        return is_name(host) || acr_host_is_allowed(x->u, host);
    }
    return acr_host_is_allowed(x->u, host) && proxy_host(s->proxy, host) &&
           acr_host_is_allowed(x->u, host);
}

bool http_curl_allow_socket(const struct http_curl_transfer *t, const struct curl_sockaddr *to)
{
    const struct http_settings *s = t->profile->settings;
    const struct sockaddr *a = &to->addr;
    char text[INET6_ADDRSTRLEN] = "";
    char host[HOST_BYTES];

    if (!t->profile->loop->limits_hosts || s->proxy != NULL || s->unix_socket != NULL) {
        return true;
    }
    if (host_of(t->x, host) && acr_host_is_allowed(t->x->u, host)) {
        return true;
    }
    if (to->family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, text,
                  sizeof text);
    } else if (to->family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, text,
                  sizeof text);
    }
    return text[0] != '\0' && acr_host_is_allowed(t->x->u, text);
}
