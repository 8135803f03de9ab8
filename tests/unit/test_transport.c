/* SPDX-License-Identifier: MIT */
/* Real sockets on loopback. Nothing sleeps: what is awaited is polled for. */
#include "support/unit.h"

#include "support/port.h"

#include "base/rng.h"
#include "dist/transport.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000
#define REPEAT_MS 500
#define WORKERS 5

/* What came in at one end. */
struct inbox {
    uint32_t n;
    uint32_t pipe; /* of the last frame */
    size_t n_bytes;
    char text[64];
    uint64_t sum;
    struct acri_transport *echo; /* to send each frame back by */
};

static void take(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct inbox *in = arg;
    size_t n = n_bytes < sizeof(in->text) - 1 ? n_bytes : sizeof(in->text) - 1;

    in->n++;
    in->pipe = pipe;
    in->n_bytes = n_bytes;
    memcpy(in->text, frame, n);
    in->text[n] = '\0';
    for (size_t i = 0; i < n_bytes; i++)
        in->sum += ((const unsigned char *)frame)[i];
    if (in->echo != NULL)
        acri_transport_send(in->echo, pipe, frame, n_bytes);
}

/* Wait until a descriptor is readable; it fails the test when that takes very long. */
static void await(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* Take frames until n have come in all. */
static void await_frames(struct acri_transport *t, struct inbox *in, uint32_t n)
{
    while (in->n < n) {
        await(acri_transport_fd(t));
        acri_transport_receive(t, take, in);
    }
}

/* Send as soon as there is a connection that takes it. */
static void send_text(struct acri_transport *t, const char *text)
{
    int r;

    while ((r = acri_transport_send(t, 0, text, strlen(text))) == -EAGAIN)
        await(acri_transport_send_fd(t));
    assert_int_equal(r, 0);
}

/* A frame to the master and back. It is lost when it goes into a connection that has just ended: so
 * it is repeated when no answer comes. */
static void ping(struct acri_transport *worker, struct acri_transport *master, const char *text)
{
    struct inbox at_master = { .echo = master };
    struct inbox at_worker = { 0 };
    int n_repeats = 0;

    send_text(worker, text);
    while (strcmp(at_worker.text, text) != 0) {
        struct pollfd p[2] = { { .fd = acri_transport_fd(master), .events = POLLIN },
                               { .fd = acri_transport_fd(worker), .events = POLLIN } };

        if (poll(p, 2, REPEAT_MS) == 0) {
            assert_true(n_repeats++ < PATIENCE_MS / REPEAT_MS);
            acri_transport_send(worker, 0, text, strlen(text));
        }
        acri_transport_receive(master, take, &at_master);
        acri_transport_receive(worker, take, &at_worker);
    }
    assert_int_equal(at_worker.pipe, 0);
}

/* A master on a free port; another process may take it first. */
static struct acri_transport *master_at(const char *host, uint16_t *ret_port)
{
    struct acri_transport *t = NULL;
    struct acri_error error = { "" };
    int r;

    do {
        *ret_port = port_free();
        r = acri_transport_bind(host, *ret_port, &t, &error);
    } while (r == -EADDRINUSE);
    if (r < 0)
        fail_msg("%s", error.text);
    return t;
}

static struct acri_transport *worker_to(const char *address, uint16_t port)
{
    struct acri_transport *t = NULL;
    struct acri_error error = { "" };

    if (acri_transport_connect(address, port, &t, &error) < 0)
        fail_msg("%s", error.text);
    return t;
}

static void frames_go_both_ways(void **state)
{
    struct acri_transport *workers[WORKERS];
    uint32_t pipes[WORKERS];
    struct inbox at_master = { 0 };
    struct inbox at_worker[WORKERS] = { { 0 } };
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    char text[32];

    (void)state;
    assert_int_equal(acri_transport_send_fd(master), -1);
    for (uint32_t i = 0; i < WORKERS; i++) {
        workers[i] = worker_to("127.0.0.1", port);
        snprintf(text, sizeof(text), "from %u", i);
        send_text(workers[i], text);
        await_frames(master, &at_master, i + 1);
        assert_string_equal(at_master.text, text);
        pipes[i] = at_master.pipe;
        for (uint32_t k = 0; k < i; k++)
            assert_int_not_equal(pipes[k], pipes[i]);
    }
    assert_int_equal(acri_transport_connections(master), WORKERS);
    /* Unasked, in any order, any number. */
    for (uint32_t i = WORKERS; i-- > 0;)
        for (uint32_t k = 1; k <= 2; k++) {
            snprintf(text, sizeof(text), "to %u, %u", i, k);
            assert_int_equal(acri_transport_send(master, pipes[i], text, strlen(text)), 0);
            await_frames(workers[i], &at_worker[i], k);
            assert_string_equal(at_worker[i].text, text);
        }
    for (uint32_t i = 0; i < WORKERS; i++) {
        assert_int_equal(at_worker[i].n, 2);
        acri_transport_free(workers[i]);
    }
    assert_int_equal(acri_transport_dropped(master), 0);
    acri_transport_free(master);
}

static void a_frame_to_an_unknown_pipe_is_lost(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);

    (void)state;
    ping(worker, master, "hello");
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(acri_transport_send(master, 1u << i, "x", 1), 0);
    ping(worker, master, "still there");
    acri_transport_free(worker);
    acri_transport_free(master);
}

