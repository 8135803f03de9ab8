/* SPDX-License-Identifier: MIT */
/* URLs: taking one apart, joining, following a Location. */
#include "url.h"

#include "encode.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char no_memory[] = "out of memory";
static const char invalid[] = "invalid URL";

bool http_url_is_absolute(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0;
}

/* Reads "host:port" or "[::1]:port" of `bytes` into the URL. */
static const char *split_authority(const char *text, size_t bytes, struct http_url *u)
{
    const char *end = text + bytes;
    const char *host_end = text;

    if (bytes > 0 && text[0] == '[') {
        host_end = memchr(text, ']', bytes);
        if (host_end == NULL) {
            return invalid;
        }
        host_end++;
    } else {
        while (host_end < end && *host_end != ':') {
            host_end++;
        }
    }
    u->host = text;
    u->host_bytes = (size_t)(host_end - text);
    u->port = u->is_https ? 443 : 80;
    if (u->host_bytes == 0 || (host_end < end && *host_end != ':')) {
        return invalid;
    }
    if (end - host_end <= 1) {
        return NULL; /* no port, or the empty one of "http://host:/" */
    }
    unsigned port = 0;
    for (const char *c = host_end + 1; c < end; c++) {
        if (*c < '0' || *c > '9') {
            return invalid;
        }
        port = port * 10 + (unsigned)(*c - '0');
        if (port > UINT16_MAX) {
            return invalid;
        }
    }
    u->port = (uint16_t)port;
    u->has_port = true;
    return NULL;
}

const char *http_url_split(const char *text, struct http_url *u)
{
    *u = (struct http_url){ .is_https = false };
    if (!http_url_is_absolute(text)) {
        return invalid;
    }
    u->is_https = text[4] == 's' || text[4] == 'S';
    const char *authority = text + (u->is_https ? 8 : 7);
    size_t bytes = strcspn(authority, "/?#");
    u->rest = authority + bytes;
    const char *at = memrchr(authority, '@', bytes);
    if (at != NULL) {
        u->userinfo = authority;
        u->userinfo_bytes = (size_t)(at - authority);
        bytes -= u->userinfo_bytes + 1;
        authority = at + 1;
    }
    for (size_t i = 0; i < bytes; i++) {
        if ((unsigned char)authority[i] <= ' ' || strchr("\"<>\\^`{|}\x7f", authority[i]) != NULL) {
            return invalid;
        }
    }
    return split_authority(authority, bytes, u);
}

bool http_url_same_origin(const char *a, const char *b)
{
    struct http_url ua, ub;

    return http_url_split(a, &ua) == NULL && http_url_split(b, &ub) == NULL &&
           ua.is_https == ub.is_https && ua.port == ub.port && ua.host_bytes == ub.host_bytes &&
           strncasecmp(ua.host, ub.host, ua.host_bytes) == 0;
}

/* "https://host:port" */
static bool put_origin(struct http_text *out, const struct http_url *u)
{
    bool ok = http_text_puts(out, u->is_https ? "https://" : "http://") &&
              http_text_add(out, u->host, u->host_bytes);
    if (ok && u->has_port) {
        const char *port = u->host + u->host_bytes;
        ok = http_text_add(out, port, strcspn(port, "/?#"));
    }
    return ok;
}

static const char *base_fill(struct http_url_base *base, const struct http_url *u)
{
    struct http_text text = { NULL, 0, 0 };
    struct http_text userinfo = { NULL, 0, 0 };
    size_t rest = strcspn(u->rest, "?#");

    base->ends_with_slash = rest > 0 && u->rest[rest - 1] == '/';
    while (rest > 0 && u->rest[rest - 1] == '/') {
        rest--;
    }
    bool ok = put_origin(&text, u);
    base->origin_bytes = text.length;
    ok = ok && http_encode_url(&text, u->rest, rest);
    if (ok && u->userinfo != NULL) {
        ok = http_encode_undo(&userinfo, u->userinfo, u->userinfo_bytes) &&
             http_text_puts(&userinfo, "");
    }
    if (!ok) {
        http_text_done(&text);
        http_text_done(&userinfo);
        return no_memory;
    }
    base->text = text.data;
    base->userinfo = userinfo.data;
    return NULL;
}

void http_url_base_init(struct http_url_base *base, const char *host)
{
    struct http_url u;

    *base = (struct http_url_base){ .text = NULL };
    if (host == NULL || host[0] == '\0') {
        base->error = "no host: give one with --host or in the user type";
        return;
    }
    if (!http_url_is_absolute(host)) {
        base->error = strstr(host, "://") == NULL
                          ? "host has no scheme: use http://... or https://..."
                          : "host has a scheme other than http:// and https://";
        return;
    }
    base->error = http_url_split(host, &u);
    if (base->error == NULL) {
        base->error = base_fill(base, &u);
    }
}

void http_url_base_done(struct http_url_base *base)
{
    free(base->text);
    free(base->userinfo);
    *base = (struct http_url_base){ .text = NULL };
}

