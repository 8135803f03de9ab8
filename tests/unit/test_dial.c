/* SPDX-License-Identifier: MIT */
/* Several addresses of one name: 127.0.0.1 answers, 127.0.0.2 never does, 127.0.0.3 refuses. */
#include "support/one_run.h"

#include "base/clock.h"
#include "sched/dial.h"

#include <acrida/acrida.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static uint16_t port;

static struct acri_addresses addresses(const char *const *hosts)
{
    struct acri_addresses all = { 0 };

    for (; *hosts != NULL; hosts++) {
        struct acri_addresses one;

        assert_true(acri_address_of_number(*hosts, &one));
        all.list[all.n++] = one.list[0];
    }
    return all;
}

/* host, or NULL: listens at 127.0.0.1 at any port. */
static int listen_at(const char *host, int backlog)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
    socklen_t bytes = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET, host, &at.sin_addr);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &bytes), 0);
    port = ntohs(at.sin_port);
    return fd;
}

/* Who was reached, by its last byte; or a negative errno. */
static int dial(struct acr_user *u, double timeout_s, const char *const *hosts)
{
    uint64_t deadline_ns = timeout_s > 0 ? acr_now_ns() + acri_clock_ns_of(timeout_s) : 0;
    const struct acri_addresses to = addresses(hosts);
    struct sockaddr_in at;
    socklen_t bytes = sizeof(at);
    int fd;
    int r = acri_dial(u, &to, port, SOCK_STREAM, NULL, deadline_ns, &fd);

    if (r < 0) {
        assert_int_equal(fd, -1);
        return r;
    }
    assert_int_equal(getpeername(fd, (struct sockaddr *)&at, &bytes), 0);
    close(fd);
    return (int)(ntohl(at.sin_addr.s_addr) & 0xff);
}

#define DIAL(timeout_s, ...) dial(u, timeout_s, (const char *const[]){ __VA_ARGS__, NULL })

static int try_all(struct acr_user *u)
{
    assert_int_equal(DIAL(0, "127.0.0.1"), 1);
    assert_int_equal(DIAL(0, "127.0.0.3"), -ECONNREFUSED);
    assert_int_equal(DIAL(0, "127.0.0.3", "127.0.0.1"), 1);
    assert_int_equal(DIAL(0, "127.0.0.3", "127.0.0.3", "127.0.0.3"), -ECONNREFUSED);
    assert_int_equal(DIAL(0.001, "127.0.0.2"), -ETIMEDOUT);
    /* One that is silent holds up the next for its head start only. */
    assert_int_equal(DIAL(0, "127.0.0.2", "127.0.0.1"), 1);
    assert_int_equal(DIAL(0, "127.0.0.2", "127.0.0.3", "127.0.0.1"), 1);
    return ACR_STOP_USER;
}

/* The last byte of the address that a socket of the type leaves from. */
static int left_from(struct acr_user *u, struct acri_source_turn *from, int type)
{
    const struct acri_addresses to = addresses((const char *const[]){ "127.0.0.1", NULL });
    struct sockaddr_in at;
    socklen_t bytes = sizeof(at);
    int fd;

    assert_int_equal(acri_dial(u, &to, port, type, from, 0, &fd), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &bytes), 0);
    assert_int_not_equal(at.sin_port, 0);
    close(fd);
    return (int)(ntohl(at.sin_addr.s_addr) & 0xff);
}

static int leave_from_here(struct acr_user *u)
{
    struct acri_addresses to = addresses((const char *const[]){ "127.0.0.1", NULL });
    struct acri_sources sources = { .n = 0 };
    struct acri_source_turn from;
    union acri_address at;
    socklen_t bytes = sizeof(at);
    int fd;

    assert_int_equal(acri_source_add(&sources, "127.0.0.20/31", NULL), 0);
    acri_source_turn_init(&from, &sources, 0, 1);
    assert_int_equal(left_from(u, &from, SOCK_STREAM), 20);
    assert_int_equal(left_from(u, &from, SOCK_STREAM), 21);
    assert_int_equal(left_from(u, &from, SOCK_DGRAM), 20);
    assert_int_equal(acri_dial_nobody(&from, &fd), 0);
    assert_int_equal(getsockname(fd, &at.any, &bytes), 0);
    assert_int_equal(at.any.sa_family, AF_INET);
    assert_int_equal(ntohl(at.v4.sin_addr.s_addr) & 0xff, 21);
    close(fd);
    /* What cannot be reached from there is not tried. */
    to.list[1].v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
    to.n = 2;
    assert_int_equal(acri_dial(u, &to, port, SOCK_STREAM, &from, 0, &fd), 0);
    close(fd);
    to.list[0] = to.list[1];
    assert_int_equal(acri_dial(u, &to, port, SOCK_STREAM, &from, 0, &fd), -EAFNOSUPPORT);
    assert_int_equal(fd, -1);
    return ACR_STOP_USER;
}

/* Users that are in the midst of it when the test ends. */
static int try_for_ever(struct acr_user *u)
{
    if (acr_number(u) == 0)
        return ACR_STOP_TEST;
    assert_int_equal(DIAL(0, "127.0.0.2", "127.0.0.2"), -ECANCELED);
    return 0;
}

static int run(int (*task)(struct acr_user *u), uint64_t n_users)
{
    const struct acr_task tasks[] = { { .name = "task", .run = task } };
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 1 };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    return one_run(&plugin, (struct acri_run_options){ .n_users = n_users, .n_threads = 2 });
}

static void the_first_address_that_answers_is_taken(void **state)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    int answers;
    int silent;
    int fill[8];

    (void)state;
    answers = listen_at("127.0.0.1", 128);
    silent = listen_at("127.0.0.2", 0);
    /* A full backlog: what comes now gets no answer. */
    at.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.2", &at.sin_addr);
    for (int i = 0; i < 8; i++) {
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(fill[i], (const struct sockaddr *)&at, sizeof(at));
    }
    assert_int_equal(run(try_all, 1), 0);
    assert_int_equal(outcome.exceptions, 0);
    assert_int_equal(run(leave_from_here, 1), 0);
    assert_int_equal(outcome.exceptions, 0);
    assert_int_equal(run(try_for_ever, 10), 0);
    for (int i = 0; i < 8; i++)
        close(fill[i]);
    close(silent);
    close(answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_address_that_answers_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