static void many_frames_keep_their_order(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);
    struct inbox in = { 0 };
    uint32_t sent = 0;
    char text[16];

    (void)state;
    while (in.n < 2000) {
        uint32_t before = in.n;
        struct pollfd p[2] = { { .fd = acri_transport_fd(master), .events = POLLIN },
                               { .fd = sent < 2000 ? acri_transport_send_fd(worker) : -1,
                                 .events = POLLIN } };

        assert_true(poll(p, 2, PATIENCE_MS) > 0);
        while (sent < 2000) {
            snprintf(text, sizeof(text), "%u", sent);
            if (acri_transport_send(worker, 0, text, strlen(text)) < 0)
                break;
            sent++;
        }
        acri_transport_receive(master, take, &in);
        assert_true(in.n - before <= 256);
        if (in.n > before) {
            snprintf(text, sizeof(text), "%u", in.n - 1);
            assert_string_equal(in.text, text);
        }
    }
    acri_transport_free(worker);
    acri_transport_free(master);
}

static void frames_have_a_limit(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);
    struct inbox at_master = { .echo = master };
    struct inbox at_worker = { 0 };
    size_t n = ACRI_LINK_FRAME_MAX;
    unsigned char *frame = malloc(n + 1);
    uint64_t sum = 0;

    (void)state;
    assert_non_null(frame);
    for (size_t i = 0; i < n; i++)
        sum += frame[i] = (unsigned char)(i * 31 + i / 256);
    assert_int_equal(acri_transport_send(worker, 0, frame, n + 1), -EMSGSIZE);
    assert_int_equal(acri_transport_send(master, 1, frame, n + 1), -EMSGSIZE);
    while (acri_transport_send(worker, 0, frame, n) == -EAGAIN)
        await(acri_transport_send_fd(worker));
    await_frames(master, &at_master, 1);
    await_frames(worker, &at_worker, 1);
    assert_int_equal(at_master.n_bytes, n);
    assert_int_equal(at_worker.n_bytes, n);
    assert_true(at_master.sum == sum && at_worker.sum == sum);
    /* And none at all. */
    while (acri_transport_send(worker, 0, frame, 0) == -EAGAIN)
        await(acri_transport_send_fd(worker));
    await_frames(master, &at_master, 2);
    await_frames(worker, &at_worker, 2);
    assert_int_equal(at_worker.n_bytes, 0);
    free(frame);
    acri_transport_free(worker);
    acri_transport_free(master);
}

