/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "request.h"

#include <acrida/acrida.h>

#include <string.h>

static int judged(const char *head, const char *token)
{
    struct metrics_request r;

    return metrics_request_read(&r, head, strlen(head)) ? metrics_request_judge(&r, token) : 400;
}

static void heads_are_read(void **state)
{
    static const char head[] =
        "GET /metrics?a=b HTTP/1.1\r\nhOST: [::1]:9090\r\nAccept: \t text/plain \r\n"
        "Authorization: bearer secret\r\nX: y\r\n";
    struct metrics_request r;

    (void)state;
    assert_true(metrics_request_read(&r, head, sizeof(head) - 1));
    assert_string_equal(r.method, "GET");
    assert_string_equal(r.path, "/metrics");
    assert_string_equal(r.accept, "text/plain");
    assert_string_equal(r.host, "[::1]:9090");
    assert_string_equal(r.token, "secret");
    assert_false(metrics_request_read(&r, "", 0));
}

static void what_is_too_long_is_as_if_it_were_not_there(void **state)
{
    char head[2000];
    struct metrics_request r;

    (void)state;
    memset(head, 'a', sizeof(head));
    memcpy(head, "GET /metrics HTTP/1.1\r\nAccept: ", 31);
    assert_true(metrics_request_read(&r, head, sizeof(head)));
    assert_string_equal(r.accept, "");
    memset(head, 'a', sizeof(head));
    memcpy(head, "GET /", 5);
    memcpy(head + 1900, " HTTP/1.1\r\n", 11);
    assert_true(metrics_request_read(&r, head, 1911));
    assert_string_equal(r.path, "");
    assert_int_equal(metrics_request_judge(&r, NULL), 404);
}

static void bad_heads_are_refused(void **state)
{
    static const char *const bad[] = { "\r\n",
                                       "GET\r\n",
                                       "GET /metrics\r\n",
                                       "GET metrics HTTP/1.1\r\n",
                                       "GET /metrics HTTP/2.0\r\n",
                                       "GET /metrics SMTP/1.1\r\n",
                                       " /metrics\r\n",
                                       "\x16\x03\x01",
                                       "GET  HTTP/1.1" };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(bad); i++)
        assert_int_equal(judged(bad[i], NULL), 400);
}

static void who_may_is_decided(void **state)
{
    (void)state;
    assert_int_equal(judged("GET /metrics HTTP/1.0\r\n", NULL), 200);
    assert_int_equal(judged("HEAD /metrics HTTP/1.1\r\nHost: 127.0.0.1:1\r\n", NULL), 200);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nHost: LocalHost\r\n", NULL), 200);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nHost: [::1]:80\r\n", NULL), 200);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nHost: [::x]\r\n", NULL), 403);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nHost: evil.com:9090\r\n", NULL), 403);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.evil.com\r\n", NULL), 403);
    assert_int_equal(judged("POST /metrics HTTP/1.1\r\n", NULL), 405);
    assert_int_equal(judged("GET /metric HTTP/1.1\r\n", NULL), 404);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\n", "secret"), 401);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nAuthorization: Bearer secre\r\n", "secret"),
                     401);
    assert_int_equal(judged("GET /metrics HTTP/1.1\r\nAuthorization: Bearer secret1\r\n", "secret"),
                     401);
    assert_int_equal(judged("GET /x HTTP/1.1\r\nAuthorization: Basic secret\r\n", "secret"), 401);
    assert_int_equal(
        judged("GET /metrics HTTP/1.1\r\nAuthorization: Bearer secret\r\nHost: a.com\r\n",
               "secret"),
        200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_read),
        cmocka_unit_test(what_is_too_long_is_as_if_it_were_not_there),
        cmocka_unit_test(bad_heads_are_refused),
        cmocka_unit_test(who_may_is_decided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
