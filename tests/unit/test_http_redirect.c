/* SPDX-License-Identifier: MIT */
/* What redirects do to a method. */
#include "support/unit.h"

#include "redirect.h"

static void methods_change_as_in_requests(void **state)
{
    static const struct {
        int status;
        const char *method;
        enum http_redirect expected;
    } cases[] = {
        { 301, "GET", HTTP_REDIRECT_REPEAT },   { 301, "POST", HTTP_REDIRECT_GET },
        { 301, "PUT", HTTP_REDIRECT_REPEAT },   { 302, "GET", HTTP_REDIRECT_REPEAT },
        { 302, "POST", HTTP_REDIRECT_GET },     { 302, "PUT", HTTP_REDIRECT_GET },
        { 303, "DELETE", HTTP_REDIRECT_GET },   { 307, "POST", HTTP_REDIRECT_REPEAT },
        { 308, "PATCH", HTTP_REDIRECT_REPEAT }, { 302, "HEAD", HTTP_REDIRECT_NONE },
        { 300, "GET", HTTP_REDIRECT_NONE },     { 304, "GET", HTTP_REDIRECT_NONE },
        { 200, "GET", HTTP_REDIRECT_NONE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(http_redirect_decide(cases[i].status, cases[i].method), cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_change_as_in_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
