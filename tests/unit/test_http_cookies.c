/* SPDX-License-Identifier: MIT */
/* Cookies as lines: made, and read. */
#include "support/unit.h"

#include "cookies.h"

#include <string.h>

static const char *value(const char *line, const char *host, const char *name)
{
    return http_cookies_value(line, host, strlen(host), name);
}

static void what_is_made_can_be_read(void **state)
{
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    assert_null(http_cookies_line(&t, "h.example", 9, "a", "1 = 2"));
    assert_string_equal(t.data, "h.example\tFALSE\t/\tFALSE\t0\ta\t1 = 2");
    assert_string_equal(value(t.data, "H.example", "a"), "1 = 2");
    assert_null(value(t.data, "x.h.example", "a"));
    assert_null(value(t.data, "h.example", "A"));
    http_text_clear(&t);
    assert_null(http_cookies_line(&t, "[::1]", 5, "empty", ""));
    assert_string_equal(t.data, "::1\tFALSE\t/\tFALSE\t0\tempty\t");
    assert_string_equal(value(t.data, "[::1]", "empty"), "");
    http_text_done(&t);
}

static void names_and_values_cannot_break_out(void **state)
{
    static const char *const names[] = { "", "a b", "a=b", "a\tb", "a;b", "a\n" };
    static const char *const values[] = { "a\tb", "a;b", "a\r\nSet-Cookie: x=y", "\x7f" };
    struct http_text t = { NULL, 0, 0 };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(http_cookies_line(&t, "h", 1, names[i], "1"));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_non_null(http_cookies_line(&t, "h", 1, "a", values[i]));
    http_text_done(&t);
}

static void domains_are_told_apart(void **state)
{
    static const char wide[] = "#HttpOnly_.shop.example\tTRUE\t/\tFALSE\t0\tid\t7";

    (void)state;
    assert_string_equal(value(wide, "shop.example", "id"), "7");
    assert_string_equal(value(wide, "www.SHOP.example", "id"), "7");
    assert_null(value(wide, "myshop.example", "id"));
    assert_null(value(wide, "example", "id"));
}

static void broken_lines_have_no_value(void **state)
{
    (void)state;
    assert_null(value("", "h", "a"));
    assert_null(value("h\tTRUE\t/\tFALSE\t0\ta", "h", "a"));
    assert_null(value("\t\t\t\t\t\t", "h", "a"));
    assert_string_equal(value("h\tTRUE\t/\tFALSE\t0\ta\t", "h", "a"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_can_be_read),
        cmocka_unit_test(names_and_values_cannot_break_out),
        cmocka_unit_test(domains_are_told_apart),
        cmocka_unit_test(broken_lines_have_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
