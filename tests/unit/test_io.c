/* SPDX-License-Identifier: MIT */
/* Sockets on real loops, against peers made here: what is told, and what becomes of descriptors. */
#include "support/peer.h"

#include <sys/resource.h>
#include <sys/un.h>

/* --- opening ------------------------------------------------------------------------------------
 */

static int fail_to_connect(struct acr_user *u)
{
    static const char *const wrong[] = {
        "",       "tcp://",      "host",  "127.0.0.1:0", "127.0.0.1:65536",
        "::1:80", "http://x:80", "unix:", "tcp://:80",   NULL
    };
    struct acr_socket *s = acr_connect(u, peer_at);
    char c;

    assert_int_equal(acr_socket_status(s), -ECONNREFUSED);
    assert_string_equal(acr_socket_error(s), "connect: Connection refused");
    assert_int_equal(acr_read(u, s, &c, 1), -ECONNREFUSED);
    assert_int_equal(acr_write(u, s, "x", 1), -ECONNREFUSED);
    assert_int_equal(acr_shutdown(u, s), -ECONNREFUSED);
    assert_string_equal(acr_socket_error(s), "connect: Connection refused");
    assert_int_equal(acr_socket_fd(s), -1);
    for (size_t i = 0; i < ACR_LEN(wrong); i++) {
        s = acr_connect(u, wrong[i]);
        assert_int_equal(acr_socket_status(s), -EINVAL);
        assert_non_null(strstr(acr_socket_error(s), wrong[i] != NULL ? wrong[i] : "''"));
    }
    for (int i = 0; i < 2; i++) { /* asked for, and kept */
        s = acr_connect(u, "tcp://no-such-host.invalid:80");
        assert_true(acr_socket_status(s) < 0);
        assert_non_null(strstr(acr_socket_error(s), "'no-such-host.invalid' does not resolve"));
    }
    s = acr_connect(u, "unix:/nowhere/at/all");
    assert_int_equal(acr_socket_status(s), -ENOENT);
    return ACR_STOP_USER;
}

static void what_cannot_be_reached_says_why(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    stop_listening();
    run(fail_to_connect);
}

static int by_name(struct acr_user *u)
{
    char to[80];
    struct acr_socket *s;

    snprintf(to, sizeof(to), "localhost:%s", strchr(tcp_at, ':') + 1);
    for (int i = 0; i < 3; i++) {
        s = acr_connect(u, to);
        if (acr_socket_status(s) < 0)
            fail_msg("%s", acr_socket_error(s));
        close(accept(peer, NULL, NULL));
        acr_close(u, s);
    }
    return ACR_STOP_USER;
}

/* ::1 refuses, as only the IPv4 address listens: the next one is tried at once. */
static void names_are_looked_up(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    run(by_name);
    stop_listening();
}

static int without_descriptors(struct acr_user *u)
{
    struct rlimit before;
    struct rlimit none;
    struct acr_socket *s;

    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    s = acr_connect(u, peer_at);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(acr_socket_status(s), -EMFILE);
    assert_string_equal(acr_socket_error(s), "connect: Too many open files");
    return ACR_STOP_USER;
}

static void a_lack_of_descriptors_is_an_error(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    run(without_descriptors);
    stop_listening();
}

static int over_a_path(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, peer_at);
    int fd = accept(peer, NULL, NULL);
    char text[3] = "";

    assert_int_equal(acr_socket_status(s), 0);
    assert_int_equal(acr_write(u, s, "hi", 2), 2);
    assert_int_equal(read(fd, text, 2), 2);
    assert_string_equal(text, "hi");
    close(fd);
    return ACR_STOP_USER;
}

/* Of a backlog of one the third must wait, in vain. */
static int over_a_full_path(struct acr_user *u)
{
    struct acr_socket *s = NULL;

    for (int i = 0; i < 3 && (s == NULL || acr_socket_status(s) == 0); i++)
        s = acr_connect(u, peer_at, .connect_timeout_s = 0.002);
    assert_int_equal(acr_socket_status(s), -ETIMEDOUT);
    assert_string_equal(acr_socket_error(s), "connect: timed out");
    return ACR_STOP_USER;
}

static void unix_sockets_are_reached_by_path(void **state)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };

    (void)state;
    snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/acrida-io-%d", (int)getpid());
    snprintf(peer_at, sizeof(peer_at), "unix:%.50s", at.sun_path);
    peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(peer, 0), 0);
    run(over_a_path);
    run(over_a_full_path);
    stop_listening();
    unlink(at.sun_path);
}

