/* SPDX-License-Identifier: MIT */
/* Header lines: cutting a text of them, and laying one list over another. */
#include "support/unit.h"

#include "headers.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 8 };

static struct http_headers parsed(char *text, struct http_header items[MOST])
{
    size_t count;

    assert_true(http_headers_count(text) <= MOST);
    assert_null(http_headers_parse(text, items, &count));
    return (struct http_headers){ items, count };
}

static void lines_are_cut_trimmed_and_empty_ones_skipped(void **state)
{
    char text[] = "A: 1\r\n\n  B-c:two words \t\nX:\n";
    struct http_header items[MOST];

    (void)state;
    struct http_headers h = parsed(text, items);

    assert_int_equal(h.count, 3);
    assert_string_equal(h.items[0].line, "A: 1");
    assert_string_equal(h.items[1].line, "B-c:two words");
    assert_int_equal(h.items[1].name_bytes, 3);
    assert_false(h.items[1].is_removal);
    assert_true(h.items[2].is_removal);
}

static void lines_that_cannot_be_sent_are_refused(void **state)
{
    static const char *const bad[] = { "no colon", ": no name", "a b: c", "A: x\001y", "A\r: x" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[32];
        struct http_header items[MOST];
        size_t count;
        snprintf(text, sizeof text, "%s", bad[i]);
        assert_non_null(http_headers_parse(text, items, &count));
        assert_int_equal(count, 0);
    }
}

static void the_more_specific_list_replaces_namesakes_in_any_case(void **state)
{
    char low[] = "Accept: */*\nX-One: 1\nUser-Agent: me";
    char high[] = "user-agent: you\nX-Two: 2";
    struct http_header low_items[MOST], high_items[MOST], out[MOST];

    (void)state;
    size_t n = http_headers_merge(parsed(low, low_items), parsed(high, high_items), out);

    assert_int_equal(n, 4);
    assert_string_equal(out[0].line, "Accept: */*");
    assert_string_equal(out[1].line, "X-One: 1");
    assert_string_equal(out[2].line, "user-agent: you");
    assert_string_equal(out[3].line, "X-Two: 2");
}

static void a_name_given_twice_at_once_is_sent_twice(void **state)
{
    char low[] = "X: 0";
    char high[] = "X: 1\nX: 2";
    struct http_header low_items[MOST], high_items[MOST], out[MOST];

    (void)state;
    size_t n = http_headers_merge(parsed(low, low_items), parsed(high, high_items), out);

    assert_int_equal(n, 2);
    assert_string_equal(out[0].line, "X: 1");
    assert_string_equal(out[1].line, "X: 2");
}

static void a_removal_takes_the_header_away_and_stays_for_the_engine(void **state)
{
    char low[] = "Accept: */*\nX: 0";
    char high[] = "accept:";
    struct http_header low_items[MOST], high_items[MOST], out[MOST];

    (void)state;
    size_t n = http_headers_merge(parsed(low, low_items), parsed(high, high_items), out);

    assert_int_equal(n, 2);
    assert_string_equal(out[0].line, "X: 0");
    assert_true(out[1].is_removal);
}

static void headers_are_found_by_name_in_any_case(void **state)
{
    char text[] = "Content-Type: a\nContent: b";
    struct http_header items[MOST];

    (void)state;
    struct http_headers h = parsed(text, items);

    assert_string_equal(http_headers_find(h, "CONTENT")->line, "Content: b");
    assert_string_equal(http_headers_find(h, "content-type")->line, "Content-Type: a");
    assert_null(http_headers_find(h, "Content-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_cut_trimmed_and_empty_ones_skipped),
        cmocka_unit_test(lines_that_cannot_be_sent_are_refused),
        cmocka_unit_test(the_more_specific_list_replaces_namesakes_in_any_case),
        cmocka_unit_test(a_name_given_twice_at_once_is_sent_twice),
        cmocka_unit_test(a_removal_takes_the_header_away_and_stays_for_the_engine),
        cmocka_unit_test(headers_are_found_by_name_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