static void workers_may_be_there_first_and_outlive_their_master(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker;
    struct acri_error error = { "" };
    struct pollfd p = { .events = POLLIN };

    (void)state;
    acri_transport_free(master);
    worker = worker_to("127.0.0.1", port);
    assert_int_equal(acri_transport_send(worker, 0, "x", 1), -EAGAIN);
    p.fd = acri_transport_send_fd(worker);
    assert_int_equal(poll(&p, 1, 0), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(acri_transport_bind("127.0.0.1", port, &master, &error), 0);
        ping(worker, master, i == 0 ? "first" : "again");
        acri_transport_free(master);
        while (acri_transport_send(worker, 0, "x", 1) == 0)
            ; /* until it knows */
    }
    acri_transport_free(worker);
}

static void a_worker_redials_another_address(void **state)
{
    uint16_t port_a;
    uint16_t port_b;
    struct acri_transport *a = master_at("127.0.0.1", &port_a);
    struct acri_transport *b = master_at("127.0.0.1", &port_b);
    struct acri_transport *worker = worker_to("127.0.0.1", port_a);
    struct acri_error error = { "" };

    (void)state;
    ping(worker, a, "to a");
    assert_int_equal(acri_transport_redial(worker, "127.0.0.1", port_b, &error), 0);
    ping(worker, b, "to b");
    /* What cannot be dialled leaves things as they are. */
    assert_int_equal(acri_transport_redial(worker, "master", port_b, &error), -EINVAL);
    assert_string_equal(error.text, "'master' is no address of a master");
    ping(worker, b, "still to b");
    for (int i = 0; i < 20; i++)
        assert_int_equal(acri_transport_redial(worker, "127.0.0.1", i % 2 ? port_b : port_a, NULL),
                         0);
    ping(worker, b, "to b again");
    acri_transport_free(worker);
    acri_transport_free(a);
    acri_transport_free(b);
}

/* A stranger: a plain connection to the port. */
static int stranger_to(uint16_t port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

static void say(int fd, const void *bytes, size_t n)
{
    (void)!send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* What a REQ and a REP socket say first. */
static const unsigned char req_hello[8] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0 };
static const unsigned char rep_hello[8] = { 0, 'S', 'P', 0, 0, 0x31, 0, 0 };

/* A message of its own making: the size it announces, and what follows. */
static void say_message(int fd, uint64_t announced, const void *bytes, size_t n)
{
    unsigned char size[8];

    for (int i = 0; i < 8; i++)
        size[i] = (unsigned char)(announced >> (56 - 8 * i));
    say(fd, size, sizeof(size));
    say(fd, bytes, n);
}

static void reset(int fd)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

/* Returns: whether it should be held open. */
static bool misbehave(int fd, uint64_t how, struct acri_rng *rng)
{
    static const char http[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    static const unsigned char push_hello[8] = { 0, 'S', 'P', 0, 0, 0x50, 0, 0 };
    static const unsigned char hops[48];
    static const unsigned char two_hops[12] = { 0, 0, 0, 1, 0x80, 0, 0, 0, 'h', 'o', 'p' };
    unsigned char bytes[64];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)acri_rng_next(rng);
    if (how >= 5)
        say(fd, req_hello, sizeof(req_hello));
    switch (how) {
    case 0:
        say(fd, bytes, acri_rng_below(rng, sizeof(bytes)));
        break;
    case 1:
        say(fd, http, sizeof(http) - 1);
        break;
    case 2:
        say(fd, req_hello, acri_rng_below(rng, 8));
        return true;
    case 3:
        reset(fd);
        break;
    case 4:
        say(fd, push_hello, sizeof(push_hello));
        return true;
    case 5:
        say_message(fd, acri_rng_next(rng), bytes, sizeof(bytes));
        break;
    case 6:
        say_message(fd, 1ull << 46, bytes, 1);
        return true;
    case 7:
        say_message(fd, UINT64_MAX, bytes, 1);
        break;
    case 8:
        say_message(fd, ACRI_LINK_FRAME_MAX + 5, bytes, 1);
        return true;
    case 9:
        say_message(fd, ACRI_LINK_FRAME_MAX, bytes, sizeof(bytes)); /* never completed */
        return true;
    case 10:
        for (uint64_t n = 0; n < 8; n++)
            say_message(fd, n, hops, n); /* no bottom */
        break;
    case 11:
        say_message(fd, sizeof(hops), hops, sizeof(hops)); /* too many hops */
        break;
    case 12:
        say_message(fd, sizeof(two_hops), two_hops, sizeof(two_hops)); /* reaches us */
        break;
    case 13:
        reset(fd);
        break;
    default:
        say_message(fd, sizeof(bytes), bytes, sizeof(bytes));
    }
    return false;
}

static void strangers_disturb_nobody(void **state)
{
    static const uint64_t n_ways = 15;
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);
    struct acri_error error = { "" };
    struct acri_rng rng;
    int held[200];
    size_t n_held = 0;

    (void)state;
    acri_rng_init(&rng, 1, 1);
    ping(worker, master, "before");
    for (uint64_t i = 0; i < 600; i++) {
        int fd = stranger_to(port);
        uint64_t how = i % n_ways;
        char text[32];

        if (misbehave(fd, how, &rng) && n_held < sizeof(held) / sizeof(held[0]))
            held[n_held++] = fd;
        else if (how != 3 && how != 13)
            close(fd);
        snprintf(text, sizeof(text), "while %u", (unsigned)i);
        ping(worker, master, text);
    }
    assert_true(acri_transport_connections(master) >= 1);
    assert_int_equal(acri_transport_recycle(master, &error), 0);
    ping(worker, master, "after");
    while (n_held > 0)
        close(held[--n_held]);
    acri_transport_free(worker);
    acri_transport_free(master);
}

