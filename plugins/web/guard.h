/* SPDX-License-Identifier: MIT */
/*
 * Whether a request comes from where it should: pages of other sites make browsers send requests,
 * and names of other sites may lead here (DNS rebinding).
 *
 * Programs send none of the headers looked at but Host, and pass. Thread: any.
 */
#ifndef ACRIDA_WEB_GUARD_H
#define ACRIDA_WEB_GUARD_H

#include <stdbool.h>

/* As the request has them; NULL = it has none. */
struct web_guard_headers {
    const char *host;
    const char *origin;
    const char *fetch_site; /* Sec-Fetch-Site */
};

/* Whether a host, "name", "name:port" or "[address]:port", is an address or a name of this machine
 * for itself ("localhost"), or one of those in own_names (separated by commas or spaces; NULL =
 * none). No page of another site has such a name. */
bool web_guard_is_own(const char *host, const char *own_names);

/*
 * Check a request. changes: it would change something. is_open: nobody has to log in, so the host
 * has to be one of our own.
 *
 * Returns: NULL when it passes, else why not: a sentence.
 */
const char *web_guard_check(const struct web_guard_headers *h, const char *own_names, bool changes,
                            bool is_open);

/* Whether an address to listen on, as given, is this machine's for itself. */
bool web_guard_is_loopback(const char *address);

#endif
