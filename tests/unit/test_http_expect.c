/* SPDX-License-Identifier: MIT */
/* Lists of statuses that count as success. */
#include "support/unit.h"

#include "expect.h"

static void statuses_and_classes_are_matched(void **state)
{
    static const struct {
        const char *list;
        int status;
        enum http_expect expected;
    } cases[] = {
        { "404", 404, HTTP_EXPECT_YES },       { "404", 200, HTTP_EXPECT_NO },
        { "200,409", 409, HTTP_EXPECT_YES },   { "200, 409", 409, HTTP_EXPECT_YES },
        { " 200 ,409 ", 201, HTTP_EXPECT_NO }, { "2xx", 204, HTTP_EXPECT_YES },
        { "2XX,404", 404, HTTP_EXPECT_YES },   { "2xx", 302, HTTP_EXPECT_NO },
        { "2xx", 0, HTTP_EXPECT_NO },          { "409,409", 409, HTTP_EXPECT_YES },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(http_expect_check(cases[i].list, cases[i].status), cases[i].expected);
    }
}

static void malformed_lists_are_told_apart(void **state)
{
    static const char *const bad[] = { "",     " ",    "20",  "2x",  "2xy",     "abc", "200,",
                                       ",200", "2000", "0xx", "20x", "200 404", "-20", "200;404" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(http_expect_check(bad[i], 200), HTTP_EXPECT_BAD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_and_classes_are_matched),
        cmocka_unit_test(malformed_lists_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
