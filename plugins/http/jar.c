/* SPDX-License-Identifier: MIT */
/* The cookies of one user. */
#include "jar.h"

#include "set_cookie.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    PER_DOMAIN = 50,
    IN_ALL = 300,
    FIRST_CAPACITY = 2,
    SENT_MAX = 150,       /* libcurl's, as are those of bytes */
    SENT_BYTES_MAX = 8190 /* what common servers take as a line */
};

struct cookie {
    int64_t expires_s; /* 0 = with the session */
    uint64_t serial;   /* a replaced one's is kept: it tells the age */
    size_t name_bytes;
    size_t value_bytes;
    size_t domain_bytes;
    size_t path_bytes;
    size_t match_bytes; /* of the path without a slash at its end: what requests are held against */
    bool is_wide;       /* for subdomains too */
    bool is_secure;
    bool is_http_only;
    char text[]; /* name=value, domain, path */
};

struct http_jar_cookies {
    size_t count;
    size_t capacity;
    uint64_t next_serial;
    struct cookie *items[]; /* in the order in which they are sent */
};

/* A cookie that is to be kept, in pieces. */
struct wanted {
    struct http_set_cookie c; /* domain and path are always there */
    bool is_wide;
};

/* Who asks: the parts of a URL that decide. */
struct site {
    const char *host;
    size_t host_bytes;
    const char *path;
    size_t path_bytes;
    bool is_trusted; /* TLS, or this machine: where secure cookies may come from and go to */
};

static const char *domain_of(const struct cookie *c)
{
    return c->text + c->name_bytes + 1 + c->value_bytes;
}

static const char *path_of(const struct cookie *c)
{
    return domain_of(c) + c->domain_bytes;
}

static bool is_text(const char *a, size_t a_bytes, const char *b)
{
    return a_bytes == strlen(b) && strncasecmp(a, b, a_bytes) == 0;
}

static bool is_address(const char *host, size_t bytes)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (memchr(host, ':', bytes) != NULL) {
        return true;
    }
    if (bytes >= sizeof text) {
        return false;
    }
    memcpy(text, host, bytes);
    text[bytes] = '\0';
    return inet_pton(AF_INET, text, &address) == 1;
}

static struct site site_of(const struct http_url *url)
{
    struct site s = { url->host, url->host_bytes, url->rest, strcspn(url->rest, "?#"), false };

    if (s.host_bytes >= 2 && s.host[0] == '[') {
        s.host++;
        s.host_bytes -= 2;
    }
    if (s.path_bytes == 0 || s.path[0] != '/') {
        s.path = "/";
        s.path_bytes = 1;
    }
    s.is_trusted = url->is_https || is_text(s.host, s.host_bytes, "localhost") ||
                   is_text(s.host, s.host_bytes, "127.0.0.1") ||
                   is_text(s.host, s.host_bytes, "::1");
    return s;
}

/* --- matching -----------------------------------------------------------------------------------
 */

static bool in_domain(const char *host, size_t host_bytes, const char *domain, size_t bytes)
{
    if (host_bytes == bytes) {
        return strncasecmp(host, domain, bytes) == 0;
    }
    const char *tail = host + host_bytes - bytes;
    return host_bytes > bytes && bytes > 0 && tail[-1] == '.' &&
           strncasecmp(tail, domain, bytes) == 0 && !is_address(host, host_bytes);
}

/* Whether a path is the other, or lies below it; that one has no slash at its end. */
static bool is_below(const char *path, size_t path_bytes, const char *upper, size_t bytes)
{
    return path_bytes >= bytes && memcmp(path, upper, bytes) == 0 &&
           (path_bytes == bytes || path[bytes] == '/');
}

static size_t match_bytes(const char *path, size_t bytes)
{
    return bytes > 0 && path[bytes - 1] == '/' ? bytes - 1 : bytes;
}

static bool is_expired(const struct cookie *c, int64_t now_s)
{
    return c->expires_s != 0 && c->expires_s < now_s;
}

static bool goes_to(const struct cookie *c, const struct site *s, int64_t now_s)
{
    if (c->is_secure && !s->is_trusted) {
        return false;
    }
    if (c->is_wide ? !in_domain(s->host, s->host_bytes, domain_of(c), c->domain_bytes)
                   : s->host_bytes != c->domain_bytes ||
                         strncasecmp(s->host, domain_of(c), c->domain_bytes) != 0) {
        return false;
    }
    return is_below(s->path, s->path_bytes, path_of(c), c->match_bytes) && !is_expired(c, now_s);
}