/* --- who owns a socket --------------------------------------------------------------------------
 */

static int leave_open(struct acr_user *u)
{
    struct acr_socket **kept = acr_state(u);
    struct acr_socket *s = acr_connect(u, peer_at);
    int fds[2];
    char c;

    fds[0] = accept(peer, NULL, NULL);
    if (*kept == NULL) {
        *kept = acr_connect(u, peer_at, .keep = true);
        fds[1] = accept(peer, NULL, NULL);
        got = fds[0] | (int64_t)fds[1] << 32;
        return ACR_RESCHEDULE_NOW;
    }
    assert_int_equal(acr_socket_status(s), 0);
    close(fds[0]);
    fds[0] = (int)got;
    fds[1] = (int)(got >> 32);
    assert_int_equal(read(fds[0], &c, 1), 0); /* the last task's */
    assert_int_equal(acr_write(u, *kept, "x", 1), 1);
    assert_int_equal(read(fds[1], &c, 1), 1);
    close(fds[0]);
    close(fds[1]);
    return ACR_STOP_USER;
}

static void what_is_left_open_is_closed(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    run(leave_open);
    stop_listening();
}

struct wait {
    struct acr_socket *socket;
    int64_t *ret_got; /* NULL = nobody asks: users of several loops wait at once */
};

static int wait_on_it(struct acr_user *u, void *arg)
{
    const struct wait *w = arg;
    char c;
    int64_t r = acr_read(u, w->socket, &c, 1);

    if (w->ret_got != NULL)
        *w->ret_got = r;
    return 0;
}

static int close_under_it(struct acr_user *u)
{
    int fd;
    struct acr_socket *s = connected(u, &fd);
    const struct wait w = { s, &got };
    char c;

    acr_spawn(u, wait_on_it, &w, sizeof(w));
    acr_sleep(u, 0);
    assert_int_equal(acr_read(u, s, &c, 1), -EBUSY);
    assert_int_equal(acr_write(u, s, "x", 1), 1); /* the other direction is free */
    acr_close(u, s);
    assert_int_equal(acr_join_all(u), 0);
    assert_int_equal(got, -ECANCELED);
    close(fd);
    return ACR_STOP_USER;
}

static int read_in_vain(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, peer_at);
    const struct wait w = { .socket = s };
    char c;

    acr_spawn(u, wait_on_it, &w, sizeof(w));
    if (acr_number(u) == 0)
        return ACR_STOP_TEST;
    assert_int_equal(acr_read(u, s, &c, 1), -ECANCELED);
    assert_int_equal(acr_write(u, s, "x", 1), -ECANCELED);
    assert_int_equal(acr_socket_status(acr_connect(u, peer_at)), -ECANCELED);
    assert_int_equal(acr_wait_fd(u, 0, ACR_READ, 0), -ECANCELED);
    return 0;
}

static void waits_end_with_their_socket_or_user(void **state)
{
    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    run(close_under_it);
    assert_int_equal(run_users(read_in_vain, 20, 2), 0);
    stop_listening();
}

/* --- in hooks -----------------------------------------------------------------------------------
 */

static int two(void *arg)
{
    return ++*(int *)arg;
}

/* The peer has this connection and no other; it is closed with the hook. */
static int connect_in_hook(struct acr_user *u, const struct acr_test_event *e)
{
    char to[80];
    struct acr_socket *s;
    int n = 1;

    (void)e;
    snprintf(to, sizeof(to), "tcp://localhost:%s", strchr(tcp_at, ':') + 1);
    s = acr_connect(u, to);
    if (acr_write(u, s, "hook", 4) < 0)
        return acr_raise(u, "%s", acr_socket_error(s));
    if (acr_offload(u, two, &n, sizeof(n)) != 2 || n != 2)
        return acr_raise(u, "acr_offload: %d", n);
    got = acr_connect(u, peer_at, .keep = true) != NULL;
    return 0;
}

static int stop(struct acr_user *u)
{
    (void)u;
    return ACR_STOP_TEST;
}

static void hooks_have_sockets_too(void **state)
{
    const struct acr_task tasks[] = { { .name = "task", .run = stop } };
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 1 };
    const struct acr_hooks hooks = { .test_start = connect_in_hook };
    const struct acr_plugin plugin = {
        .name = "p", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };
    char text[5] = "";
    int before;
    int fd;

    (void)state;
    listen_at(SOCK_STREAM, "tcp");
    before = n_open();
    got = 0;
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ 0 }), 0);
    assert_int_equal(got, 1);
    assert_int_equal(n_open(), before);
    fd = accept(peer, NULL, NULL);
    assert_int_equal(read(fd, text, 4), 4);
    assert_string_equal(text, "hook");
    assert_int_equal(read(fd, text, 1), 0);
    close(fd);
    stop_listening();
}

