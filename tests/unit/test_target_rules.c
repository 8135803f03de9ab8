/* SPDX-License-Identifier: MIT */
/* Tests of the demo target's pure parts: rules, request heads, request bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "target/body.h"
#include "target/json.h"
#include "target/request.h"
#include "target/rules.h"

static struct target_text text(const char *string)
{
    return target_text_of(string);
}

static const struct target_rule *choose(const struct target_rules *rules, const char *method,
                                        const char *path, struct target_random *random)
{
    return target_rules_choose(rules, text(method), text(path), random);
}

static void add(struct target_rules *rules, const char *rule)
{
    char error[128] = "";
    bool added = target_rules_add(rules, rule, error, sizeof error);
    assert_string_equal(error, "");
    assert_true(added);
}

static void rules_are_read(void **state)
{
    struct target_rules rules = { 0 };
    (void)state;

    add(&rules, "GET /api/orders status=409 p=0.1");
    add(&rules, "* /api/* delay=5..20");
    add(&rules, "  GET\t/x   drop  p=1e-2 ");
    add(&rules, "GET /y stall=1400");
    add(&rules, "GET /z slow=100x10 delay=7");
    add(&rules, "GET /a garbage");
    add(&rules, "GET /b truncate");

    assert_int_equal(rules.count, 7);
    assert_int_equal(rules.items[0].action, TARGET_RULE_STATUS);
    assert_int_equal(rules.items[0].status, 409);
    assert_true(rules.items[0].probability > 0.099 && rules.items[0].probability < 0.101);
    assert_int_equal(rules.items[1].delay_lowest_ms, 5);
    assert_int_equal(rules.items[1].delay_highest_ms, 20);
    assert_int_equal(rules.items[1].action, TARGET_RULE_PASS);
    assert_int_equal(rules.items[2].action, TARGET_RULE_DROP);
    assert_true(target_text_is(rules.items[2].pattern, "/x"));
    assert_int_equal(rules.items[3].stall_ms, 1400);
    assert_int_equal(rules.items[4].slow_ms, 100);
    assert_int_equal(rules.items[4].slow_parts, 10);
    assert_int_equal(rules.items[4].delay_lowest_ms, 7);
    assert_int_equal(rules.items[4].delay_highest_ms, 7);
    assert_int_equal(rules.items[5].action, TARGET_RULE_GARBAGE);
    assert_int_equal(rules.items[6].action, TARGET_RULE_TRUNCATE);
    target_rules_free(&rules);
}

static void bad_rules_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "GET",
        "GET /x",
        "GET /x p=0.5",
        "GET x drop",
        "GET /x dorp",
        "GET /x drop=1",
        "GET /x status",
        "GET /x status=",
        "GET /x status=99",
        "GET /x status=600",
        "GET /x status=4o4",
        "GET /x status=404 drop",
        "GET /x garbage truncate",
        "GET /x drop p=1.5",
        "GET /x drop p=-0.1",
        "GET /x drop p=nan",
        "GET /x drop p=0x1",
        "GET /x drop p=",
        "GET /x drop p",
        "GET /x drop p=0.5x",
        "GET /x delay=",
        "GET /x delay=5.",
        "GET /x delay=5..",
        "GET /x delay=5.7",
        "GET /x delay=..7",
        "GET /x delay=9..5",
        "GET /x delay=99999999999999999999",
        "GET /x stall=",
        "GET /x stall=1s",
        "GET /x slow=100",
        "GET /x slow=x10",
        "GET /x slow=100x0",
        "GET /x slow=100x",
    };
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct target_rules rules = { 0 };
        char error[128] = "";
        if (target_rules_add(&rules, bad[i], error, sizeof error)) {
            fail_msg("accepted: %s", bad[i]);
        }
        assert_int_not_equal(strlen(error), 0);
        assert_int_equal(rules.count, 0);
        target_rules_free(&rules);
    }
}

static void first_rule_that_hits_wins(void **state)
{
    struct target_rules rules = { 0 };
    struct target_random random = { 7 };
    (void)state;

    add(&rules, "POST /api/* status=500 p=0");
    add(&rules, "POST /api/* status=503");
    add(&rules, "* /api/*/items drop");
    assert_int_equal(choose(&rules, "POST", "/api/cart/items", &random)->status, 503);
    assert_int_equal(choose(&rules, "GET", "/api/cart/items", &random)->action, TARGET_RULE_DROP);
    assert_null(choose(&rules, "GET", "/api/cart", &random));
    assert_null(choose(&rules, "POST", "/apix", &random));
    target_rules_free(&rules);
}