static bool has_name(const struct cookie *c, const struct http_set_cookie *w)
{
    return c->name_bytes == w->name_bytes && memcmp(c->text, w->name, w->name_bytes) == 0;
}

static bool has_domain(const struct cookie *c, const struct http_set_cookie *w)
{
    return c->domain_bytes == w->domain_bytes &&
           strncasecmp(domain_of(c), w->domain, w->domain_bytes) == 0;
}

/* --- the list -----------------------------------------------------------------------------------
 */

static void remove_at(struct http_jar_cookies *all, size_t i)
{
    free(all->items[i]);
    all->count--;
    memmove(&all->items[i], &all->items[i + 1], (all->count - i) * sizeof(void *));
}

static void remove_expired(struct http_jar_cookies *all, int64_t now_s)
{
    for (size_t i = all->count; i-- > 0;) {
        if (is_expired(all->items[i], now_s)) {
            remove_at(all, i);
        }
    }
}

/* Removes the oldest, of one domain or of all (NULL), when there are as many as there may be. */
static void make_room(struct http_jar_cookies *all, const struct http_set_cookie *domain,
                      size_t limit)
{
    size_t count = 0, oldest = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (domain == NULL || has_domain(all->items[i], domain)) {
            if (count == 0 || all->items[i]->serial < all->items[oldest]->serial) {
                oldest = i;
            }
            count++;
        }
    }
    if (count >= limit) {
        remove_at(all, oldest);
    }
}

static bool reserve_one(struct http_jar *jar)
{
    struct http_jar_cookies *all = jar->cookies;

    if (all != NULL && all->count < all->capacity) {
        return true;
    }
    size_t capacity = all == NULL ? FIRST_CAPACITY : all->capacity * 2;
    struct http_jar_cookies *bigger = realloc(all, sizeof(*bigger) + capacity * sizeof(void *));
    if (bigger == NULL) {
        return false;
    }
    if (all == NULL) {
        bigger->count = 0;
        bigger->next_serial = 0;
    }
    bigger->capacity = capacity;
    jar->cookies = bigger;
    return true;
}

static void give_back_if_empty(struct http_jar *jar)
{
    if (jar->cookies != NULL && jar->cookies->count == 0) {
        free(jar->cookies);
        jar->cookies = NULL;
    }
}

static struct cookie *new_cookie(const struct wanted *w)
{
    const struct http_set_cookie *c = &w->c;
    size_t bytes = c->name_bytes + 1 + c->value_bytes + c->domain_bytes + c->path_bytes;
    struct cookie *made = malloc(sizeof(*made) + bytes);

    if (made == NULL) {
        return NULL;
    }
    *made = (struct cookie){ .expires_s = c->expires_s,
                             .name_bytes = c->name_bytes,
                             .value_bytes = c->value_bytes,
                             .domain_bytes = c->domain_bytes,
                             .path_bytes = c->path_bytes,
                             .match_bytes = match_bytes(c->path, c->path_bytes),
                             .is_wide = w->is_wide,
                             .is_secure = c->is_secure,
                             .is_http_only = c->is_http_only };
    char *to = made->text;
    memcpy(to, c->name, c->name_bytes);
    to += c->name_bytes;
    *to++ = '=';
    memcpy(to, c->value, c->value_bytes);
    memcpy(to + c->value_bytes, c->domain, c->domain_bytes);
    memcpy(to + c->value_bytes + c->domain_bytes, c->path, c->path_bytes);
    return made;
}

/* Where the one is that is to be replaced; `count` when there is none. */
static size_t find(const struct http_jar_cookies *all, const struct wanted *w)
{
    size_t bytes = match_bytes(w->c.path, w->c.path_bytes);
    size_t i = 0;

    for (; i < all->count; i++) {
        const struct cookie *c = all->items[i];
        if (c->is_wide == w->is_wide && has_name(c, &w->c) && has_domain(c, &w->c) &&
            c->match_bytes == bytes && memcmp(path_of(c), w->c.path, bytes) == 0) {
            break;
        }
    }
    return i;
}

