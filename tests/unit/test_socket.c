/* SPDX-License-Identifier: MIT */
/* Streams: what is read and written, against a peer made here. */
#include "support/peer.h"

#include <acrida/client.h>

static int read_lines(struct acr_user *u)
{
    int fd;
    struct acr_socket *s = connected(u, &fd);
    const char *line;
    char some[8];

    assert_int_equal(write(fd, "one\r\n\r\nthree\r", 13), 13);
    assert_int_equal(acr_read_until(u, s, "\r\n", &line), 5);
    assert_string_equal(line, "one");
    assert_int_equal(acr_read_until(u, s, "\r\n", &line), 2);
    assert_string_equal(line, "");
    /* Half a mark; nothing is lost by waiting in vain. */
    acr_socket_timeout(s, 0.001);
    assert_int_equal(acr_read_until(u, s, "\r\n", &line), -ETIMEDOUT);
    assert_null(line);
    assert_string_equal(acr_socket_error(s), "read: timed out");
    assert_int_equal(write(fd, "\n1234567890tail", 15), 15);
    assert_int_equal(acr_read_until(u, s, "\r\n", &line), 7);
    assert_string_equal(line, "three");
    assert_int_equal(acr_read_exact(u, s, some, 4), 4);
    assert_memory_equal(some, "1234", 4);
    assert_int_equal(acr_read(u, s, some, 2), 2);
    assert_memory_equal(some, "56", 2);
    assert_int_equal(acr_read_exact(u, s, some, 4), 4);
    close(fd);
    assert_int_equal(acr_read_until(u, s, "\n", &line), -ECONNRESET);
    assert_string_equal(acr_socket_error(s),
                        "read: the peer has closed after 4 bytes without the mark");
    assert_int_equal(acr_read_exact(u, s, some, 8), -ECONNRESET);
    assert_string_equal(acr_socket_error(s), "read: the peer has closed after 4 of 8 bytes");
    assert_int_equal(acr_read(u, s, some, 8), 0);
    assert_int_equal(acr_read_exact(u, s, some, 8), 0);
    assert_int_equal(acr_read_until(u, s, "\n", &line), 0);
    assert_int_equal(acr_read_until(u, s, "", &line), -EINVAL);
    return ACR_STOP_USER;
}

static int half_close(struct acr_user *u)
{
    const struct iovec parts[] = { { (char *)(uintptr_t) "ab", 2 },
                                   { (char *)(uintptr_t) "", 0 },
                                   { (char *)(uintptr_t) "cde", 3 } };
    int fd;
    struct acr_socket *s = connected(u, &fd);
    char text[8] = "";

    assert_int_equal(acr_writev(u, s, parts, 3), 5);
    assert_int_equal(acr_write(u, s, "f", 1), 1);
    assert_int_equal(acr_shutdown(u, s), 0);
    assert_int_equal(recv(fd, text, 6, MSG_WAITALL), 6);
    assert_string_equal(text, "abcdef");
    assert_int_equal(read(fd, text, 1), 0);
    assert_int_equal(write(fd, "late", 4), 4);
    close(fd);
    assert_int_equal(acr_read_exact(u, s, text, 4), 4);
    assert_int_equal(acr_write(u, s, "x", 1), -EPIPE);
    assert_string_equal(acr_socket_error(s), "write: Broken pipe");
    acr_close(u, s);
    acr_close(u, NULL);
    return ACR_STOP_USER;
}

static int hold_little(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, peer_at, .max_bytes = 10);
    int fd = accept(peer, NULL, NULL);
    const char *line;

    assert_int_equal(write(fd, "12345678\n0123456789\n", 20), 20);
    assert_int_equal(acr_read_until(u, s, "\n", &line), 9);
    assert_int_equal(acr_read_until(u, s, "\n", &line), -EMSGSIZE);
    assert_string_equal(acr_socket_error(s), "read: the mark is not among the first 10 bytes");
    close(fd);
    return ACR_STOP_USER;
}

static int be_reset(struct acr_user *u)
{
    const struct linger at_once = { .l_onoff = 1 };
    int fd;
    struct acr_socket *s = connected(u, &fd);
    char c;

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
    assert_int_equal(acr_read(u, s, &c, 1), -ECONNRESET);
    assert_string_equal(acr_socket_error(s), "read: Connection reset by peer");
    return ACR_STOP_USER;
}

static int count_turns(struct acr_user *u, void *arg)
{
    (void)arg;
    while (acr_sleep(u, 0) == 0)
        got++;
    return 0;
}

/* A task that never has to wait lets the others have their turn all the same. */
static int never_wait(struct acr_user *u)
{
    int fd;
    struct acr_socket *s = connected(u, &fd);
    char data[1000] = "";
    char c;

    got = 0;
    assert_int_equal(write(fd, data, sizeof(data)), sizeof(data));
    acr_spawn(u, count_turns, NULL, 0);
    for (size_t i = 0; i < sizeof(data); i++)
        assert_int_equal(acr_read(u, s, &c, 1), 1);
    assert_true(got >= 5);
    close(fd);
    return ACR_STOP_USER;
}

static void streams_are_read_as_asked(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    run(read_lines);
    run(half_close);
    run(hold_little);
    run(be_reset);
    run(never_wait);
    stop_listening();
}

/* --- what clients use ---------------------------------------------------------------------------
 */

