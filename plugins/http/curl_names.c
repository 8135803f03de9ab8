/* SPDX-License-Identifier: MIT */
/* The order of a host's addresses. */
#include "curl_names.h"

#include "curl_allow.h"
#include "failure.h"
#include "profile.h"
#include "url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ADDRESSES_MAX = 16 };

bool http_curl_names_are_ordered(void)
{
    const char *how = acr_option_string("dns-select");

    return http_curl_allow_is_limited() || (how[0] != '\0' && strcmp(how, "first") != 0);
}

/* Of the host, when it is a name that curl would look up. */
static bool name_of(const struct http_exchange *x, const struct http_settings *s, char *to,
                    size_t to_bytes, uint16_t *ret_port)
{
    struct http_url url;

    if (s->proxy != NULL || s->unix_socket != NULL || http_url_split(x->url, &url) != NULL ||
        url.host[0] == '[' || url.host_bytes >= to_bytes) {
        return false;
    }
    memcpy(to, url.host, url.host_bytes);
    to[url.host_bytes] = '\0';
    *ret_port = url.port;
    return to[strspn(to, "0123456789.")] != '\0'; /* curl reads numbers itself */
}

/* A number for a host and port, never 0 (FNV-1a). */
static uint64_t number_of(const char *name, uint16_t port)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ port;

    for (; *name != '\0'; name++) {
        h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    }
    return h | 1;
}

/* "+name:80:127.0.0.1,[::1]": the + lets curl forget it after a while. */
static bool write_line(struct http_text *line, const char *name, uint16_t port,
                       const struct sockaddr_storage *list, int n)
{
    char text[INET6_ADDRSTRLEN + 8];

    snprintf(text, sizeof text, ":%u:", port);
    bool ok = http_text_put(line, '+') && http_text_puts(line, name) && http_text_puts(line, text);
    for (int i = 0; i < n && ok; i++) {
        char number[INET6_ADDRSTRLEN] = "";
        bool is_v6 = list[i].ss_family == AF_INET6;
        inet_ntop(list[i].ss_family,
                  is_v6 ? (const void *)&((const struct sockaddr_in6 *)&list[i])->sin6_addr
                        : (const void *)&((const struct sockaddr_in *)&list[i])->sin_addr,
                  number, sizeof number);
        snprintf(text, sizeof text, is_v6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", number);
        ok = http_text_puts(line, text);
    }
    return ok;
}

static void fail(struct http_exchange *x, int r, double connect_timeout_s)
{
    if (r != -ETIMEDOUT) {
        http_exchange_finish(x, r == -EACCES ? HTTP_FAILURE_ALLOW : HTTP_FAILURE_NAME);
        return;
    }
    snprintf(x->error_text, sizeof x->error_text, HTTP_FAILURE_CONNECT_TIMEOUT, connect_timeout_s);
    http_exchange_finish(x, x->error_text);
}

bool http_curl_names_ask(struct http_exchange *x, struct http_curl_user *user)
{
    const struct http_settings *s = user->profile->settings;
    struct http_curl_loop *loop = user->profile->loop;
    struct sockaddr_storage list[ADDRESSES_MAX];
    char name[256];
    uint16_t port;

    if (loop->limits_hosts && !http_curl_allow_hop(x, s)) {
        http_exchange_finish(x, HTTP_FAILURE_ALLOW);
        return false;
    }
    if (!name_of(x, s, name, sizeof name, &port)) {
        http_text_clear(&loop->addresses);
        return true;
    }
    /* Who has a connection will use it. Should it be dead, what others were told last will do. */
    uint64_t number = number_of(name, port);
    if (user->told == number && user->first_fd >= 0 && !user->wants_fresh) {
        http_text_clear(&loop->addresses);
        return true;
    }
    user->told = number;
    uint64_t began = acr_now_ns();
    int n = acr_resolve_host(x->u, name, port, http_exchange_connect_s(x, s->connect_timeout_s),
                             list, ADDRESSES_MAX);
    /* Others have used the loop's line meanwhile. */
    http_text_clear(&loop->addresses);
    loop->asked_ms = (double)(acr_now_ns() - began) / 1e6;
    bool is_late = x->deadline_ns != 0 && acr_now_ns() >= x->deadline_ns;
    if (n == -ECANCELED || (n == -ETIMEDOUT && is_late)) {
        return false; /* whoever waits for the hop finds that out for himself */
    }
    if (n < 0) {
        fail(x, n, s->connect_timeout_s);
        return false;
    }
    if ((n > 1 || loop->limits_hosts) && !write_line(&loop->addresses, name, port, list, n)) {
        http_exchange_finish(x, HTTP_FAILURE_MEMORY);
        return false;
    }
    return true;
}

const char *http_curl_names_tell(struct http_curl_transfer *t)
{
    const struct http_text *line = &t->profile->loop->addresses;

    t->asked_ms = t->profile->loop->asked_ms;
    t->profile->loop->asked_ms = 0;
    if (line->length == 0) {
        if (t->addresses.length > 0) {
            curl_easy_setopt(t->easy, CURLOPT_RESOLVE, NULL);
            http_text_clear(&t->addresses);
        }
        return NULL;
    }
    /* curl keeps the list until it begins. */
    http_text_clear(&t->addresses);
    if (!http_text_puts(&t->addresses, line->data)) {
        return HTTP_FAILURE_MEMORY;
    }
    t->addresses_node = (struct curl_slist){ .data = t->addresses.data };
    curl_easy_setopt(t->easy, CURLOPT_RESOLVE, &t->addresses_node);
    return NULL;
}
