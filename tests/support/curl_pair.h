/* SPDX-License-Identifier: MIT */
/*
 * For tests of the HTTP client: libcurl as the measure. It talks to a listener of this very thread:
 * the answer is written as soon as it has connected, the request read when it is done.
 */
#ifndef ACRIDA_TESTS_CURL_PAIR_H
#define ACRIDA_TESTS_CURL_PAIR_H

#include "support/unit.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
    int listener;
    int fd;
    char to[64]; /* for CURLOPT_CONNECT_TO */
    const void *answer;
    size_t answer_bytes;
} curl_pair = { .listener = -1, .fd = -1 };

static inline int curl_pair_on_connected(void *arg, char *remote_ip, char *local_ip,
                                         int remote_port, int local_port)
{
    (void)arg;
    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    curl_pair.fd = accept(curl_pair.listener, NULL, NULL);
    if (curl_pair.fd < 0 || write(curl_pair.fd, curl_pair.answer, curl_pair.answer_bytes) !=
                                (ssize_t)curl_pair.answer_bytes)
        return CURL_PREREQFUNC_ABORT;
    return CURL_PREREQFUNC_OK;
}

static inline void curl_pair_setup(CURL *easy)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t bytes = sizeof(at);

    if (curl_pair.listener < 0) {
        curl_pair.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(curl_pair.listener >= 0);
        assert_int_equal(bind(curl_pair.listener, (const struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(curl_pair.listener, 8), 0);
    }
    assert_int_equal(getsockname(curl_pair.listener, (struct sockaddr *)&at, &bytes), 0);
    snprintf(curl_pair.to, sizeof(curl_pair.to), "::127.0.0.1:%u", ntohs(at.sin_port));
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, curl_pair_on_connected);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

/* One request. Returns: what curl says; `request`, when wanted, is what was sent, terminated. */
static inline CURLcode curl_pair_run(CURL *easy, const char *url, const void *answer,
                                     size_t answer_bytes, char *request, size_t room,
                                     size_t *ret_bytes)
{
    struct curl_slist *to = curl_slist_append(NULL, curl_pair.to);
    size_t n = 0;
    ssize_t got;

    curl_pair.answer = answer;
    curl_pair.answer_bytes = answer_bytes;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, to);
    CURLcode code = curl_easy_perform(easy);
    curl_slist_free_all(to);
    while (request != NULL && n + 1 < room &&
           (got = read(curl_pair.fd, request + n, room - n - 1)) > 0)
        n += (size_t)got;
    if (request != NULL)
        request[n] = '\0';
    if (ret_bytes != NULL)
        *ret_bytes = n;
    close(curl_pair.fd);
    curl_pair.fd = -1;
    return code;
}

#endif
