/* SPDX-License-Identifier: MIT */
/* For tests of sockets: a peer that listens, and runs of a task that leave no descriptor behind. */
#ifndef ACRIDA_TESTS_PEER_H
#define ACRIDA_TESTS_PEER_H

#include "support/one_run.h"

#include <acrida/io.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int peer = -1; /* listens */
static char peer_at[64];
static char tcp_at[64];
static int64_t got;
static bool is_warm; /* the first run opens what the next ones have */

static inline void listen_at(int type, const char *scheme)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t bytes = sizeof(at);

    peer = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    assert_true(peer >= 0);
    assert_int_equal(bind(peer, (const struct sockaddr *)&at, sizeof(at)), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(peer, 128), 0);
    assert_int_equal(getsockname(peer, (struct sockaddr *)&at, &bytes), 0);
    snprintf(peer_at, sizeof(peer_at), "%s://127.0.0.1:%u", scheme, ntohs(at.sin_port));
    snprintf(tcp_at, sizeof(tcp_at), "127.0.0.1:%u", ntohs(at.sin_port));
}

static inline void stop_listening(void)
{
    close(peer);
    peer = -1;
}

/* Descriptors but the peer's. */
static inline int n_open(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = peer >= 0 ? -1 : 0;

    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* Both ends in this user's hands: the peer's is a plain descriptor. */
static inline struct acr_socket *connected(struct acr_user *u, int *ret_peer)
{
    struct acr_socket *s = acr_connect(u, peer_at);

    assert_int_equal(acr_socket_status(s), 0);
    assert_string_equal(acr_socket_error(s), "");
    *ret_peer = accept(peer, NULL, NULL);
    assert_true(*ret_peer >= 0);
    return s;
}

static inline int run_users(int (*task)(struct acr_user *u), uint64_t n_users, uint32_t n_threads)
{
    const struct acr_task tasks[] = { { .name = "task", .run = task } };
    const struct acr_user_type type = {
        .name = "u", .tasks = tasks, .n_tasks = 1, .state_size = sizeof(void *)
    };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };
    int before = n_open();

    int r = one_run(&plugin, (struct acri_run_options){
                                 .n_users = n_users, .n_threads = n_threads, .stop_timeout_s = 0 });

    if (is_warm)
        assert_int_equal(n_open(), before);
    is_warm = true;
    return r;
}

static inline void run(int (*task)(struct acr_user *u))
{
    assert_int_equal(run_users(task, 1, 1), 0);
    assert_int_equal(outcome.exceptions, 0);
}

#endif
