/* SPDX-License-Identifier: MIT */
/* One socket and several peers, of both families. */
#include "support/peer.h"

static int peers[2] = { -1, -1 };
static char peer_texts[2][64];

/* A peer at a loopback address. Returns: whether the machine has it. */
static bool listen_there(int i, const char *host)
{
    struct acri_sources s = { .n = 0 };
    struct acri_source_turn t;
    union acri_address a;
    socklen_t bytes = sizeof(a);
    int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;

    peers[i] = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(acri_source_add(&s, host, NULL), 0);
    acri_source_turn_init(&t, &s, 0, 1);
    if (peers[i] < 0 ||
        bind(peers[i], &s.ranges[0].first.any, acri_address_size(&s.ranges[0].first)) < 0)
        return false;
    assert_int_equal(getsockname(peers[i], &a.any, &bytes), 0);
    snprintf(peer_texts[i], sizeof(peer_texts[i]), family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
             ntohs(a.v4.sin_port));
    return true;
}

static void stop_there(void)
{
    close(peers[0]);
    close(peers[1]);
}

/* What a peer has got goes back to where it came from, with its number. */
static void answer(int i)
{
    union acri_address from;
    socklen_t bytes = sizeof(from);
    char text[16] = "";

    assert_int_equal(recvfrom(peers[i], text, sizeof(text) - 1, 0, &from.any, &bytes), 2);
    text[1] = (char)('0' + i);
    assert_int_equal(sendto(peers[i], text, 2, 0, &from.any, bytes), 2);
}

static int ask_both(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, "udp:");
    struct acr_peer from;
    char text[16] = "";

    assert_int_equal(acr_socket_status(s), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(acr_send_to(u, s, "a?", 2, peer_texts[i]), 2);
        answer(i);
        assert_int_equal(acr_recv_from(u, s, text, sizeof(text), &from), 2);
        assert_int_equal(text[1], '0' + i);
        assert_string_equal(from.text, peer_texts[i]);
        /* As it is told, it can be given back. */
        assert_int_equal(acr_send_to(u, s, "b?", 2, from.text), 2);
        answer(i);
        assert_int_equal(acr_recv(u, s, text, sizeof(text)), 2);
    }
    /* What does not fit is cut off. */
    assert_int_equal(acr_send_to(u, s, "c?", 2, peer_texts[0]), 2);
    answer(0);
    assert_int_equal(acr_recv_from(u, s, text, 1, &from), 2);
    assert_int_equal(acr_send_to(u, s, "", 0, peer_texts[0]), 0);
    assert_int_equal(recv(peers[0], text, 1, 0), 0);
    return ACR_STOP_USER;
}

static void one_socket_has_several_peers(void **state)
{
    (void)state;
    assert_true(listen_there(0, "127.0.0.1"));
    if (!listen_there(1, "::1")) {
        close(peers[1]);
        assert_true(listen_there(1, "127.0.0.2"));
    }
    run(ask_both);
    stop_there();
}

static int fail_to_send(struct acr_user *u)
{
    static const char *const wrong[] = { "",          "127.0.0.1", "127.0.0.1:0", "unix:/x",
                                         "tls://x:1", "udp:",      "::1:53" };
    struct acr_socket *s = acr_connect(u, "udp:", .timeout_s = 0.001);
    struct acr_peer from = { "x" };
    char c;

    for (size_t i = 0; i < ACR_LEN(wrong); i++) {
        assert_int_equal(acr_send_to(u, s, "x", 1, wrong[i]), -EINVAL);
        assert_non_null(strstr(acr_socket_error(s), wrong[i]));
    }
    assert_true(acr_send_to(u, s, "x", 1, "no-such-host.invalid:1") < 0);
    assert_int_equal(acr_send(u, s, "x", 1), -EDESTADDRREQ);
    assert_int_equal(acr_recv_from(u, s, &c, 1, &from), -ETIMEDOUT);
    assert_string_equal(from.text, "");
    assert_string_equal(acr_socket_error(s), "read: timed out");
    assert_int_equal(acr_read(u, s, &c, 1), -EOPNOTSUPP);
    s = acr_connect(u, peer_at);
    assert_int_equal(acr_send_to(u, s, "x", 1, "[::1]:1"), -EAFNOSUPPORT);
    assert_string_equal(acr_socket_error(s),
                        "write: an IPv4 socket cannot send to an IPv6 address");
    assert_int_equal(acr_send_to(u, s, "x", 1, "127.0.0.1:0"), -EINVAL);
    s = acr_connect(u, "tcp://127.0.0.1:1");
    assert_int_equal(acr_recv_from(u, s, &c, 1, &from), -ECONNREFUSED);
    assert_int_equal(acr_send_to(u, s, "x", 1, peer_texts[0]), -ECONNREFUSED);
    return ACR_STOP_USER;
}

static void what_cannot_be_sent_says_why(void **state)
{
    (void)state;
    listen_at(SOCK_DGRAM, "udp");
    run(fail_to_send);
    stop_listening();
}

static int wait_for_ever(struct acr_user *u)
{
    struct acr_socket *s = acr_connect(u, "udp:", .timeout_s = -1);
    struct acr_peer from;
    char c;

    if (acr_number(u) == 0)
        return ACR_STOP_TEST;
    assert_int_equal(acr_recv_from(u, s, &c, 1, &from), -ECANCELED);
    return 0;
}

static void the_end_of_the_test_ends_it(void **state)
{
    (void)state;
    assert_int_equal(run_users(wait_for_ever, 10, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_socket_has_several_peers),
        cmocka_unit_test(what_cannot_be_sent_says_why),
        cmocka_unit_test(the_end_of_the_test_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