/* Path, then query, without a fragment. `path` begins with '/', or is empty, or is a query. */
static bool put_rest(struct http_text *out, const char *path, const char *query)
{
    size_t bytes = strcspn(path, "#");
    bool has_query = memchr(path, '?', bytes) != NULL;

    if (!http_encode_url(out, path, bytes)) {
        return false;
    }
    if (query == NULL || query[0] == '\0') {
        return true;
    }
    query += query[0] == '?' || query[0] == '&';
    char last = out->length > 0 ? out->data[out->length - 1] : '\0';
    if (last != '?' && last != '&' && !http_text_put(out, has_query ? '&' : '?')) {
        return false;
    }
    return http_encode_url(out, query, strcspn(query, "#"));
}

static const char *join_base(struct http_text *out, const struct http_url_base *base,
                             const char *path)
{
    if (base->error != NULL) {
        return base->error;
    }
    bool had_slash = path[0] == '/';
    while (*path == '/') {
        path++;
    }
    bool is_bare = strcspn(path, "?#") == 0; /* "", "/", "?a=1": the base itself */
    bool base_has_path = base->text[base->origin_bytes] != '\0';
    bool needs_slash = !is_bare || had_slash || base->ends_with_slash || !base_has_path;
    return http_text_puts(out, base->text) && (!needs_slash || http_text_put(out, '/')) ? NULL
                                                                                        : no_memory;
}

const char *http_url_join(struct http_text *out, const struct http_url_base *base, const char *path,
                          const char *query, size_t *ret_path_at)
{
    struct http_url u;
    const char *error;

    if (!http_url_is_absolute(path)) {
        error = join_base(out, base, path);
        if (error != NULL) {
            return error;
        }
        *ret_path_at = base->origin_bytes;
        return put_rest(out, path + strspn(path, "/"), query) ? NULL : no_memory;
    }
    error = http_url_split(path, &u);
    if (error != NULL) {
        return error;
    }
    if (!put_origin(out, &u)) {
        return no_memory;
    }
    *ret_path_at = out->length;
    bool ok = (u.rest[0] == '/' || http_text_put(out, '/')) && put_rest(out, u.rest, query);
    return ok ? NULL : no_memory;
}

/* Resolves "." and ".." in the path that begins at `from`, in place. */
static void remove_dots(struct http_text *t, size_t from)
{
    size_t path_bytes = strcspn(t->data + from, "?");
    char *path = t->data + from;
    char *in = path, *end = path + path_bytes, *out = path;

    while (in < end) { /* `in` is at a slash */
        size_t segment = 1;
        while (in + segment < end && in[segment] != '/') {
            segment++;
        }
        bool is_last = in + segment == end;
        if (segment == 2 && in[1] == '.') {
            out += is_last ? (*out = '/', 1) : 0;
        } else if (segment == 3 && in[1] == '.' && in[2] == '.') {
            while (out > path && *--out != '/') {
            }
            out += is_last ? (*out = '/', 1) : 0;
        } else {
            memmove(out, in, segment);
            out += segment;
        }
        in += segment;
    }
    size_t tail = t->length - from - path_bytes;
    memmove(out, end, tail + 1);
    t->length = (size_t)(out - t->data) + tail;
}

/* A path relative to the folder of the current one, or a query that replaces its query. */
static bool put_relative(struct http_text *out, const struct http_url *current,
                         const char *location)
{
    size_t path = strcspn(current->rest, "?#");

    if (location[0] == '\0' || location[0] == '#') { /* the same document */
        return (current->rest[0] == '/' || http_text_put(out, '/')) &&
               http_encode_url(out, current->rest, strcspn(current->rest, "#"));
    }
    if (location[0] != '/' && location[0] != '?') {
        while (path > 0 && current->rest[path - 1] != '/') {
            path--;
        }
    }
    if (location[0] == '/') {
        path = 0;
    } else if (path == 0 && !http_text_put(out, '/')) {
        return false;
    }
    return http_encode_url(out, current->rest, path) &&
           http_encode_url(out, location, strcspn(location, "#"));
}

const char *http_url_resolve(struct http_text *out, const char *current, const char *location)
{
    struct http_url u;
    size_t ignored;

    location += strspn(location, " \t");
    if (http_url_is_absolute(location)) {
        const struct http_url_base none = { .text = NULL };
        return http_url_join(out, &none, location, NULL, &ignored);
    }
    size_t scheme =
        strspn(location, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-.0123456789");
    if (scheme > 0 && location[scheme] == ':') {
        return "redirected to something other than http:// and https://";
    }
    if (http_url_split(current, &u) != NULL) {
        return invalid;
    }
    if (location[0] == '/' && location[1] == '/') {
        struct http_text whole = { NULL, 0, 0 };
        const struct http_url_base none = { .text = NULL };
        const char *error = no_memory;
        if (http_text_puts(&whole, u.is_https ? "https:" : "http:") &&
            http_text_puts(&whole, location)) {
            error = http_url_join(out, &none, whole.data, NULL, &ignored);
        }
        http_text_done(&whole);
        return error;
    }
    if (!put_origin(out, &u)) {
        return no_memory;
    }
    size_t from = out->length;
    if (!put_relative(out, &u, location)) {
        return no_memory;
    }
    remove_dots(out, from);
    return NULL;
}
