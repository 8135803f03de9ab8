/* SPDX-License-Identifier: MIT */
/* The cookies of a user: what is kept, what is sent where, and the same of libcurl. */
#include "support/curl_pair.h"
#include "support/unit.h"

#include "jar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW 1000000

static struct http_jar jar;
static struct http_text text;

static struct http_url url_of(const char *from)
{
    struct http_url url;

    assert_null(http_url_split(from, &url));
    return url;
}

static void take(const char *from, const char *line)
{
    struct http_url url = url_of(from);

    assert_true(http_jar_take(&jar, &url, line, NOW));
}

static const char *sent_at(const char *to, int64_t now_s)
{
    struct http_url url = url_of(to);

    http_text_clear(&text);
    assert_true(http_jar_line(&jar, &url, now_s, &text));
    return http_text_get(&text);
}

static const char *sent(const char *to)
{
    return sent_at(to, NOW);
}

static bool add_line(void *arg, const char *line)
{
    struct http_text *t = arg;

    return http_text_puts(t, line) && http_text_put(t, '\n');
}

static int tidy(void **state)
{
    (void)state;
    http_jar_free(&jar);
    http_text_done(&text);
    return 0;
}

static void an_empty_jar_owns_nothing(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct http_jar), sizeof(void *));
    assert_true(http_jar_is_empty(&jar));
    assert_string_equal(sent("http://h/"), "");
    take("http://h/", "a=b; Max-Age=0");
    take("http://h/", "nothing");
    assert_true(http_jar_is_empty(&jar));
    take("http://h/", "a=b");
    assert_false(http_jar_is_empty(&jar));
    take("http://h/", "a=b; Max-Age=0");
    assert_true(http_jar_is_empty(&jar));
}

static void longer_paths_come_first_then_older_ones(void **state)
{
    (void)state;
    take("http://h/", "a=1");
    take("http://h/", "bbb=2; Path=/");
    take("http://h/x/y", "c=3");
    take("http://h/x/y", "a=4; Path=/x/y");
    assert_string_equal(sent("http://h/x/y?q"), "Cookie: a=4; c=3; a=1; bbb=2");
    take("http://h/", "a=5"); /* keeps its place */
    assert_string_equal(sent("http://h/"), "Cookie: a=5; bbb=2");
    assert_string_equal(sent("http://h/xx"), "Cookie: a=5; bbb=2");
    assert_string_equal(sent("http://h/x"), "Cookie: c=3; a=5; bbb=2");
    assert_string_equal(sent("http://h"), "Cookie: a=5; bbb=2");
    assert_string_equal(sent("http://h?x/y"), "Cookie: a=5; bbb=2");
    assert_string_equal(sent("http://other/"), "");
}

static void names_are_told_apart_by_case(void **state)
{
    (void)state;
    take("http://h/", "sid=1");
    take("http://h/", "SID=2");
    assert_string_equal(sent("http://H/"), "Cookie: sid=1; SID=2");
}

static void what_has_expired_is_not_sent(void **state)
{
    (void)state;
    take("http://h/", "a=1; Max-Age=10");
    assert_string_equal(sent_at("http://h/", NOW + 10), "Cookie: a=1");
    assert_string_equal(sent_at("http://h/", NOW + 11), "");
    http_text_clear(&text);
    http_jar_each(&jar, NOW + 11, add_line, &text);
    assert_int_equal(text.length, 0);
}

static void secure_ones_need_encryption_or_this_machine(void **state)
{
    (void)state;
    take("http://h/", "a=1; Secure");
    assert_true(http_jar_is_empty(&jar));
    take("https://h/", "a=1; Secure; Path=/x");
    assert_string_equal(sent("http://h/x"), "");
    assert_string_equal(sent("https://h/x"), "Cookie: a=1");
    take("http://h/", "a=2; Path=/x/y"); /* would hide it */
    take("http://h/", "a=3; Path=/z");
    assert_string_equal(sent("https://h/x/y"), "Cookie: a=1");
    assert_string_equal(sent("https://h/z"), "Cookie: a=3");
    take("http://localhost/", "b=1; Secure");
    take("http://127.0.0.1:80/", "b=2; Secure");
    take("http://[::1]/", "b=3; Secure");
    assert_string_equal(sent("http://localhost/"), "Cookie: b=1");
    assert_string_equal(sent("http://127.0.0.1/"), "Cookie: b=2");
    assert_string_equal(sent("http://[::1]:8080/"), "Cookie: b=3");
}

