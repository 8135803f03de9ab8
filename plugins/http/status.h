/* SPDX-License-Identifier: MIT */
/* What HTTP statuses are called, and the text of a failure because of one. */
#ifndef ACRIDA_HTTP_STATUS_H
#define ACRIDA_HTTP_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/* "Not Found"; "Unknown" for a status without a registered phrase. */
const char *http_status_phrase(int status);

/* As Locust's HttpUser: no answer and 400 to 599 fail, everything else succeeds. */
bool http_status_is_failure(int status);

/*
 * "404 Client Error: Not Found for url: <name>", cut to fit. The phrase is the registered one, not
 * the server's, and the url is the request's statistics name: so failures group.
 */
void http_status_error(char *to, size_t to_bytes, int status, const char *name);

#endif
