/* SPDX-License-Identifier: MIT */
/* The heads that the fast engine writes, for odd combinations of lines, URLs and bodies. */
#include "support/unit.h"

#include "fast_request.h"
#include "profile.h"
#include "user.h"

#include <stdio.h>
#include <string.h>

/* One request, made by hand as far as writing looks at it. */
struct made {
    struct http_profile profile;
    struct http_user user;
    struct http_fast_profile fast_profile;
    struct http_fast_user fast_user;
    struct http_exchange x;
    struct http_fast_hop hop;
    struct http_header items[16];
    char text[512];
};

static void make(struct made *m, const char *method, const char *url, const char *headers)
{
    size_t count = 0;

    memset(m, 0, sizeof *m);
    assert_true(strlen(headers) < sizeof m->text);
    memcpy(m->text, headers, strlen(headers) + 1);
    assert_null(http_headers_parse(m->text, m->items, &count));
    m->user.profile = &m->profile;
    m->fast_user.profile = &m->fast_profile;
    m->x.user = &m->user;
    m->x.method = method;
    m->x.is_get = strcmp(method, "GET") == 0;
    m->x.url = url;
    m->x.path_at = strcspn(strstr(url, "://") + 3, "/?") + (size_t)(strstr(url, "://") + 3 - url);
    m->x.headers = (struct http_headers){ m->items, count };
    m->hop.x = &m->x;
    m->hop.user = &m->fast_user;
}

static void body(struct made *m, const char *text)
{
    m->x.body.kind = HTTP_BODY_MEMORY;
    m->x.body.data = text;
    m->x.body.bytes = strlen(text);
}

static void done(struct made *m)
{
    http_text_done(&m->hop.out);
    http_text_done(&m->fast_profile.lines);
    http_jar_free(&m->fast_user.jar);
}

/* What is written, and whether the connection may be used again afterwards. */
static void expect(struct made *m, const char *text, bool may_go_on)
{
    assert_null(http_fast_request_prepare(&m->hop));
    assert_int_equal(m->hop.piece_bytes, strlen(text));
    assert_memory_equal(m->hop.piece, text, strlen(text));
    assert_int_equal(!m->hop.is_last, may_go_on);
    /* The same again, as after a connection that was kept in vain. */
    assert_null(http_fast_request_prepare(&m->hop));
    assert_int_equal(m->hop.piece_bytes, strlen(text));
    assert_memory_equal(m->hop.piece, text, strlen(text));
    done(m);
}

static void hosts_have_no_port_of_their_scheme(void **state)
{
    static const char *const cases[][2] = {
        { "http://h/", "h" },
        { "http://h:80/", "h" },
        { "http://h:8080/", "h:8080" },
        { "http://h:443/", "h:443" },
        { "https://h:443/", "h" },
        { "https://h:80/", "h:80" },
        { "http://[::1]:80/", "[::1]" },
        { "http://[::80]/", "[::80]" },
        { "http://[::1]:8080/", "[::1]:8080" },
        { "https://[::443]/", "[::443]" },
        { "http://h:180/", "h:180" },
    };
    struct made m;
    char text[128];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make(&m, "GET", cases[i][0], "");
        snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", cases[i][1]);
        expect(&m, text, true);
    }
    make(&m, "GET", "http://h/a?b", "Host: other\nX: y");
    expect(&m, "GET /a?b HTTP/1.1\r\nHost: other\r\nX: y\r\n\r\n", true);
    make(&m, "GET", "http://h/", "Host:\nAccept:\nX: y");
    expect(&m, "GET / HTTP/1.1\r\nX: y\r\n\r\n", true);
}

static void cookies_come_from_the_jar_or_the_caller(void **state)
{
    struct made m;
    struct http_url url;

    (void)state;
    for (int i = 0; i < 3; i++) {
        make(&m, "GET", "http://h.test/a", i == 0 ? "" : i == 1 ? "cookie: own=1" : "Cookie:");
        assert_null(http_url_split(m.x.url, &url));
        http_jar_take(&m.fast_user.jar, &url, "a=b; Path=/", 0);
        expect(&m,
               i == 0   ? "GET /a HTTP/1.1\r\nHost: h.test\r\nCookie: a=b\r\n\r\n"
               : i == 1 ? "GET /a HTTP/1.1\r\nHost: h.test\r\ncookie: own=1\r\n\r\n"
                        : "GET /a HTTP/1.1\r\nHost: h.test\r\n\r\n",
               true);
    }
}

