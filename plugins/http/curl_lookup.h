/* SPDX-License-Identifier: MIT */
/*
 * One name look-up at a time per host and loop.
 *
 * libcurl's resolver starts a thread for each look-up that its cache does not answer, so hundreds
 * of users that start together would start as many threads for one name. Here the first one looks
 * up; the others are taken out of curl and put back when the name is in the cache.
 */
#ifndef ACRIDA_HTTP_CURL_LOOKUP_H
#define ACRIDA_HTTP_CURL_LOOKUP_H

#include "curl_loop.h"

struct http_curl_transfer;

/* CURLOPT_RESOLVER_START_FUNCTION: whether this transfer looks up (0) or has to wait (1). */
int http_curl_lookup_on_start(void *resolver, void *reserved, void *transfer);

/* The leader's look-up is done: it opens a socket. From within curl. */
void http_curl_lookup_found(struct http_curl_transfer *t);

/* The transfer is over or given up. `error` is what ended a leader, which then ends those waiting
 * for it; NULL lets them go on. A waiting one is forgotten. */
void http_curl_lookup_forget(struct http_curl_transfer *t, const char *error);

/* Puts those back that wait no longer. Not from within curl. */
void http_curl_lookup_work_off(struct http_curl_loop *loop);

void http_curl_lookup_free_all(struct http_curl_loop *loop);

#endif