static void numbers_are_limited_oldest_out(void **state)
{
    char line[64];
    char from[64];
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 51; i++) {
        snprintf(line, sizeof line, "c%d=%d", i, i);
        take("http://h/", line);
    }
    assert_null(strstr(sent("http://h/"), "c0=0;"));
    assert_non_null(strstr(sent("http://h/"), "Cookie: c1=1; "));
    assert_non_null(strstr(sent("http://h/"), "; c50=50"));
    for (int i = 0; i < 300; i++) {
        snprintf(from, sizeof from, "http://host%d/", i);
        take(from, "a=b");
    }
    assert_string_equal(sent("http://h/"), "");
    http_text_clear(&text);
    http_jar_each(&jar, NOW, add_line, &text);
    for (size_t i = 0; i < text.length; i++)
        n += text.data[i] == '\n';
    assert_int_equal(n, 300);
}

static void no_line_is_longer_than_servers_take(void **state)
{
    char line[3100];

    (void)state;
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    for (char c = 'a'; c <= 'd'; c++) {
        line[0] = c;
        line[1] = '=';
        take("http://h/", line);
    }
    assert_int_equal(strlen(sent("http://h/")), strlen("Cookie: ; ") + 2 * strlen(line));
}

static void lines_go_in_as_they_come_out(void **state)
{
    static const char *const good[] = { "h.example\tFALSE\t/\tFALSE\t0\tempty\t",
                                        "#HttpOnly_.h.example\tTRUE\t/x/\tTRUE\t2000000\ta\tb c",
                                        "::1\tFALSE\t/\tFALSE\t0\ta\t1" };
    static const char *const bad[] = { "",
                                       "# comment",
                                       "h\tTRUE\t/\tFALSE\t0",
                                       "h\tTRUE\t/\tFALSE\tx\ta\tb",
                                       "h\tTRUE\t/\tFALSE\t\ta\tb",
                                       "h\tTRUE\t/\tFALSE\t-1\ta\tb",
                                       "\tTRUE\t/\tFALSE\t0\ta\tb",
                                       "h\tTRUE\t/\tFALSE\t0\t\tb",
                                       "h\tTRUE\t/\tFALSE\t0\t__Host-a\tb" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (http_jar_set(&jar, bad[i]))
            fail_msg("taken: '%s'", bad[i]);
    assert_true(http_jar_is_empty(&jar));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(http_jar_set(&jar, good[i]));
        http_text_clear(&text);
        http_jar_each(&jar, NOW, add_line, &text);
        text.data[text.length - 1] = '\0';
        assert_string_equal(text.data, good[i]);
        http_jar_clear(&jar);
        assert_true(http_jar_is_empty(&jar));
    }
    assert_true(http_jar_set(&jar, good[0]));
    assert_string_equal(sent("http://h.example/x"), "Cookie: empty=");
}

/* --- beside libcurl ----------------------------------------------------------------------------
 */

struct row {
    const char *from;
    const char *line;
    const char *why; /* why the two differ; NULL = they do not */
};