static void bodies_say_where_they_end(void **state)
{
    struct made m;

    (void)state;
    make(&m, "POST", "http://h/", "");
    body(&m, "");
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", true);
    make(&m, "POST", "http://h/", "");
    body(&m, "xyz");
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz", true);
    make(&m, "HEAD", "http://h/", "");
    body(&m, "xyz");
    expect(&m, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", true);
    make(&m, "POST", "http://h/", "");
    m.x.body.kind = HTTP_BODY_CALL;
    m.x.body.bytes = HTTP_EXCHANGE_UNKNOWN;
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", true);
    make(&m, "POST", "http://h/", "Transfer-Encoding:");
    m.x.body.kind = HTTP_BODY_CALL;
    m.x.body.bytes = HTTP_EXCHANGE_UNKNOWN;
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", true);
    make(&m, "POST", "http://h/", "Transfer-Encoding: Chunked");
    body(&m, "xyz");
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n", true);
    assert_true(m.hop.is_chunked && !m.hop.is_body_in_out);
}

/* Sent as the caller says; but what the server makes of the rest must not meet the next request. */
static void who_lies_about_a_length_loses_the_connection(void **state)
{
    static const struct {
        const char *line;
        bool may_go_on;
    } cases[] = {
        { "Content-Length: 3", true },  { "content-length:3 ", true },
        { "Content-Length: 2", false }, { "Content-Length: 33", false },
        { "Content-Length: x", false }, { "Content-Length: 03", false },
    };
    struct made m;
    char text[128];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make(&m, "POST", "http://h/", cases[i].line);
        body(&m, "xyz");
        snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\nxyz", m.items[0].line);
        expect(&m, text, cases[i].may_go_on);
    }
    make(&m, "POST", "http://h/", "Content-Length:");
    body(&m, "xyz");
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\n\r\nxyz", false);
    make(&m, "POST", "http://h/", "Transfer-Encoding: gzip");
    body(&m, "xyz");
    expect(&m, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nxyz", false);
    make(&m, "POST", "http://h/", "Transfer-Encoding: chunked\nContent-Length: 3");
    body(&m, "xyz");
    expect(&m,
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
           false);
}

/* What a profile sends every time is written out once, and only for its own host. */
static void usual_lines_are_written_out_once(void **state)
{
    struct http_url_entry entry = {
        .n_holders = 2, .path = "/a", .url = "http://h/a", .path_at = 8
    };
    struct made m;

    (void)state;
    make(&m, "GET", entry.url, "A: 1\nB: 2");
    m.profile.headers = m.x.headers;
    m.profile.base.text = (char[]){ "http://h" };
    m.profile.base.origin_bytes = 8;
    m.x.entry = &entry;
    assert_null(http_fast_request_prepare(&m.hop));
    assert_string_equal(http_text_get(&entry.head),
                        "GET /a HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n");
    assert_ptr_equal(m.hop.piece, entry.head.data);
    assert_int_equal(m.hop.piece_bytes, entry.head.length);
    /* With cookies, or a body: in front of these, without its end. */
    assert_true(http_jar_set(&m.fast_user.jar, "h\tFALSE\t/\tFALSE\t0\tc\t1"));
    assert_null(http_fast_request_prepare(&m.hop));
    assert_string_equal(m.hop.piece,
                        "GET /a HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nCookie: c=1\r\n\r\n");
    http_jar_clear(&m.fast_user.jar);
    body(&m, "xy");
    assert_null(http_fast_request_prepare(&m.hop));
    assert_string_equal(
        m.hop.piece, "GET /a HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nContent-Length: 2\r\n\r\nxy");
    m.x.body.kind = HTTP_BODY_NONE;
    assert_int_equal(m.fast_profile.lines.length, 0);
    m.x.method = "DELETE";
    m.x.is_get = false;
    assert_null(http_fast_request_prepare(&m.hop));
    assert_string_equal(http_text_get(&m.hop.out),
                        "DELETE /a HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n");
    assert_string_equal(http_text_get(&m.fast_profile.lines), "Host: h\r\nA: 1\r\nB: 2\r\n");
    /* Redirected elsewhere: neither is of use. */
    m.x.method = "GET";
    m.x.is_get = true;
    m.x.url = "http://g/b";
    assert_null(http_fast_request_prepare(&m.hop));
    assert_string_equal(http_text_get(&m.hop.out),
                        "GET /b HTTP/1.1\r\nHost: g\r\nA: 1\r\nB: 2\r\n\r\n");
    m.x.url = entry.url;
    m.x.headers.count = 1;
    m.x.headers.items = m.items + 1;
    expect(&m, "GET /a HTTP/1.1\r\nHost: h\r\nB: 2\r\n\r\n", true);
    http_text_done(&entry.head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_have_no_port_of_their_scheme),
        cmocka_unit_test(cookies_come_from_the_jar_or_the_caller),
        cmocka_unit_test(bodies_say_where_they_end),
        cmocka_unit_test(who_lies_about_a_length_loses_the_connection),
        cmocka_unit_test(usual_lines_are_written_out_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
