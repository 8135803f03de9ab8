/* SPDX-License-Identifier: MIT */
/*
 * The floor: what 100 connections that never wait cost at least. A bare epoll loop writes the same
 * request and counts the bytes of answers, whose length is learnt from the first one. No parsing,
 * no users, no clock, no metrics. Ends with SIGTERM or SIGINT and says how many answers came.
 *
 * usage: floor HOST PORT CONNECTIONS REQUEST_FILE
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1000, EVENTS = 128, REQUEST_MAX = 16384 };

static char request[REQUEST_MAX];
static size_t request_size;
static size_t answer_size;
static size_t missing[MOST]; /* bytes of the answer still to come */
static int sockets[MOST];
static unsigned long long answers;
static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
    (void)number;
    is_over = 1;
}

static void fail(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void ask(int n)
{
    if (send(sockets[n], request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size)
        fail("the request was not sent in one piece");
    missing[n] = answer_size;
}

static int dial(const char *host, int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;

    if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
        fail("HOST is not an IPv4 address");
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* One answer, read until its head and as many bytes as it announces are there. */
static size_t learn(int fd)
{
    char text[65536];
    size_t size = 0;

    if (send(fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size)
        fail("the request was not sent in one piece");
    for (;;) {
        ssize_t got = recv(fd, text + size, sizeof text - 1 - size, 0);
        if (got <= 0)
            fail("no whole answer");
        size += (size_t)got;
        text[size] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "\r\nContent-Length:");
        if (end == NULL)
            continue;
        if (length == NULL || length > end) {
            errno = EPROTO;
            fail("the answer has no Content-Length");
        }
        size_t whole = (size_t)(end + 4 - text) + strtoul(length + 17, NULL, 10);
        if (size >= whole)
            return whole;
    }
}

static void take(int n, char *buffer, size_t capacity)
{
    ssize_t got = recv(sockets[n], buffer, capacity, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || (size_t)got > missing[n]) {
        errno = got < 0 ? errno : EPROTO;
        fail(got == 0 ? "the server closed" : "an answer of another length");
    }
    missing[n] -= (size_t)got;
    if (missing[n] == 0) {
        answers++;
        ask(n);
    }
}

static void turn(int epoll, int n_sockets)
{
    static char buffer[65536];
    struct epoll_event events[EVENTS];

    for (int n = 0; n < n_sockets; n++) {
        struct epoll_event event = { .events = EPOLLIN, .data.fd = n };
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[n], &event) != 0)
            fail("epoll_ctl");
        ask(n);
    }
    while (!is_over) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++)
            take(events[i].data.fd, buffer, sizeof buffer);
    }
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = on_signal };
    int n_sockets = argc == 5 ? (int)strtol(argv[3], NULL, 10) : 0;
    FILE *f = argc == 5 ? fopen(argv[4], "rb") : NULL;

    if (f == NULL || n_sockets < 1 || n_sockets > MOST) {
        fprintf(stderr, "usage: floor HOST PORT CONNECTIONS(1..%d) REQUEST_FILE\n", MOST);
        return 2;
    }
    request_size = fread(request, 1, sizeof request, f);
    fclose(f);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    for (int n = 0; n < n_sockets; n++)
        sockets[n] = dial(argv[1], (int)strtol(argv[2], NULL, 10));
    answer_size = learn(sockets[0]);
    turn(epoll_create1(EPOLL_CLOEXEC), n_sockets);
    printf("answers %llu, of %zu bytes each\n", answers + 1, answer_size);
    return 0;
}