static const struct row rows[] = {
    { "http://h.example/a/b", "a=b", NULL },
    { "http://h.example/a/b?x=/y/z", "a=b", NULL },
    { "http://h.example/", "a=", NULL },
    { "http://h.example/", "a", NULL },
    { "http://h.example/", "=b", NULL },
    { "http://h.example/", "=b; Path=/",
      "RFC 6265, 5.2: no name, ignored; curl takes 'Path' for it" },
    { "http://h.example/", "", NULL },
    { "http://h.example/", "a=b=c; Path=/", NULL },
    { "http://h.example/", "  a  =  b c  ", NULL },
    { "http://h.example/", "a=\"b c\"", NULL },
    { "http://h.example/", "a=b\tc", NULL },
    { "http://h.example/", "a\tb=c", NULL },
    { "http://h.example/", "a=b\x01", NULL },
    { "http://h.example/", "a=\xc3\xa4", NULL },
    { "http://h.example/", "a=b,c=d", NULL },
    { "http://h.example/", "a=b; c=d; Path=/", NULL },
    { "http://h.example/x/y", "a=b; Path=/", NULL },
    { "http://h.example/x/y", "a=b; Path=/x", NULL },
    { "http://h.example/x/y", "a=b; Path=/x/", NULL },
    { "http://h.example/x/y", "a=b; Path=/elsewhere", NULL },
    { "http://h.example/x/y", "a=b; path=/1; PATH=/2", NULL },
    { "http://h.example/x/y", "a=b; Path=\"/x\"", "the same, but listed without the quotes" },
    { "http://h.example/x/y", "a=b; Path=x",
      "RFC 6265, 5.2.4: the default path; curl sends it everywhere" },
    { "http://h.example/x/y",
      "a=b; Path=", "RFC 6265, 5.2.4: the default path; curl sends it everywhere" },
    { "http://w.h.example/", "a=b; Domain=h.example", NULL },
    { "http://w.h.example/", "a=b; Domain=.h.example", NULL },
    { "http://w.h.example/", "a=b; Domain=H.Example", NULL },
    { "http://w.h.example/", "a=b; Domain=w.h.example", NULL },
    { "http://w.h.example/", "a=b; Domain=x.h.example", NULL },
    { "http://w.h.example/", "a=b; Domain=v.w.h.example", NULL },
    { "http://w.h.example/", "a=b; Domain=.example", NULL },
    { "http://w.h.example/", "a=b; Domain=example", NULL },
    { "http://w.h.example/", "a=b; Domain=h.example.", NULL },
    { "http://w.h.example/", "a=b; Domain=ample", NULL },
    { "http://w.h.example/", "a=b; Domain=", NULL },
    { "http://w.h.example/", "a=b; Domain=.", NULL },
    { "http://w.h.example/", "a=b; Domain", NULL },
    { "http://w.h.example/", "a=b; Domain=x.example; Domain=h.example",
      "RFC 6265, 5.3: the last one counts; curl wants all to fit" },
    { "http://shop.co.uk/", "a=b; Domain=co.uk",
      "no list of public suffixes here, as RFC 6265 leaves open" },
    { "http://shop.co.uk/", "a=b; Domain=uk", NULL },
    { "http://shop/", "a=b; Domain=shop", NULL },
    { "http://localhost/", "a=b; Domain=localhost", NULL },
    { "http://10.0.0.1/", "a=b", NULL },
    { "http://10.0.0.1/", "a=b; Domain=10.0.0.1", NULL },
    { "http://10.0.0.1/", "a=b; Domain=0.0.1", NULL },
    { "http://10.0.0.1/", "a=b; Domain=.10.0.0.1", NULL },
    { "http://[::1]/", "a=b", NULL },
    { "http://h.example/", "a=b; Secure", NULL },
    { "http://localhost/", "a=b; Secure", NULL },
    { "http://127.0.0.1/", "a=b; secure=", NULL },
    { "http://localhost/", "a=b; Secure=1",
      "RFC 6265, 5.2.5: whatever its value; curl ignores it then" },
    { "http://h.example/", "a=b; HttpOnly", NULL },
    { "http://h.example/", "a=b; SameSite=Strict; Partitioned", NULL },
    { "http://h.example/", "__Secure-a=b", NULL },
    { "http://localhost/", "__Secure-a=b; Secure", NULL },
    { "http://localhost/", "__secure-a=b", NULL },
    { "http://localhost/x/y", "__Host-a=b; Secure", NULL },
    { "http://localhost/x/y", "__Host-a=b; Secure; Path=/", NULL },
    { "http://localhost/x/y", "__Host-a=b; Path=/", NULL },
    { "http://localhost/x/y", "__Host-a=b; Secure; Path=/; Domain=localhost", NULL },
    { "http://h.example/", "a=b; Max-Age=0", NULL },
    { "http://h.example/", "a=b; Max-Age=-1", NULL },
    { "http://h.example/", "a=b; Max-Age=soon", NULL },
    { "http://h.example/", "a=b; Max-Age=", NULL },
    { "http://h.example/", "a=b; Max-Age=99999999999999999999", NULL },
    { "http://h.example/", "a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT", NULL },
    { "http://h.example/", "a=b; Expires=Wednesday, 19-Jan-38 03:14:08 GMT", NULL },
    { "http://h.example/", "a=b; Expires=Tue Jan 19 03:14:08 2038", NULL },
    { "http://h.example/", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", NULL },
    { "http://h.example/", "a=b; Expires=Thu, 01 Jan 1960 00:00:00 GMT",
      "RFC 6265, 5.3: expired; to curl it has no end" },
    { "http://h.example/", "a=b; Expires=soon", NULL },
    { "http://h.example/", "a=b; Expires=20380119 03:14:08", "RFC 6265, 5.1.1: no such form" },
    { "http://h.example/", "a=b; Expires=Tue, 19 Jan 2038 03:14:08 +0100",
      "RFC 6265, 5.1.1: zones are ignored" },
    { "http://h.example/", "a=b; Max-Age=0; Expires=Fri, 31 Dec 9999 23:59:59 GMT", NULL },
};

/* What curl lists after an answer with these lines. */
static void curl_takes(CURL *easy, const char *from, const char *line, struct http_text *list)
{
    char answer[512];
    struct curl_slist *cookies = NULL;

    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 200 OK\r\nSet-Cookie: %s\r\nContent-Length: 0\r\n\r\n", line);
    curl_easy_setopt(easy, CURLOPT_COOKIELIST, "ALL");
    assert_int_equal(curl_pair_run(easy, from, answer, (size_t)n, NULL, 0, NULL), CURLE_OK);
    curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &cookies);
    for (const struct curl_slist *at = cookies; at != NULL; at = at->next)
        if (strstr(at->data, "\t1\ta\tb") == NULL) /* expired: listed until the next request */
            add_line(list, at->data);
    curl_slist_free_all(cookies);
}