/* There is room for it. */
static void insert(struct http_jar_cookies *all, struct cookie *c)
{
    size_t at = all->count;

    while (at > 0 && all->items[at - 1]->match_bytes < c->match_bytes) {
        at--;
    }
    memmove(&all->items[at + 1], &all->items[at], (all->count - at) * sizeof(void *));
    all->items[at] = c;
    all->count++;
}

static bool put(struct http_jar *jar, const struct wanted *w)
{
    struct cookie *c = new_cookie(w);

    if (c == NULL || !reserve_one(jar)) {
        free(c);
        return false;
    }
    struct http_jar_cookies *all = jar->cookies;
    size_t i = find(all, w);
    if (i < all->count) {
        c->serial = all->items[i]->serial;
        free(all->items[i]);
        all->items[i] = c;
        return true;
    }
    make_room(all, &w->c, PER_DOMAIN);
    make_room(all, NULL, IN_ALL);
    c->serial = all->next_serial++;
    insert(all, c);
    return true;
}

/* --- taking -------------------------------------------------------------------------------------
 */

/* What the names "__Secure-..." and "__Host-..." promise. */
static bool keeps_promise(const struct wanted *w)
{
    const struct http_set_cookie *c = &w->c;

    if (c->name_bytes >= 9 && strncasecmp(c->name, "__Secure-", 9) == 0) {
        return c->is_secure;
    }
    if (c->name_bytes >= 7 && strncasecmp(c->name, "__Host-", 7) == 0) {
        return c->is_secure && !w->is_wide && c->path_bytes == 1 && c->path[0] == '/';
    }
    return true;
}

/* Without encryption nobody may hide a cookie that was set with it. */
static bool would_hide_secure(const struct http_jar_cookies *all, const struct http_set_cookie *w)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct cookie *c = all->items[i];
        if (c->is_secure && has_name(c, w) && has_domain(c, w) &&
            is_below(w->path, match_bytes(w->path, w->path_bytes), path_of(c), c->match_bytes)) {
            return true;
        }
    }
    return false;
}

/* Fills in domain and path. Returns: whether this site may set it. */
static bool settle_scope(struct wanted *w, const struct site *s)
{
    struct http_set_cookie *c = &w->c;

    if (c->domain == NULL) {
        c->domain = s->host;
        c->domain_bytes = s->host_bytes;
    } else {
        bool is_host = c->domain_bytes == s->host_bytes;
        /* "com" is nobody's own, "localhost" is its host's. */
        if (!in_domain(s->host, s->host_bytes, c->domain, c->domain_bytes) ||
            (!is_host && memchr(c->domain, '.', c->domain_bytes) == NULL)) {
            return false;
        }
        w->is_wide = !is_address(s->host, s->host_bytes);
    }
    if (c->path == NULL) {
        const char *slash = memrchr(s->path, '/', s->path_bytes);
        c->path = s->path;
        c->path_bytes = (size_t)(slash - s->path) + 1;
    }
    return true;
}

bool http_jar_take(struct http_jar *jar, const struct http_url *url, const char *line,
                   int64_t now_s)
{
    struct site s = site_of(url);
    struct wanted w = { .is_wide = false };

    if (!http_set_cookie_parse(line, now_s, &w.c) || (w.c.is_secure && !s.is_trusted) ||
        !settle_scope(&w, &s) || !keeps_promise(&w)) {
        return true;
    }
    bool ok = true;
    if (jar->cookies != NULL) {
        remove_expired(jar->cookies, now_s);
        if (!w.c.is_secure && !s.is_trusted && would_hide_secure(jar->cookies, &w.c)) {
            return true;
        }
    }
    if (w.c.expires_s == 0 || w.c.expires_s >= now_s) {
        ok = put(jar, &w);
    } else if (jar->cookies != NULL) {
        size_t i = find(jar->cookies, &w);
        if (i < jar->cookies->count) {
            remove_at(jar->cookies, i);
        }
    }
    give_back_if_empty(jar);
    return ok;
}

/* --- sending ------------------------------------------------------------------------------------
 */

bool http_jar_line(const struct http_jar *jar, const struct http_url *url, int64_t now_s,
                   struct http_text *out)
{
    const struct http_jar_cookies *all = jar->cookies;
    size_t before = out->length;
    size_t count = 0;
    bool ok = true;

