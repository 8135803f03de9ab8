/* SPDX-License-Identifier: MIT */
/* Set-Cookie lines taken apart, and dates of all kinds. */
#include "support/unit.h"

#include "set_cookie.h"

#include <string.h>

static void dates_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t s; /* -1 = no date */
    } rows[] = {
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
        { "Sun Nov  6 08:49:37 1994", 784111777 },
        { "6 november 1994 8:49:37", 784111777 },
        { "08:49:37 1994 nov 6x", 784111777 },
        { "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 },
        { "Fri, 01 Mar 2024 00:00:00 GMT", 1709251200 },
        { "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
        { "1 Jan 69 00:00:00", 3124224000 },
        { "1 Jan 70 00:00:00", 0 },
        { "31 Dec 1969 23:59:59", -1 },
        { "1 Jan 1600 00:00:00", -2 },
        { "32 Jan 2000 00:00:00", -2 },
        { "0 Jan 2000 00:00:00", -2 },
        { "1 Jan 2000 24:00:00", -2 },
        { "1 Jan 2000 00:60:00", -2 },
        { "1 Jan 2000 00:00:60", -2 },
        { "1 Jan 2000 00:00", -2 },
        { "1 Jan 20000 00:00:00", -2 },
        { "1 Jab 2000 00:00:00", -2 },
        { "", -2 },
        { "soon", -2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t s = -2;
        bool ok = http_set_cookie_date(rows[i].text, strlen(rows[i].text), &s);
        if (s != rows[i].s)
            fail_msg("'%s': %lld", rows[i].text, (long long)s);
        assert_int_equal(ok, rows[i].s != -2);
    }
}

static bool is(const char *text, size_t bytes, const char *wanted)
{
    return bytes == strlen(wanted) && memcmp(text, wanted, bytes) == 0;
}

static void pairs_and_attributes_are_found(void **state)
{
    struct http_set_cookie c;

    (void)state;
    assert_true(http_set_cookie_parse(" a = b=\"c\" ; Path = \"/x\" ;DOMAIN=.shop.example; secure;"
                                      "HttpOnly=1;; SameSite=Lax; max-age=60; Expires=soon",
                                      1000, &c));
    assert_true(is(c.name, c.name_bytes, "a"));
    assert_true(is(c.value, c.value_bytes, "b=\"c\""));
    assert_true(is(c.path, c.path_bytes, "/x"));
    assert_true(is(c.domain, c.domain_bytes, "shop.example"));
    assert_true(c.is_secure && c.is_http_only);
    assert_int_equal(c.expires_s, 1060);
    assert_true(http_set_cookie_parse("a=", 0, &c));
    assert_int_equal(c.value_bytes, 0);
    assert_null(c.domain);
    assert_null(c.path);
    assert_int_equal(c.expires_s, 0);
    assert_true(http_set_cookie_parse("a=b; Max-Age=99999999999999999999", 5, &c));
    assert_int_equal(c.expires_s, INT64_MAX);
    assert_true(http_set_cookie_parse("a=b; Max-Age=9223372036854775807", 5, &c));
    assert_int_equal(c.expires_s, INT64_MAX);
    assert_true(http_set_cookie_parse("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 5, &c));
    assert_int_equal(c.expires_s, 1);
    assert_true(http_set_cookie_parse("a=b; Path=x; Expires=soon", 5, &c));
    assert_null(c.path);
    assert_int_equal(c.expires_s, 0);
}

static void what_is_no_cookie_is_refused(void **state)
{
    static const char *const rows[] = { "",          "a",           "=b",      " = b; a=b",
                                        "a\tb=c",    "a=b\tc",      "a=b\x01", "a\x7f=b",
                                        "a=b; P=\n", "a=b; c=d\te", ";a=b",    "\t" };
    char line[6000];
    struct http_set_cookie c;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (http_set_cookie_parse(rows[i], 0, &c))
            fail_msg("taken: '%s'", rows[i]);
    memset(line, 'x', sizeof line);
    line[1] = '=';
    line[2 + 4094] = '\0';
    assert_true(http_set_cookie_parse(line, 0, &c));
    assert_int_equal(c.value_bytes, 4094);
    line[2 + 4094] = 'x';
    line[2 + 4095] = '\0';
    assert_false(http_set_cookie_parse(line, 0, &c));
    memset(line, ';', sizeof line);
    memcpy(line, "a=b", 3);
    line[5000] = '\0';
    assert_true(http_set_cookie_parse(line, 0, &c));
    line[5000] = ';';
    line[5001] = '\0';
    assert_false(http_set_cookie_parse(line, 0, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(pairs_and_attributes_are_found),
        cmocka_unit_test(what_is_no_cookie_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
