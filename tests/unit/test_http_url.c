/* SPDX-License-Identifier: MIT */
/* URLs: joining to the base, default names, redirects' targets. */
#include "support/unit.h"

#include "url.h"

#include <string.h>

static void paths_are_joined_to_the_base_by_one_slash(void **state)
{
    static const struct {
        const char *host, *path, *query, *url, *name;
    } cases[] = {
        { "http://h", "/x", NULL, "http://h/x", "/x" },
        { "http://h/", "/x", NULL, "http://h/x", "/x" },
        { "http://h/", "x", NULL, "http://h/x", "/x" },
        { "http://h", "x", NULL, "http://h/x", "/x" },
        { "http://h", "", NULL, "http://h/", "/" },
        { "http://h", "/", NULL, "http://h/", "/" },
        { "http://h:8080/base", "/x", NULL, "http://h:8080/base/x", "/base/x" },
        { "http://h/base/", "/x", NULL, "http://h/base/x", "/base/x" },
        { "http://h/base//", "//x", NULL, "http://h/base/x", "/base/x" },
        { "http://h/base", "", NULL, "http://h/base", "/base" },
        { "http://h/base/", "", NULL, "http://h/base/", "/base/" },
        { "http://h/base", "?a=1", NULL, "http://h/base?a=1", "/base?a=1" },
        { "http://h", "?a=1", NULL, "http://h/?a=1", "/?a=1" },
        { "http://h", "/x?a=1#top", NULL, "http://h/x?a=1", "/x?a=1" },
        { "http://h", "/x", "a=1&b=2", "http://h/x?a=1&b=2", "/x?a=1&b=2" },
        { "http://h", "/x", "?a=1", "http://h/x?a=1", "/x?a=1" },
        { "http://h", "/x?a=1", "b=2", "http://h/x?a=1&b=2", "/x?a=1&b=2" },
        { "http://h", "/x?", "b=2", "http://h/x?b=2", "/x?b=2" },
        { "http://h", "/x#top", "b=2", "http://h/x?b=2", "/x?b=2" },
        { "http://h", "/x", "", "http://h/x", "/x" },
        { "http://h", "/a b/\xc3\xa4", NULL, "http://h/a%20b/%C3%A4", "/a%20b/%C3%A4" },
        { "HTTPS://H:443", "/x", NULL, "https://H:443/x", "/x" },
        { "http://[::1]:81/b", "/x", NULL, "http://[::1]:81/b/x", "/b/x" },
        { "http://user:pass@h/b", "/x", NULL, "http://h/b/x", "/b/x" },
        { "http://h/b?tenant=1", "/x", NULL, "http://h/b/x", "/b/x" },
        { "http://h/b", "http://other/y?z", NULL, "http://other/y?z", "/y?z" },
        { "http://h/b", "HTTPS://other", NULL, "https://other/", "/" },
        { "http://h/b", "http://other?q", "r", "http://other/?q&r", "/?q&r" },
        { "http://h/b", "http://u:p@other/y", NULL, "http://other/y", "/y" },
        { "", "http://other/y", NULL, "http://other/y", "/y" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_url_base base;
        struct http_text out = { NULL, 0, 0 };
        size_t path_at = 0;
        http_url_base_init(&base, cases[i].host);
        const char *error = http_url_join(&out, &base, cases[i].path, cases[i].query, &path_at);
        assert_null(error);
        assert_string_equal(out.data, cases[i].url);
        assert_string_equal(out.data + path_at, cases[i].name);
        http_text_done(&out);
        http_url_base_done(&base);
    }
}

static void hosts_that_cannot_be_used_are_refused_with_a_reason(void **state)
{
    static const char *const cases[][2] = {
        { "", "no host: give one with --host or in the user type" },
        { "localhost:8080", "host has no scheme: use http://... or https://..." },
        { "example.com/base", "host has no scheme: use http://... or https://..." },
        { "ftp://h", "host has a scheme other than http:// and https://" },
        { "http://", "invalid URL" },
        { "http://:80", "invalid URL" },
        { "http://h:http", "invalid URL" },
        { "http://h:65536", "invalid URL" },
        { "http://[::1", "invalid URL" },
        { "http://a b", "invalid URL" },
        { "http://a\x7f", "invalid URL" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_url_base base;
        struct http_text out = { NULL, 0, 0 };
        size_t path_at;
        http_url_base_init(&base, cases[i][0]);
        const char *error = http_url_join(&out, &base, "/x", NULL, &path_at);
        assert_non_null(error);
        assert_string_equal(error, cases[i][1]);
        http_text_done(&out);
        http_url_base_done(&base);
    }
}

static void credentials_of_the_host_are_taken_out_and_decoded(void **state)
{
    struct http_url_base base;

    (void)state;
    http_url_base_init(&base, "https://me%40home:p%3Aw@h:8443/b/");

    assert_null(base.error);
    assert_string_equal(base.text, "https://h:8443/b");
    assert_string_equal(base.userinfo, "me@home:p:w");
    http_url_base_done(&base);
}

static void locations_resolve_as_rfc_3986_has_it(void **state)
{
    static const char *const cases[][3] = {
        { "http://h/a/b?q", "/c", "http://h/c" },
        { "http://h/a/b?q", "c", "http://h/a/c" },
        { "http://h/a/b?q", "./c", "http://h/a/c" },
        { "http://h/a/b?q", "../c", "http://h/c" },
        { "http://h/a/b?q", "../../../c", "http://h/c" },
        { "http://h/a/b/c", "..", "http://h/a/" },
        { "http://h/a/b/c", ".", "http://h/a/b/" },
        { "http://h/a/b?q", "?r=1", "http://h/a/b?r=1" },
        { "http://h", "c", "http://h/c" },
        { "http://h:81/a", "//other/c", "http://other/c" },
        { "https://h/a", "//other/c", "https://other/c" },
        { "http://h/a", "https://other:8443/c#frag", "https://other:8443/c" },
        { "http://h/a", "/c d#frag", "http://h/c%20d" },
        { "http://h/a/b", "/x/./y/../z?u=/../v", "http://h/x/z?u=/../v" },
        { "http://h/a", "  /c", "http://h/c" },
        { "http://h/a/b?q#x", "", "http://h/a/b?q" },
        { "http://h/a/b?q", "#frag", "http://h/a/b?q" },
        { "http://h?q", "#frag", "http://h/?q" },
        { "http://h/a/b", "./c:d", "http://h/a/c:d" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_text out = { NULL, 0, 0 };
        assert_null(http_url_resolve(&out, cases[i][0], cases[i][1]));
        assert_string_equal(out.data, cases[i][2]);
        http_text_done(&out);
    }
}

static void locations_of_other_schemes_are_refused(void **state)
{
    struct http_text out = { NULL, 0, 0 };

    (void)state;
    assert_non_null(http_url_resolve(&out, "http://h/a", "ftp://h/b"));
    assert_non_null(http_url_resolve(&out, "http://h/a", "http://:x/b"));
    assert_non_null(http_url_resolve(&out, "http://h/a", "mailto:a@b"));
    assert_non_null(http_url_resolve(&out, "http://h/a", "data:text/plain,x"));
    assert_non_null(http_url_resolve(&out, "http://h/a", "javascript:void(0)"));
    http_text_done(&out);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    (void)state;
    assert_true(http_url_same_origin("http://h/a", "http://H:80/b"));
    assert_true(http_url_same_origin("https://h/a", "https://h:443"));
    assert_false(http_url_same_origin("http://h/a", "https://h/a"));
    assert_false(http_url_same_origin("http://h/a", "http://h:81/a"));
    assert_false(http_url_same_origin("http://h/a", "http://hh/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_joined_to_the_base_by_one_slash),
        cmocka_unit_test(hosts_that_cannot_be_used_are_refused_with_a_reason),
        cmocka_unit_test(credentials_of_the_host_are_taken_out_and_decoded),
        cmocka_unit_test(locations_resolve_as_rfc_3986_has_it),
        cmocka_unit_test(locations_of_other_schemes_are_refused),
        cmocka_unit_test(an_origin_is_scheme_host_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