static void the_same_is_kept_as_by_curl(void **state)
{
    CURL *easy = curl_easy_init();
    struct http_text theirs = { NULL, 0, 0 };

    (void)state;
    curl_pair_setup(easy);
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_url url = url_of(rows[i].from);
        http_text_clear(&theirs);
        curl_takes(easy, rows[i].from, rows[i].line, &theirs);
        http_jar_clear(&jar);
        http_text_clear(&text);
        assert_true(http_jar_take(&jar, &url, rows[i].line, time(NULL)));
        http_jar_each(&jar, time(NULL), add_line, &text);
        bool is_same = strcmp(http_text_get(&text), http_text_get(&theirs)) == 0;
        if (is_same != (rows[i].why == NULL))
            fail_msg("row %zu, '%s' from %s: here '%s', curl '%s'", i, rows[i].line, rows[i].from,
                     http_text_get(&text), http_text_get(&theirs));
    }
    curl_easy_cleanup(easy);
    http_text_done(&theirs);
}

static void the_same_is_sent_as_by_curl(void **state)
{
    static const char *const lines[] = { ".h.example\tTRUE\t/\tFALSE\t0\twide\t1",
                                         "h.example\tFALSE\t/x/\tFALSE\t0\tnarrow\t2",
                                         "::1\tFALSE\t/\tFALSE\t0\tsix\t3",
                                         "10.0.0.1\tTRUE\t/\tFALSE\t0\tfour\t4",
                                         "localhost\tFALSE\t/a/b\tTRUE\t0\tsafe\t5" };
    static const char *const to[] = { "http://h.example/",      "http://h.example/x",
                                      "http://h.example/x/",    "http://h.example/xy",
                                      "http://H.EXAMPLE/x/y",   "http://w.h.example/x/y",
                                      "http://wh.example/",     "http://example/",
                                      "http://[::1]/",          "http://10.0.0.1/",
                                      "http://localhost/a/b?c", "http://localhost/a",
                                      "http://h.example?x" };
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    CURL *easy = curl_easy_init();
    char request[1024];

    (void)state;
    curl_pair_setup(easy);
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        curl_easy_setopt(easy, CURLOPT_COOKIELIST, lines[i]);
        assert_true(http_jar_set(&jar, lines[i]));
    }
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        curl_pair_run(easy, to[i], answer, sizeof answer - 1, request, sizeof request, NULL);
        char *theirs = strstr(request, "Cookie: ");
        if (theirs != NULL)
            theirs[strcspn(theirs, "\r")] = '\0';
        assert_string_equal(sent(to[i]), theirs == NULL ? "" : theirs);
    }
    curl_easy_cleanup(easy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_empty_jar_owns_nothing, tidy),
        cmocka_unit_test_teardown(longer_paths_come_first_then_older_ones, tidy),
        cmocka_unit_test_teardown(names_are_told_apart_by_case, tidy),
        cmocka_unit_test_teardown(what_has_expired_is_not_sent, tidy),
        cmocka_unit_test_teardown(secure_ones_need_encryption_or_this_machine, tidy),
        cmocka_unit_test_teardown(numbers_are_limited_oldest_out, tidy),
        cmocka_unit_test_teardown(no_line_is_longer_than_servers_take, tidy),
        cmocka_unit_test_teardown(lines_go_in_as_they_come_out, tidy),
        cmocka_unit_test_teardown(the_same_is_kept_as_by_curl, tidy),
        cmocka_unit_test_teardown(the_same_is_sent_as_by_curl, tidy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
