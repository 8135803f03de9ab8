/* SPDX-License-Identifier: MIT */
/* The page, reports, the page to log in: nothing foreign ends a script. */
#include "support/unit.h"

#include "html.h"
#include "report.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static char *text_of(struct csv_text *t)
{
    assert_false(t->is_incomplete);
    csv_text_append(t, "", 1);
    return t->data;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        n++;
    return n;
}

static void the_page_knows_its_base_path(void **state)
{
    struct csv_text t = { .length = 0 };
    const char *page;

    (void)state;
    web_html_live(&t, "/a/b");
    page = text_of(&t);
    assert_int_equal(count(page, "<script id=\"acrida-boot\" type=\"application/json\">"), 1);
    assert_non_null(strstr(page, "\"mode\": \"live\""));
    assert_non_null(strstr(page, "\"base_path\": \"/a/b\""));
    assert_null(strstr(page, "<!--acrida-data-->"));
    assert_non_null(strstr(web_html_policy(), "default-src 'none'"));
    csv_text_done(&t);
}

static void nothing_ends_the_script(void **state)
{
    static const char document[] =
        "{\"a\": \"</script><script>alert(1)</script><!-- & \xe2\x80\xa8\xe2\x80\xa9"
        "\xe2\x80\xaa\"}";
    struct csv_text plain = { .length = 0 };
    struct csv_text t = { .length = 0 };
    size_t n_ends;
    const char *page;

    (void)state;
    web_html_report(&plain, "{}", 2, NULL);
    n_ends = count(text_of(&plain), "</script");
    web_html_report(&t, document, sizeof(document) - 1, "dark");
    page = text_of(&t);
    assert_int_equal(count(page, "</script"), n_ends);
    assert_non_null(strstr(page, "\"theme\": \"dark\""));
    assert_non_null(
        strstr(page, "{\"a\": \"\\u003c/script\\u003e\\u003cscript\\u003ealert(1)"
                     "\\u003c/script\\u003e\\u003c!-- \\u0026 \\u2028\\u2029\xe2\x80\xaa\"}"));
    csv_text_done(&plain);
    csv_text_done(&t);
}

static void the_login_page_is_escaped(void **state)
{
    struct csv_text t = { .length = 0 };
    const char *page;
    const char *style;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned char text[100];

    (void)state;
    web_html_login(&t, "/x\"y", true, "<b>&");
    page = text_of(&t);
    assert_non_null(strstr(page, "&lt;b>&amp;"));
    assert_non_null(strstr(page, "action=\"/x&quot;y/login\""));
    assert_non_null(strstr(page, "name=\"password\""));
    /* The policy names the style that is in it. */
    style = strstr(page, "<style>") + strlen("<style>");
    assert_int_equal(EVP_Digest(style, (size_t)(strstr(style, "</style>") - style), hash, NULL,
                                EVP_sha256(), NULL),
                     1);
    EVP_EncodeBlock(text, hash, 32);
    assert_non_null(strstr(web_html_login_policy(), (const char *)text));
    csv_text_clear(&t);
    web_html_login(&t, "", false, NULL);
    assert_non_null(strstr(text_of(&t), "name=\"token\""));
    csv_text_done(&t);
}

static void only_results_become_reports(void **state)
{
    static const char *const bad[] = { "", "{", "[]", "{\"schema\": 1}",
                                       "{\"schema\": 1, \"run\": [], \"entries\": []}" };
    static const char good[] = "{\"schema\": 1, \"run\": {}, \"entries\": []}";
    struct csv_text t = { .length = 0 };
    char error[200];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        error[0] = '\0';
        assert_true(web_report_write(bad[i], strlen(bad[i]), &t, error, sizeof(error)) < 0);
        assert_string_not_equal(error, "");
    }
    assert_int_equal(t.length, 0);
    assert_int_equal(web_report_write(good, strlen(good), &t, error, sizeof(error)), 0);
    assert_non_null(strstr(text_of(&t), good));
    csv_text_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_knows_its_base_path),
        cmocka_unit_test(nothing_ends_the_script),
        cmocka_unit_test(the_login_page_is_escaped),
        cmocka_unit_test(only_results_become_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
