/* SPDX-License-Identifier: MIT */
/* What the --http-... options take. */
#include "support/unit.h"

#include "options.h"

#include <math.h>

static void limits_fit_into_any_unit(void **state)
{
    (void)state;
    assert_true(http_options_limit(2.5) == 2.5);
    assert_true(http_options_limit(0) == 0);
    assert_true(http_options_limit(-1) == 0);
    assert_true(http_options_limit(1e300) == 0);
    assert_true(http_options_limit(INFINITY) == 0);
    assert_true(http_options_limit(NAN) == 0);
}

static void proxies_are_addresses(void **state)
{
    static const char *const good[] = { "proxy",
                                        "proxy:3128",
                                        "http://proxy:3128",
                                        "http://ann:a@b@proxy:3128/",
                                        "SOCKS5H://10.0.0.1:1080",
                                        "https://[::1]:3128",
                                        "http://[::1]" };
    static const char *const bad[] = { "",           "http://",       "http://:3128", "ftp://proxy",
                                       "proxy:x",    "proxy:",        "proxy:0",      "proxy:65536",
                                       "a proxy:80", "http://a\nb:1", "u:p@",         "proxy:80x" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(http_options_proxy(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(http_options_proxy(bad[i]));
}

static void versions_are_two(void **state)
{
    enum http_version version = HTTP_VERSION_ANY;

    (void)state;
    assert_true(http_options_version(NULL, &version) && version == HTTP_VERSION_ANY);
    assert_true(http_options_version("", &version) && version == HTTP_VERSION_ANY);
    assert_true(http_options_version("1.1", &version) && version == HTTP_VERSION_1_1);
    assert_true(http_options_version("2", &version) && version == HTTP_VERSION_2);
    assert_false(http_options_version("3", &version));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_fit_into_any_unit),
        cmocka_unit_test(proxies_are_addresses),
        cmocka_unit_test(versions_are_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