/* A header that nanomsg takes and we do not: counted. */
static void messages_of_others_are_dropped(void **state)
{
    static const unsigned char two_hops[12] = { 0, 0, 0, 1, 0x80, 0, 0, 0, 'h', 'o', 'p', 's' };
    static const unsigned char frame[8] = { 0x80, 0, 0, 0, 'l', 'i', 'k', 'e' };
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct inbox in = { 0 };
    int fd = stranger_to(port);

    (void)state;
    say(fd, req_hello, sizeof(req_hello));
    say_message(fd, sizeof(two_hops), two_hops, sizeof(two_hops));
    say_message(fd, sizeof(frame), frame, sizeof(frame));
    await_frames(master, &in, 1);
    assert_string_equal(in.text, "like");
    assert_int_equal(acri_transport_dropped(master), 1);
    close(fd);
    acri_transport_free(master);
}

static void recycling_ends_all_connections(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *workers[WORKERS];
    struct acri_error error = { "" };
    int strangers[20];

    (void)state;
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i] = worker_to("127.0.0.1", port);
        ping(workers[i], master, "here");
    }
    for (size_t i = 0; i < 20; i++) {
        unsigned char hello[8];

        strangers[i] = stranger_to(port);
        say(strangers[i], req_hello, sizeof(req_hello));
        assert_int_equal(recv(strangers[i], hello, 8, MSG_WAITALL), 8);
    }
    assert_int_equal(acri_transport_recycle(master, &error), 0);
    for (size_t i = 0; i < 20; i++) {
        char byte;

        await(strangers[i]);
        assert_true(recv(strangers[i], &byte, 1, 0) <= 0);
        close(strangers[i]);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        ping(workers[i], master, "back");
        acri_transport_free(workers[i]);
    }
    acri_transport_free(master);
}

/* The port is taken while nobody listens: the master hears nobody, until it can. */
static void a_recycle_that_fails_can_be_repeated(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);
    struct acri_error error = { "" };
    struct rlimit limit;
    struct rlimit none;

    (void)state;
    ping(worker, master, "before");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(acri_transport_recycle(master, &error), -EMFILE);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(acri_transport_fd(master), -1);
    assert_int_equal(acri_transport_send(master, 1, "x", 1), -EAGAIN);
    acri_transport_receive(master, take, NULL);
    assert_int_equal(acri_transport_connections(master), 0);
    assert_int_equal(acri_transport_recycle(master, &error), 0);
    ping(worker, master, "after");
    acri_transport_free(worker);
    acri_transport_free(master);
}

