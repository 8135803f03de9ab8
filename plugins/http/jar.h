/* SPDX-License-Identifier: MIT */
/*
 * The cookies of one user: what servers set, and what goes with a request (RFC 6265, section 5,
 * with libcurl's leniencies, so that scenarios see the same with each engine).
 *
 * An empty jar is a pointer and owns nothing. Times are seconds since 1970.
 */
#ifndef ACRIDA_HTTP_JAR_H
#define ACRIDA_HTTP_JAR_H

#include "text.h"
#include "url.h"

struct http_jar_cookies;

/* All zero when new. */
struct http_jar {
    struct http_jar_cookies *cookies; /* owned; NULL when there are none */
};

static inline bool http_jar_is_empty(const struct http_jar *jar)
{
    return jar->cookies == NULL;
}

/*
 * Takes the value of a Set-Cookie line that came as answer to a request for `url`. One that may not
 * be set from there is ignored, an expired one deletes its predecessor. Of a domain the newest 50
 * are kept, 300 in all.
 *
 * Returns: false when out of memory; the jar is then as it was.
 */
bool http_jar_take(struct http_jar *jar, const struct http_url *url, const char *line,
                   int64_t now_s);

/*
 * Appends "Cookie: a=b; c=d" with what goes to `url`, without a line end; nothing when there is
 * none. Longer paths come first, then older cookies; up to 150 of them and 8,190 bytes.
 *
 * Returns: false when out of memory; the text is then as it was.
 */
bool http_jar_line(const struct http_jar *jar, const struct http_url *url, int64_t now_s,
                   struct http_text *out);

/*
 * Sets the cookie of a line as in cookies.h: domain, whether subdomains too, path, secure, expiry,
 * name, value, separated by tabs; "#HttpOnly_" may stand before it.
 *
 * Returns: false when it is no such line, or out of memory; the jar is then as it was.
 */
bool http_jar_set(struct http_jar *jar, const char *line);

/*
 * Calls `fn` with the line of each cookie that has not expired, in the order of http_jar_line,
 * until it returns false. It must not change the jar; the line is gone afterwards.
 */
void http_jar_each(const struct http_jar *jar, int64_t now_s,
                   bool (*fn)(void *arg, const char *line), void *arg);

/* Forgets all of them; the jar can go on, and owns nothing. */
void http_jar_clear(struct http_jar *jar);
/* The same, for the end of a user. */
void http_jar_free(struct http_jar *jar);

#endif