static void probabilities_hold_and_repeat(void **state)
{
    struct target_rules rules = { 0 };
    struct target_random random = { 42 };
    struct target_random again = { 42 };
    int hits = 0;
    (void)state;

    add(&rules, "* * drop p=0.1");
    for (int i = 0; i < 100000; i++) {
        const struct target_rule *rule = choose(&rules, "GET", "/", &random);
        assert_ptr_equal(rule, choose(&rules, "GET", "/", &again));
        hits += rule != NULL;
    }
    assert_in_range(hits, 9500, 10500);
    target_rules_free(&rules);
}

static void globs_match(void **state)
{
    (void)state;
    assert_true(target_text_glob(text("*"), text("")));
    assert_true(target_text_glob(text("/a*c*e"), text("/abcde")));
    assert_true(target_text_glob(text("/a*c*e"), text("/acce-e")));
    assert_true(target_text_glob(text("**/x"), text("/a/b/x")));
    assert_false(target_text_glob(text("/a*c"), text("/abcd")));
    assert_false(target_text_glob(text(""), text("/")));
    assert_false(target_text_glob(text("/a"), text("/ab")));
}

static const char full_head[] = "\r\nPOST /a/b?x=1&y=2 HTTP/1.1\r\n"
                                "Host: example.test\r\n"
                                "X-Empty:\r\n"
                                "X-Spaces:  \t two words \t\r\n"
                                "Content-Length: 5\r\n"
                                "Expect: 100-continue\r\n"
                                "Connection: foo , Close\r\n"
                                "\r\n";

static void check_full_head(const struct target_request *request)
{
    assert_true(target_text_is(request->method, "POST"));
    assert_true(target_text_is(request->path, "/a/b"));
    assert_true(target_text_is(request->query, "x=1&y=2"));
    assert_int_equal(request->minor, 1);
    assert_int_equal(request->header_count, 6);
    assert_int_equal(request->content_length, 5);
    assert_true(request->expect_continue);
    assert_false(request->keep_alive);
    assert_true(target_request_has_body(request));
    assert_true(target_text_is(*target_request_header(request, "x-EMPTY"), ""));
    assert_true(target_text_is(*target_request_header(request, "x-spaces"), "two words"));
    assert_null(target_request_header(request, "x-none"));
    assert_int_equal(request->head_size, sizeof full_head - 1);
}

static void heads_may_be_split_anywhere(void **state)
{
    struct target_request *request = malloc(sizeof *request);
    size_t size = sizeof full_head - 1;
    (void)state;

    assert_non_null(request);
    for (size_t split = 0; split < size; split++) {
        struct target_request_scan scan = { 0 };
        /* exact copies, so that a sanitizer notices reading beyond */
        char *part = malloc(split + 1);
        assert_non_null(part);
        memcpy(part, full_head, split);
        assert_int_equal(target_request_read(&scan, request, part, split), TARGET_REQUEST_MORE);
        free(part);
        assert_int_equal(target_request_read(&scan, request, full_head, size), TARGET_REQUEST_DONE);
        check_full_head(request);
    }
    struct target_request_scan scan = { 0 };
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(target_request_read(&scan, request, full_head, i), TARGET_REQUEST_MORE);
    }
    assert_int_equal(target_request_read(&scan, request, full_head, size), TARGET_REQUEST_DONE);
    check_full_head(request);
    free(request);
}

static enum target_request_status read_once(struct target_request *request, const char *head)
{
    struct target_request_scan scan = { 0 };
    return target_request_read(&scan, request, head, strlen(head));
}

static void versions_and_forms_are_known(void **state)
{
    struct target_request request;
    (void)state;

    assert_int_equal(read_once(&request, "GET / HTTP/1.0\n\n"), TARGET_REQUEST_DONE);
    assert_false(request.keep_alive);
    assert_int_equal(read_once(&request, "GET / HTTP/1.0\nConnection: keep-alive\n\n"),
                     TARGET_REQUEST_DONE);
    assert_true(request.keep_alive);
    assert_int_equal(read_once(&request, "GET http://h:1/p?q HTTP/1.1\r\nHost: h\r\n\r\nrest"),
                     TARGET_REQUEST_DONE);
    assert_true(target_text_is(request.path, "/p"));
    assert_true(target_text_is(request.query, "q"));
    assert_true(request.keep_alive);
    assert_false(target_request_has_body(&request));
    assert_int_equal(read_once(&request, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
                     TARGET_REQUEST_DONE);
}

static void bad_heads_are_refused(void **state)
{
    static const char *const bad[] = {
        "\x16\x03\x01",
        "GET\r\n",
        "GET /\r\n",
        "GET / HTTP/2.0\r\n",
        "GET / HTTP/1.10\r\n",
        "GET  / HTTP/1.1\r\n",
        "GET / x HTTP/1.1\r\n",
        "G(T / HTTP/1.1\r\n",
        "GET /\x01 HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
    };
    struct target_request request;
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (read_once(&request, bad[i]) != TARGET_REQUEST_BAD) {
            fail_msg("not refused: %s", bad[i]);
        }
    }
}

