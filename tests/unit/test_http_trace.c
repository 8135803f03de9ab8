/* SPDX-License-Identifier: MIT */
/* What is shown of a request: complete, bounded, and harmless to a terminal. */
#include "support/unit.h"

#include "trace.h"

#include <string.h>

static struct http_text out;

static int empty(void **state)
{
    (void)state;
    http_text_done(&out);
    return 0;
}

static const char *lines(const char *data, size_t bytes)
{
    http_text_clear(&out);
    assert_true(http_trace_lines(&out, "> ", data, bytes));
    return http_text_get(&out);
}

#define LINES(literal) lines(literal, sizeof(literal) - 1)

static void lines_begin_with_the_prefix(void **state)
{
    (void)state;
    assert_string_equal(LINES(""), "");
    assert_string_equal(LINES("a"), "> a\n");
    assert_string_equal(LINES("a\r\nb\n\nc\td\n"), "> a\n> b\n> \n> c\td\n");
    assert_string_equal(LINES("\r\n"), "> \n");
}

static void letters_pass_and_controls_do_not(void **state)
{
    (void)state;
    assert_string_equal(LINES("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x9d"),
                        "> \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x9d\n");
    assert_string_equal(LINES("a\x1b[2Jb\x7f\b\0c\rd"), "> a\\x1b[2Jb\\x7f\\x08\\x00c\\x0dd\n");
    assert_string_equal(LINES("\xc2\x9b"), "> \\xc2\\x9b\n");                   /* a C1 control */
    assert_string_equal(LINES("\xe2\x80\xae"), "> \\xe2\\x80\\xae\n");          /* right to left */
    assert_string_equal(LINES("\xc0\xaf\xff\xc3"), "> \\xc0\\xaf\\xff\\xc3\n"); /* no UTF-8 */
    assert_string_equal(LINES("\xe0\x80\xaf"), "> \\xe0\\x80\\xaf\n");          /* overlong */
    assert_string_equal(LINES("\xed\xa0\x80"), "> \\xed\\xa0\\x80\n");          /* half of a pair */
    assert_string_equal(LINES("\xf4\x90\x80\x80"), "> \\xf4\\x90\\x80\\x80\n");
    assert_string_equal(LINES("\xe2\x82"), "> \\xe2\\x82\n"); /* cut short */
}

static void a_hop_is_shown_from_both_sides(void **state)
{
    static const char sent[] = "POST /a HTTP/1.1\r\nAuthorization: Basic eDp5\r\n\r\n";
    static const char head[] = "HTTP/1.1 200 OK\0X: \x1b[1m\0";
    struct http_trace *t = http_trace_new();

    (void)state;
    http_trace_begin(t, "POST", "http://h/a");
    http_trace_add_head(t, sent, sizeof sent - 1);
    http_trace_add_sent(t, "a=", 2);
    http_trace_add_sent(t, "b", 1);
    http_trace_add_body(t, "{}\n", 3);
    http_text_clear(&out);
    assert_true(http_trace_hop(&out, t, head, sizeof head - 1, NULL));
    assert_string_equal(
        out.data, "# POST http://h/a\n> POST /a HTTP/1.1\n> Authorization: Basic eDp5\n> \n> a=b\n"
                  "< HTTP/1.1 200 OK\n< X: \\x1b[1m\n<\n< {}\n");

    http_trace_begin(t, "GET", "http://h/b");
    http_text_clear(&out);
    assert_true(http_trace_hop(&out, t, NULL, 0, "Connection refused"));
    assert_string_equal(out.data, "# GET http://h/b\n! Connection refused\n");
    http_trace_free(t);
    http_trace_free(NULL);
}

static void bodies_are_cut_and_the_rest_is_counted(void **state)
{
    struct http_trace *t = http_trace_new();
    char body[700];

    (void)state;
    memset(body, 'x', sizeof body);
    http_trace_begin(t, "GET", "http://h/");
    http_trace_add_body(t, body, sizeof body);
    http_trace_add_body(t, body, sizeof body);
    http_trace_add_body(t, body, sizeof body);
    http_text_clear(&out);
    assert_true(http_trace_hop(&out, t, NULL, 0, NULL));
    const char *first = strchr(out.data, '\n') + 1;
    const char *more = strchr(first, '\n');
    assert_int_equal(more - first, 2 + HTTP_TRACE_BODY_BYTES);
    assert_string_equal(more + 1, "< (and 1100 bytes more)\n");
    http_trace_free(t);
}

static void the_outcome_is_one_line(void **state)
{
    struct http_trace_outcome o = { .user_type = "shopper",
                                    .user_number = 7,
                                    .method = "GET",
                                    .name = "/a",
                                    .status = 200,
                                    .ms = 12.34,
                                    .bytes = 99 };

    (void)state;
    http_text_clear(&out);
    assert_true(http_trace_outcome(&out, &o));
    assert_string_equal(out.data,
                        "= GET /a: status 200, 99 bytes, 12.3 ms, succeeded [user 7, shopper]\n");
    o.error = "bad\x1b";
    http_text_clear(&out);
    assert_true(http_trace_outcome(&out, &o));
    assert_string_equal(
        out.data, "= GET /a: status 200, 99 bytes, 12.3 ms, failed: bad\\x1b [user 7, shopper]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_begin_with_the_prefix),
        cmocka_unit_test(letters_pass_and_controls_do_not),
        cmocka_unit_test(a_hop_is_shown_from_both_sides),
        cmocka_unit_test(bodies_are_cut_and_the_rest_is_counted),
        cmocka_unit_test(the_outcome_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, empty);
}
