/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "sched/source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct acri_sources s;
static struct acri_error error;

static int clear(void **state)
{
    (void)state;
    s = (struct acri_sources){ .n = 0 };
    error.text[0] = '\0';
    return 0;
}

static const char *text_of(const union acri_address *a)
{
    static char text[INET6_ADDRSTRLEN];

    inet_ntop(a->any.sa_family,
              a->any.sa_family == AF_INET6 ? (const void *)&a->v6.sin6_addr
                                           : (const void *)&a->v4.sin_addr,
              text, sizeof(text));
    return text;
}

static void addresses_and_ranges_are_counted(void **state)
{
    static const struct {
        const char *text;
        const char *first;
        uint64_t n;
    } rows[] = {
        { "10.0.0.5", "10.0.0.5", 1 },
        { "10.0.0.5/32", "10.0.0.5", 1 },
        { "10.0.0.5/31", "10.0.0.4", 2 },
        { "10.0.0.5/30", "10.0.0.5", 2 },
        { "127.0.0.0/24", "127.0.0.1", 254 },
        { "127.0.0.77/8", "127.0.0.1", (1u << 24) - 2 },
        { "0.0.0.0/0", "0.0.0.1", (UINT64_C(1) << 32) - 2 },
        { "::1", "::1", 1 },
        { "2001:db8::5/128", "2001:db8::5", 1 },
        { "2001:db8::5/127", "2001:db8::4", 2 },
        { "2001:db8::ffff/112", "2001:db8::1", 65535 },
        { "2001:db8:1:2:3::/64", "2001:db8:1:2::1", (UINT64_C(1) << 32) - 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        clear(NULL);
        assert_int_equal(acri_source_add(&s, rows[i].text, &error), 0);
        assert_int_equal(acri_source_count(&s, AF_UNSPEC), rows[i].n);
        assert_int_equal(acri_source_count(&s, s.ranges[0].first.any.sa_family), rows[i].n);
        assert_string_equal(text_of(&s.ranges[0].first), rows[i].first);
    }
}

static void what_is_no_address_is_refused_in_words(void **state)
{
    static const char *const rows[] = { "",           "x",           "localhost",   "10.0.0.256",
                                        "10.0.0.0/",  "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/2x",
                                        "::1/129",    "/24",         "10.0.0.0//8", "::1/0128",
                                        "10.0.0.0/ 8" };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        error.text[0] = '\0';
        assert_int_equal(acri_source_add(&s, rows[i], &error), -EINVAL);
        assert_non_null(strstr(error.text, rows[i]));
        assert_null(strchr(error.text, '\n'));
    }
    for (unsigned i = 0; i < ACRI_SOURCE_RANGES_MAX; i++)
        assert_int_equal(acri_source_add(&s, "10.0.0.1", &error), 0);
    assert_int_equal(acri_source_add(&s, "10.0.0.1", &error), -EINVAL);
    assert_non_null(strstr(error.text, "ranges"));
}

/* The address that a socket was bound to; its port must not be chosen yet. */
static const char *bound(struct acri_source_turn *t, int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    union acri_address a;
    socklen_t bytes = sizeof(a);

    assert_int_equal(acri_source_bind(t, fd, family), 0);
    assert_int_equal(getsockname(fd, &a.any, &bytes), 0);
    assert_int_equal(a.v4.sin_port, 0);
    close(fd);
    return text_of(&a);
}

static void each_has_its_turn(void **state)
{
    struct acri_source_turn t;

    (void)state;
    assert_int_equal(acri_source_add(&s, "127.0.0.255/31", NULL), 0);
    assert_int_equal(acri_source_add(&s, "127.0.1.9", NULL), 0);
    acri_source_turn_init(&t, &s, 0, 1);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(bound(&t, AF_INET), "127.0.0.254");
        assert_string_equal(bound(&t, AF_INET), "127.0.0.255");
        assert_string_equal(bound(&t, AF_INET), "127.0.1.9");
    }
    /* Loops begin at different ones. */
    acri_source_turn_init(&t, &s, 2, 3);
    assert_string_equal(bound(&t, AF_INET), "127.0.1.9");
    assert_string_equal(bound(&t, AF_INET), "127.0.0.254");
    assert_int_equal(acri_source_try(&s, &error), 0);
}

static void families_are_kept_apart(void **state)
{
    struct acri_source_turn t;

    (void)state;
    acri_source_turn_init(&t, NULL, 0, 1);
    assert_true(acri_source_serves(&t, AF_INET6));
    assert_int_equal(acri_source_bind(&t, -1, AF_INET6), 0);
    acri_source_turn_init(&t, &s, 0, 1);
    assert_true(acri_source_serves(&t, AF_INET6));
    assert_int_equal(acri_source_add(&s, "127.0.0.9", NULL), 0);
    acri_source_turn_init(&t, &s, 0, 1);
    assert_true(acri_source_serves(&t, AF_INET));
    assert_false(acri_source_serves(&t, AF_INET6));
    assert_int_equal(acri_source_bind(&t, -1, AF_INET6), -EAFNOSUPPORT);
    assert_int_equal(acri_source_bind(&t, -1, AF_UNIX), 0);
    assert_int_equal(acri_source_add(&s, "::1", NULL), 0);
    assert_true(acri_source_serves(&t, AF_INET6));
    assert_int_equal(acri_source_count(&s, AF_UNSPEC), 2);
}

static void what_the_machine_does_not_have_is_told(void **state)
{
    (void)state;
    assert_int_equal(acri_source_add(&s, "127.0.0.1", NULL), 0);
    assert_int_equal(acri_source_try(&s, &error), 0);
    assert_int_equal(acri_source_add(&s, "192.0.2.0/24", NULL), 0); /* for documentation only */
    assert_int_equal(acri_source_try(&s, &error), -EADDRNOTAVAIL);
    assert_non_null(strstr(error.text, "192.0.2.1"));
    assert_non_null(strstr(error.text, "--source-address"));
    /* Long ranges in spots. */
    clear(NULL);
    assert_int_equal(acri_source_add(&s, "127.0.0.0/8", NULL), 0);
    assert_int_equal(acri_source_try(&s, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(addresses_and_ranges_are_counted, clear),
        cmocka_unit_test_setup(what_is_no_address_is_refused_in_words, clear),
        cmocka_unit_test_setup(each_has_its_turn, clear),
        cmocka_unit_test_setup(families_are_kept_apart, clear),
        cmocka_unit_test_setup(what_the_machine_does_not_have_is_told, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