/* --- datagrams ----------------------------------------------------------------------------------
 */

static int exchange_datagrams(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, peer_at, .timeout_s = 0.001);
    struct sockaddr_in from;
    socklen_t bytes = sizeof(from);
    char text[8] = "";

    assert_int_equal(acr_socket_status(s), 0);
    assert_int_equal(acr_recv(u, s, text, sizeof(text)), -ETIMEDOUT);
    assert_int_equal(acr_send(u, s, "ping", 4), 4);
    assert_int_equal(recvfrom(peer, text, 8, 0, (struct sockaddr *)&from, &bytes), 4);
    assert_int_equal(sendto(peer, "", 0, 0, (struct sockaddr *)&from, bytes), 0);
    assert_int_equal(sendto(peer, "0123456789", 10, 0, (struct sockaddr *)&from, bytes), 10);
    acr_socket_timeout(s, 0);
    assert_int_equal(acr_recv(u, s, text, 4), 0);
    assert_int_equal(acr_recv(u, s, text, 4), 10); /* cut off */
    assert_memory_equal(text, "0123", 4);
    assert_int_equal(acr_read(u, s, text, 4), -EOPNOTSUPP);
    stop_listening();
    assert_int_equal(acr_send(u, s, "ping", 4), 4);
    assert_int_equal(acr_recv(u, s, text, 4), -ECONNREFUSED);
    return ACR_STOP_USER;
}

static void datagrams_keep_their_bounds(void **state)
{
    (void)state;
    listen_at(SOCK_DGRAM, "udp");
    run(exchange_datagrams);
}

/* --- bytes are conserved ------------------------------------------------------------------------
 */

#define CHUNK 300000u
static _Atomic uint64_t sum_sent;
static _Atomic uint64_t sum_received;

static int send_much(struct acr_user *u, void *arg)
{
    struct acr_socket *s = *(struct acr_socket **)arg;
    unsigned char *data = acr_alloc(u, CHUNK);

    for (uint32_t i = 0; i < CHUNK; i++) {
        data[i] = (unsigned char)acr_random_int(u, 0, 255);
        sum_sent += data[i];
    }
    assert_int_equal(acr_write(u, s, data, CHUNK), CHUNK);
    return acr_shutdown(u, s);
}

/* The peer's end of a connection: perhaps another user's, on another loop. */
static int echo(struct acr_user *u, void *arg)
{
    int fd = *(int *)arg;
    unsigned char piece[4096];
    size_t n = 0;
    ssize_t r;

    while ((r = recv(fd, piece, sizeof(piece), MSG_DONTWAIT)) != 0) {
        if (r < 0) {
            assert_int_equal(errno, EAGAIN);
            assert_int_equal(acr_wait_fd(u, fd, ACR_READ, 0), ACR_READ);
            continue;
        }
        for (ssize_t i = 0; i < r; i++)
            sum_received += piece[i];
        n += (size_t)r;
    }
    assert_int_equal(n, CHUNK);
    close(fd);
    return 0;
}

static int pass_much(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, peer_at);
    int fd;

    assert_int_equal(acr_socket_status(s), 0);
    fd = accept(peer, NULL, NULL);
    acr_spawn(u, send_much, &s, sizeof(s));
    acr_spawn(u, echo, &fd, sizeof(fd));
    return acr_join_all(u) < 0 ? ACR_RAISED : ACR_STOP_USER;
}

static void bytes_are_conserved(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 4; threads += 3) {
        sum_sent = sum_received = 0;
        listen_at(SOCK_STREAM, "tcp");
        assert_int_equal(run_users(pass_much, 8, threads), 0);
        assert_true(sum_sent > 0);
        assert_int_equal(sum_sent, sum_received);
        stop_listening();
    }
}

#define TEST(function) cmocka_unit_test(function)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_reached_says_why),
        TEST(names_are_looked_up),
        TEST(a_lack_of_descriptors_is_an_error),
        TEST(unix_sockets_are_reached_by_path),
        TEST(what_is_left_open_is_closed),
        TEST(waits_end_with_their_socket_or_user),
        TEST(hooks_have_sockets_too),
        TEST(datagrams_keep_their_bounds),
        TEST(bytes_are_conserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