/* Nothing; a byte; an end; an end behind bytes: seen without taking them. */
static int look_for_input(struct acr_user *u)
{
    const struct linger at_once = { .l_onoff = 1 };
    int fd;
    struct acr_socket *s = connected(u, &fd);
    const char *data;

    assert_false(acr_socket_has_input(s));
    assert_int_equal(write(fd, "ab", 2), 2);
    while (!acr_socket_has_input(s))
        acr_sleep(u, 0);
    assert_true(acr_socket_has_input(s));
    assert_int_equal(acr_read_shared(u, s, &data), 2);
    assert_memory_equal(data, "ab", 2);
    assert_false(acr_socket_has_input(s));
    /* What was read but not taken counts. */
    assert_int_equal(write(fd, "line\nrest", 9), 9);
    assert_int_equal(acr_read_until(u, s, "\n", &data), 5);
    assert_true(acr_socket_has_input(s));
    assert_int_equal(acr_read_shared(u, s, &data), 4);
    assert_memory_equal(data, "rest", 4);
    assert_int_equal(write(fd, "last", 4), 4);
    close(fd);
    assert_int_equal(acr_read_shared(u, s, &data), 4);
    assert_int_equal(acr_read_shared(u, s, &data), 0);
    assert_true(acr_socket_has_input(s));
    acr_close(u, s);
    s = connected(u, &fd);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
    while (!acr_socket_has_input(s))
        acr_sleep(u, 0);
    return ACR_STOP_USER;
}

static int write_more(struct acr_user *u, void *arg)
{
    (void)u;
    return write(*(int *)arg, "answer", 6) == 6 ? 0 : -1;
}

/* A peer that reads nothing ends the writing when it answers, and only then. */
static int stop_writing(struct acr_user *u)
{
    static const char data[1 << 20];
    int fd;
    struct acr_socket *s = connected(u, &fd);
    const char *answer;
    int64_t n = 1;

    acr_socket_deadline(s, acr_now_ns() + 5000000);
    while (n > 0) {
        n = acr_write_until_input(u, s, data, sizeof(data));
        assert_true(n == -ETIMEDOUT || n == sizeof(data));
    }
    acr_socket_deadline(s, 0);
    acr_spawn(u, write_more, &fd, sizeof(fd));
    n = acr_write_until_input(u, s, data, sizeof(data));
    assert_true(n >= 0 && n < (int64_t)sizeof(data));
    assert_int_equal(acr_read_shared(u, s, &answer), 6);
    assert_memory_equal(answer, "answer", 6);
    close(fd);
    return ACR_STOP_USER;
}

/* A deadline is of all calls; also when none of them has to wait. */
static int end_by_a_time(struct acr_user *u)
{
    static const char data[1000];
    int fd;
    struct acr_socket *s = connected(u, &fd);
    const char *some;
    int64_t n = 1;
    char c;

    acr_socket_deadline(s, acr_now_ns() + 1000000);
    assert_int_equal(acr_read_shared(u, s, &some), -ETIMEDOUT);
    assert_int_equal(acr_read(u, s, &c, 1), -ETIMEDOUT);
    assert_string_equal(acr_socket_error(s), "read: timed out");
    assert_int_equal(write(fd, data, sizeof(data)), sizeof(data));
    while (!acr_socket_has_input(s))
        acr_sleep(u, 0);
    assert_int_equal(acr_read(u, s, &c, 1), 1);
    for (int i = 0; i < 100 && n > 0; i++)
        n = acr_read(u, s, &c, 1);
    assert_int_equal(n, -ETIMEDOUT);
    acr_socket_deadline(s, 0);
    acr_socket_timeout(s, 0.001);
    n = 1;
    for (size_t i = 0; i < sizeof(data) / 2 && n > 0; i++)
        n = acr_read(u, s, &c, 1);
    assert_int_equal(n, 1);
    while (n > 0)
        n = acr_read_shared(u, s, &some);
    assert_int_equal(n, -ETIMEDOUT);
    close(fd);
    return ACR_STOP_USER;
}

static int tell_times(struct acr_user *u)
{
    double name_ms = 0, connect_ms = 0, tls_ms = -1;
    int fd;
    struct acr_socket *s = connected(u, &fd);

    acr_socket_times(s, &name_ms, &connect_ms, &tls_ms);
    assert_true(name_ms >= 0 && connect_ms >= name_ms && tls_ms == 0);
    close(fd);
    s = acr_connect(u, "unix:/nowhere/at/all");
    acr_socket_times(s, &name_ms, &connect_ms, &tls_ms);
    assert_true(name_ms == 0 && connect_ms < 0 && tls_ms < 0);
    s = acr_connect(u, "tcp://no-such-host.invalid:80");
    acr_socket_times(s, &name_ms, &connect_ms, &tls_ms);
    assert_true(name_ms < 0 && connect_ms < 0 && tls_ms < 0);
    return ACR_STOP_USER;
}

/* As in a function of a scenario that is called in the midst of something. */
static int yield_in_vain(struct acr_user *u)
{
    int fd;
    struct acr_socket *s = connected(u, &fd);
    char c;

    acr_forbid_yields(acr_user_loop(u), true);
    assert_null(acr_coroutine_self(u));
    assert_int_equal(acr_sleep(u, 0.001), -ECANCELED);
    assert_int_equal(acr_read(u, s, &c, 1), -ECANCELED);
    assert_int_equal(write(fd, "x", 1), 1);
    acr_forbid_yields(acr_user_loop(u), false);
    assert_int_equal(acr_sleep(u, 0), 0);
    assert_int_equal(acr_read(u, s, &c, 1), 1);
    close(fd);
    return ACR_STOP_USER;
}

static void clients_have_more(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    run(look_for_input);
    run(stop_writing);
    run(end_by_a_time);
    run(tell_times);
    run(yield_in_vain);
    stop_listening();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_are_read_as_asked),
        cmocka_unit_test(clients_have_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