    if (all == NULL) {
        return true;
    }
    struct site s = site_of(url);
    for (size_t i = 0; ok && i < all->count && count < SENT_MAX; i++) {
        const struct cookie *c = all->items[i];
        size_t bytes = c->name_bytes + 1 + c->value_bytes;
        if (!goes_to(c, &s, now_s)) {
            continue;
        }
        if (out->length - before + bytes + 2 >= SENT_BYTES_MAX) {
            break;
        }
        ok = http_text_puts(out, count == 0 ? "Cookie: " : "; ") &&
             http_text_add(out, c->text, bytes);
        count++;
    }
    if (!ok && out->data != NULL) {
        out->length = before;
        out->data[before] = '\0';
    }
    return ok;
}

/* --- lines of a cookie file ---------------------------------------------------------------------
 */

enum { DOMAIN, SUBDOMAINS, PATH, SECURE, EXPIRY, NAME, VALUE, FIELDS };

static bool expiry_field(const char *text, int64_t *ret_s)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    *ret_s = value;
    return end != text && *end == '\t' && value >= 0;
}

bool http_jar_set(struct http_jar *jar, const char *line)
{
    static const char http_only[] = "#HttpOnly_";
    struct wanted w = { .is_wide = false };
    struct http_set_cookie *c = &w.c;
    const char *field[FIELDS];
    size_t bytes[FIELDS];

    c->is_http_only = strncmp(line, http_only, sizeof http_only - 1) == 0;
    line += c->is_http_only ? sizeof http_only - 1 : 0;
    for (int i = 0; i < FIELDS; i++) {
        field[i] = line;
        bytes[i] = strcspn(line, "\t\r\n");
        line += bytes[i];
        if (*line == '\t') {
            line++;
        } else if (i < VALUE) {
            return false;
        }
    }
    size_t dot = field[DOMAIN][0] == '.' ? 1 : 0;
    c->domain = field[DOMAIN] + dot;
    c->domain_bytes = bytes[DOMAIN] - dot;
    w.is_wide = is_text(field[SUBDOMAINS], bytes[SUBDOMAINS], "TRUE");
    bool has_path = field[PATH][0] == '/';
    c->path = has_path ? field[PATH] : "/";
    c->path_bytes = has_path ? bytes[PATH] : 1;
    c->is_secure = is_text(field[SECURE], bytes[SECURE], "TRUE");
    c->name = field[NAME];
    c->name_bytes = bytes[NAME];
    c->value = field[VALUE];
    c->value_bytes = bytes[VALUE];
    return expiry_field(field[EXPIRY], &c->expires_s) && c->domain_bytes > 0 &&
           c->domain[0] != '#' && c->name_bytes > 0 && keeps_promise(&w) && put(jar, &w);
}

static bool write_line(const struct cookie *c, struct http_text *out)
{
    char number[32];

    snprintf(number, sizeof number, "%lld", (long long)c->expires_s);
    return (!c->is_http_only || http_text_puts(out, "#HttpOnly_")) &&
           (!c->is_wide || http_text_put(out, '.')) &&
           http_text_add(out, domain_of(c), c->domain_bytes) &&
           http_text_puts(out, c->is_wide ? "\tTRUE\t" : "\tFALSE\t") &&
           http_text_add(out, path_of(c), c->path_bytes) &&
           http_text_puts(out, c->is_secure ? "\tTRUE\t" : "\tFALSE\t") &&
           http_text_puts(out, number) && http_text_put(out, '\t') &&
           http_text_add(out, c->text, c->name_bytes) && http_text_put(out, '\t') &&
           http_text_add(out, c->text + c->name_bytes + 1, c->value_bytes);
}

void http_jar_each(const struct http_jar *jar, int64_t now_s,
                   bool (*fn)(void *arg, const char *line), void *arg)
{
    const struct http_jar_cookies *all = jar->cookies;
    struct http_text line = { NULL, 0, 0 };

    for (size_t i = 0; all != NULL && i < all->count; i++) {
        http_text_clear(&line);
        if (!is_expired(all->items[i], now_s) &&
            (!write_line(all->items[i], &line) || !fn(arg, line.data))) {
            break;
        }
    }
    http_text_done(&line);
}

void http_jar_clear(struct http_jar *jar)
{
    while (jar->cookies != NULL && jar->cookies->count > 0) {
        free(jar->cookies->items[--jar->cookies->count]);
    }
    give_back_if_empty(jar);
}

void http_jar_free(struct http_jar *jar)
{
    http_jar_clear(jar);
}