static void large_heads_are_refused(void **state)
{
    size_t size = TARGET_REQUEST_HEAD_LIMIT + 100;
    char *head = malloc(size);
    struct target_request *request = malloc(sizeof *request);
    struct target_request_scan scan = { 0 };
    (void)state;

    assert_non_null(head);
    assert_non_null(request);
    memset(head, 'a', size);
    memcpy(head, "GET /", 5);
    assert_int_equal(target_request_read(&scan, request, head, 1000), TARGET_REQUEST_MORE);
    assert_int_equal(target_request_read(&scan, request, head, size), TARGET_REQUEST_TOO_LARGE);

    size_t at = (size_t)sprintf(head, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < TARGET_REQUEST_HEADER_LIMIT; i++) {
        at += (size_t)sprintf(head + at, "X: y\r\n");
    }
    strcpy(head + at, "\r\n");
    assert_int_equal(read_once(request, head), TARGET_REQUEST_TOO_LARGE);
    free(request);
    free(head);
}

/* Feeds a body in pieces of `step` bytes and collects its content. */
static enum target_body_status collect(struct target_body *body, const char *data, size_t step,
                                       char *content, size_t *consumed)
{
    enum target_body_status status = TARGET_BODY_MORE;
    size_t size = strlen(data);
    size_t at = 0;

    content[0] = '\0';
    while (status == TARGET_BODY_MORE && at < size) {
        struct target_text piece;
        size_t used;
        status =
            target_body_read(body, data + at, step < size - at ? step : size - at, &used, &piece);
        strncat(content, piece.data, piece.size);
        at += used;
    }
    *consumed = at;
    return status;
}

static void bodies_are_unframed(void **state)
{
    static const char chunks[] = "4\r\nWiki\r\nA;name=value\r\n0123456789\r\n"
                                 "0\r\nX-Trailer: yes\r\n\r\nGET";
    struct target_request request = { .chunked = true };
    struct target_body body;
    char content[64];
    size_t consumed;
    (void)state;

    for (size_t step = 1; step < sizeof chunks; step++) {
        target_body_start(&body, &request);
        assert_int_equal(collect(&body, chunks, step, content, &consumed), TARGET_BODY_DONE);
        assert_string_equal(content, "Wiki0123456789");
        assert_int_equal(consumed, sizeof chunks - 1 - 3);
    }
    request = (struct target_request){ .has_length = true, .content_length = 5 };
    target_body_start(&body, &request);
    assert_int_equal(collect(&body, "helloGET", 3, content, &consumed), TARGET_BODY_DONE);
    assert_string_equal(content, "hello");
    assert_int_equal(consumed, 5);
}

static void bad_chunks_are_refused(void **state)
{
    static const char *const bad[] = { "x\r\n", "\r\n", "-1\r\n", "1111111111111111\r\n",
                                       "1\r\naX\r\n" };
    struct target_request request = { .chunked = true };
    struct target_body body;
    char content[64];
    size_t consumed;
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        target_body_start(&body, &request);
        assert_int_equal(collect(&body, bad[i], 100, content, &consumed), TARGET_BODY_BAD);
    }
}

static void json_is_read_and_written(void **state)
{
    struct target_text value;
    struct target_buffer buffer = { 0 };
    (void)state;

    assert_true(target_json_member(text(" {\"a\": [1,{\"email\":\"no\"}], \"email\" : \"x@y\"}"),
                                   "email", &value));
    assert_true(target_text_is(value, "x@y"));
    assert_false(target_json_member(text("{\"a\":{\"email\":\"no\"}}"), "email", &value));
    assert_false(target_json_member(text("{\"email\":12}"), "email", &value));
    assert_false(target_json_member(text("{\"email\":\"x"), "email", &value));
    assert_false(target_json_member(text("email"), "email", &value));
    assert_false(target_json_member(text(""), "email", &value));

    target_json_string(&buffer, text("a\"\\\n\x01\x7f\xc3\xa9\xff\xe2\x82"));
    assert_true(target_text_is(target_buffer_view(&buffer),
                               "\"a\\\"\\\\\\n\\u0001\\u007f\xc3\xa9\\ufffd\\ufffd\\ufffd\""));
    target_buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_read),
        cmocka_unit_test(bad_rules_are_refused),
        cmocka_unit_test(first_rule_that_hits_wins),
        cmocka_unit_test(probabilities_hold_and_repeat),
        cmocka_unit_test(globs_match),
        cmocka_unit_test(heads_may_be_split_anywhere),
        cmocka_unit_test(versions_and_forms_are_known),
        cmocka_unit_test(bad_heads_are_refused),
        cmocka_unit_test(large_heads_are_refused),
        cmocka_unit_test(bodies_are_unframed),
        cmocka_unit_test(bad_chunks_are_refused),
        cmocka_unit_test(json_is_read_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