/* Whatever number of descriptors is left: a line, or success; never an abort. */
static void running_out_of_descriptors_is_an_error(void **state)
{
    struct acri_error error = { "" };
    struct acri_transport *t;
    struct rlimit limit;
    struct rlimit few;
    bool has_failed = false;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    few = limit;
    for (few.rlim_cur = 3; few.rlim_cur < 40; few.rlim_cur++) {
        int r;

        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        t = NULL;
        r = acri_transport_connect("127.0.0.1", 9, &t, &error);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_true(r == 0 || r == -EMFILE);
        if (r < 0)
            assert_string_equal(
                error.text, "no descriptors are left for the cluster's socket: raise ulimit -n");
        has_failed = has_failed || r < 0;
        acri_transport_free(t);
    }
    assert_true(has_failed);
}

static void what_cannot_be_bound_is_said(void **state)
{
    static const char *const names[] = { "localhost", "",           "eth0",  "127.0.0.1:80",
                                         "[::1]",     "fe80::1%lo", "1.2.3", "-" };
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *other = NULL;
    struct acri_error error = { "" };
    char expected[200];

    (void)state;
    assert_int_equal(acri_transport_bind("127.0.0.1", port, &other, &error), -EADDRINUSE);
    snprintf(expected, sizeof(expected),
             "port %u of 127.0.0.1 is in use: choose another by --master-bind-port, or end the "
             "process that has it",
             port);
    assert_string_equal(error.text, expected);
    assert_int_equal(acri_transport_bind("*", port, &other, &error), -EADDRINUSE);
    assert_non_null(strstr(error.text, "of all addresses is in use"));
    assert_int_equal(acri_transport_bind("192.0.2.1", port, &other, &error), -EADDRNOTAVAIL);
    assert_string_equal(error.text, "192.0.2.1 is no address of this machine: choose another by "
                                    "--master-bind-host");
    assert_int_equal(acri_transport_bind("127.0.0.1", 0, &other, &error), -EINVAL);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(acri_transport_bind(names[i], port, &other, &error), -EINVAL);
        assert_non_null(strstr(error.text, "is no address: a master binds to"));
        assert_int_equal(acri_transport_connect(names[i], port, &other, &error), -EINVAL);
        assert_non_null(strstr(error.text, "is no address of a master"));
    }
    assert_int_equal(acri_transport_connect("*", port, &other, &error), -EINVAL);
    assert_int_equal(acri_transport_connect("127.0.0.1", 0, &other, &error), -EINVAL);
    assert_null(other);
    acri_transport_free(master);
    acri_transport_free(NULL);
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool is_there = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

    if (fd >= 0)
        close(fd);
    return is_there;
}

static void both_families_work(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("*", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);

    (void)state;
    ping(worker, master, "by IPv4");
    if (has_ipv6()) {
        assert_int_equal(acri_transport_redial(worker, "::1", port, NULL), 0);
        ping(worker, master, "by IPv6");
        assert_int_equal(acri_transport_redial(worker, "127.0.0.1", port, NULL), 0);
        ping(worker, master, "by IPv4 again");
        acri_transport_free(master);
        master = master_at("::1", &port);
        assert_int_equal(acri_transport_redial(worker, "::1", port, NULL), 0);
        ping(worker, master, "to an IPv6 address");
    }
    acri_transport_free(worker);
    acri_transport_free(master);
}

static int option_of(int fd, int level, int option)
{
    int value = -1;
    socklen_t n = sizeof(value);

    return getsockopt(fd, level, option, &value, &n) < 0 ? -1 : value;
}

