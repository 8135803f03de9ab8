/* SPDX-License-Identifier: MIT */
/*
 * The order of a host's addresses with --dns-select other than `first`, and those that --allow-host
 * leaves: they are asked for by the runtime, which keeps and orders them, and given to curl, which
 * then asks nobody. Not for proxies.
 */
#ifndef ACRIDA_HTTP_CURL_NAMES_H
#define ACRIDA_HTTP_CURL_NAMES_H

#include "curl_transfer.h"

/* Whether the run wants an order or a choice of its own. */
bool http_curl_names_are_ordered(void);

/*
 * Before a hop: notes the addresses in the user's loop for http_curl_names_tell. May finish the
 * hop, when there are none. Yields.
 *
 * Returns: whether the hop can begin.
 */
bool http_curl_names_ask(struct http_exchange *x, struct http_curl_user *user);

/* Gives the transfer what was noted, if anything was. NULL, or why that failed. */
const char *http_curl_names_tell(struct http_curl_transfer *t);

#endif
