/* SPDX-License-Identifier: MIT */
/*
 * The sockets of libcurl on one loop, by descriptor.
 *
 * curl asks for and drops readiness around each request; following that would cost two system calls
 * a request. So the watch of an established connection stays as it is when curl drops it, and is
 * only lowered when it fires in vain, and only given up when the socket is closed.
 */
#ifndef ACRIDA_HTTP_CURL_SOCKETS_H
#define ACRIDA_HTTP_CURL_SOCKETS_H

#include "curl_loop.h"

struct http_curl_transfer;
struct http_curl_user;

/* Callbacks for libcurl: CURLMOPT_SOCKETFUNCTION, CURLOPT_CLOSESOCKETFUNCTION; `arg` is the loop.
 */
int http_curl_sockets_on_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused);
int http_curl_sockets_on_close(void *arg, curl_socket_t fd);

/* Opens a socket, bound where --source-address says. Returns: CURL_SOCKET_BAD with errno set when
 * that failed. */
curl_socket_t http_curl_sockets_open(struct http_curl_loop *loop, const struct curl_sockaddr *to);

/*
 * The transfer has established this connection, which is its user's from now on. Before that, curl
 * may close a descriptor without a word.
 */
void http_curl_sockets_adopt(struct http_curl_transfer *t, curl_socket_t fd);

/*
 * Shuts a user's connections down, those in use as soon as they are not; curl finds them dead at
 * the next request.
 */
void http_curl_sockets_shutdown(struct http_curl_loop *loop, struct http_curl_user *user);

void http_curl_sockets_free(struct http_curl_loop *loop);

#endif