/* Connections that a master accepted notice that the other end is gone. */
static void a_master_asks_whether_workers_live(void **state)
{
    uint16_t port;
    struct acri_transport *master = master_at("127.0.0.1", &port);
    struct acri_transport *worker = worker_to("127.0.0.1", port);
    const struct dirent *entry;
    DIR *folder;
    int n = 0;

    (void)state;
    ping(worker, master, "hello");
    folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        struct sockaddr_in at = { 0 };
        socklen_t size = sizeof(at);
        int fd = (int)strtol(entry->d_name, NULL, 10);

        if (getsockname(fd, (struct sockaddr *)&at, &size) < 0 || at.sin_family != AF_INET ||
            ntohs(at.sin_port) != port)
            continue;
        n++; /* the listener, and what it accepted */
        assert_int_equal(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
        assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 5);
        assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 15000);
    }
    closedir(folder);
    assert_int_equal(n, 2);
    acri_transport_free(worker);
    acri_transport_free(master);
}

/* What answers there is no master: the worker survives it, and finds the real one. */
static void a_worker_survives_false_masters(void **state)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n_at = sizeof(at);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct acri_transport *worker;
    struct acri_transport *master;
    struct inbox in = { 0 };
    uint16_t port;

    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(listener, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n_at), 0);
    worker = worker_to("127.0.0.1", ntohs(at.sin_port));
    for (int how = 0; how < 6; how++) {
        int fd;

        await(listener);
        fd = accept(listener, NULL, NULL);
        assert_true(fd >= 0);
        if (how != 1)
            say(fd, rep_hello, sizeof(rep_hello));
        if (how == 0)
            say_message(fd, 1ull << 46, "x", 1);
        else if (how == 1)
            say(fd, "SSH-2.0-x\r\n", 11);
        else if (how == 2)
            say_message(fd, 3, "abc", 3);
        else if (how == 3)
            say_message(fd, 8, "noBottom", 8);
        if (how == 4)
            reset(fd);
        else
            close(fd);
        acri_transport_receive(worker, take, &in);
        /* The end of a connection right after its first words may leave one that never ends: so
         * workers dial again when they hear nothing. */
        assert_int_equal(acri_transport_redial(worker, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
    }
    close(listener);
    assert_int_equal(in.n, 0);
    master = master_at("127.0.0.1", &port);
    assert_int_equal(acri_transport_redial(worker, "127.0.0.1", port, NULL), 0);
    ping(worker, master, "at last");
    acri_transport_free(worker);
    acri_transport_free(master);
}

static void only_this_machine_is_loopback(void **state)
{
    static const char *const here[] = { "localhost",      "LocalHost", "127.0.0.1",
                                        "127.9.9.9",      "::1",       "::ffff:127.0.0.1",
                                        "0:0:0:0:0:0:0:1" };
    static const char *const elsewhere[] = {
        "*",        "",          "0.0.0.0",         "::",
        "10.0.0.1", "128.0.0.1", "fe80::1",         "localhost.example.com",
        "127.1",    "::2",       "::ffff:10.0.0.1", "1270.0.0.1"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
        assert_true(acri_transport_is_loopback(here[i]));
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
        assert_false(acri_transport_is_loopback(elsewhere[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_both_ways),
        cmocka_unit_test(a_frame_to_an_unknown_pipe_is_lost),
        cmocka_unit_test(many_frames_keep_their_order),
        cmocka_unit_test(frames_have_a_limit),
        cmocka_unit_test(workers_may_be_there_first_and_outlive_their_master),
        cmocka_unit_test(a_worker_redials_another_address),
        cmocka_unit_test(strangers_disturb_nobody),
        cmocka_unit_test(messages_of_others_are_dropped),
        cmocka_unit_test(recycling_ends_all_connections),
        cmocka_unit_test(a_recycle_that_fails_can_be_repeated),
        cmocka_unit_test(running_out_of_descriptors_is_an_error),
        cmocka_unit_test(what_cannot_be_bound_is_said),
        cmocka_unit_test(both_families_work),
        cmocka_unit_test(a_master_asks_whether_workers_live),
        cmocka_unit_test(a_worker_survives_false_masters),
        cmocka_unit_test(only_this_machine_is_loopback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
