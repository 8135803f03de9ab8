/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "sched/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static void targets_are_read(void **state)
{
    static const struct {
        const char *text;
        enum acri_target_transport transport;
        const char *host;
        uint16_t port;
    } rows[] = {
        { "tcp://example.org:80", ACRI_TRANSPORT_TCP, "example.org", 80 },
        { "example.org:65535", ACRI_TRANSPORT_TCP, "example.org", 65535 },
        { "tls://10.0.0.1:443", ACRI_TRANSPORT_TLS, "10.0.0.1", 443 },
        { "udp://[::1]:53", ACRI_TRANSPORT_UDP, "::1", 53 },
        { "[fe80::1%lo]:1", ACRI_TRANSPORT_TCP, "fe80::1%lo", 1 },
        { "unix:/run/x.sock", ACRI_TRANSPORT_UNIX, "/run/x.sock", 0 },
        { "unix:///run/x.sock", ACRI_TRANSPORT_UNIX, "/run/x.sock", 0 },
        { "unix:x", ACRI_TRANSPORT_UNIX, "x", 0 },
        { "udp:", ACRI_TRANSPORT_UDP, "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct acri_target t;

        assert_int_equal(acri_target_parse(rows[i].text, &t, NULL), 0);
        assert_int_equal(t.transport, rows[i].transport);
        assert_string_equal(t.host, rows[i].host);
        assert_int_equal(t.port, rows[i].port);
    }
}

static void what_is_no_target_is_refused_in_words(void **state)
{
    static const char *const rows[] = {
        "",
        "host",
        "host:",
        "host:0",
        "host:65536",
        "host:8o",
        "host:-1",
        ":80",
        "tcp://",
        "http://x:80",
        "::1:80",
        "[]:80",
        "unix:",
        "[::1]",
        "tls://:1",
        "host:99999999999999999999",
        "tcp://tcp://x:1",
        "udp:x",
        "udp://",
    };
    char longest[400];
    struct acri_target t;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct acri_error error = { "" };

        assert_int_equal(acri_target_parse(rows[i], &t, &error), -EINVAL);
        assert_non_null(strstr(error.text, rows[i]));
    }
    assert_int_equal(acri_target_parse(NULL, &t, NULL), -EINVAL);
    memset(longest, 'x', sizeof(longest));
    memcpy(longest + 253, ":80", 4);
    assert_int_equal(acri_target_parse(longest, &t, NULL), 0);
    memset(longest, 'x', sizeof(longest));
    memcpy(longest + 254, ":80", 4);
    assert_int_equal(acri_target_parse(longest, &t, NULL), -EINVAL);
    memset(longest, 'x', sizeof(longest));
    memcpy(longest, "unix:", 5);
    longest[5 + 107] = '\0';
    assert_int_equal(acri_target_parse(longest, &t, NULL), 0);
    longest[5 + 107] = 'x';
    longest[5 + 108] = '\0';
    assert_int_equal(acri_target_parse(longest, &t, NULL), -EINVAL);
}

static void numbers_need_no_look_up(void **state)
{
    struct acri_addresses a;
    char text[INET6_ADDRSTRLEN];

    (void)state;
    assert_true(acri_address_of_number("127.0.0.1", &a));
    assert_int_equal(a.n, 1);
    acri_address_set_port(&a.list[0], 80);
    assert_int_equal(ntohs(a.list[0].v4.sin_port), 80);
    assert_int_equal(acri_address_size(&a.list[0]), sizeof(struct sockaddr_in));
    assert_true(acri_address_of_number("::1", &a));
    acri_address_set_port(&a.list[0], 81);
    assert_int_equal(ntohs(a.list[0].v6.sin6_port), 81);
    assert_int_equal(acri_address_size(&a.list[0]), sizeof(struct sockaddr_in6));
    assert_string_equal(inet_ntop(AF_INET6, &a.list[0].v6.sin6_addr, text, sizeof(text)), "::1");
    assert_false(acri_address_of_number("localhost", &a));
    assert_false(acri_address_of_number("127.0.0.1.", &a));
}

static void names_are_looked_up(void **state)
{
    struct acri_error error = { "" };
    struct acri_addresses a;

    (void)state;
    assert_int_equal(acri_address_look_up("localhost", &a, &error), 0);
    assert_true(a.n > 0);
    assert_string_equal(error.text, "");
    assert_true(acri_address_look_up("no-such-host.invalid", &a, &error) < 0);
    assert_non_null(strstr(error.text, "the name 'no-such-host.invalid' does not resolve: "));
}

static void addresses_go_round(void **state)
{
    struct acri_addresses a = { .n = 3 };

    (void)state;
    for (size_t i = 0; i < a.n; i++)
        a.list[i].v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = (in_port_t)i };
    acri_address_rotate(&a, 2);
    for (size_t i = 0; i < a.n; i++)
        assert_int_equal(a.list[i].v4.sin_port, (i + 2) % 3);
    acri_address_rotate(&a, 1);
    for (size_t i = 0; i < a.n; i++)
        assert_int_equal(a.list[i].v4.sin_port, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_read),
        cmocka_unit_test(what_is_no_target_is_refused_in_words),
        cmocka_unit_test(numbers_need_no_look_up),
        cmocka_unit_test(names_are_looked_up),
        cmocka_unit_test(addresses_go_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
