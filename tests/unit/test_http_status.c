/* SPDX-License-Identifier: MIT */
/* Statuses: which fail, and the text of the failure. */
#include "support/unit.h"

#include "status.h"

#include <string.h>

static void failures_are_no_answer_and_400_to_599(void **state)
{
    (void)state;
    assert_true(http_status_is_failure(0));
    assert_true(http_status_is_failure(400));
    assert_true(http_status_is_failure(599));
    assert_false(http_status_is_failure(100));
    assert_false(http_status_is_failure(200));
    assert_false(http_status_is_failure(304));
    assert_false(http_status_is_failure(399));
    assert_false(http_status_is_failure(600));
}

static void texts_are_those_of_locust_with_the_name_for_url(void **state)
{
    char text[128];

    (void)state;
    http_status_error(text, sizeof text, 404, "/x");
    assert_string_equal(text, "404 Client Error: Not Found for url: /x");
    http_status_error(text, sizeof text, 500, "/x");
    assert_string_equal(text, "500 Server Error: Internal Server Error for url: /x");
    http_status_error(text, sizeof text, 499, "/x");
    assert_string_equal(text, "499 Client Error: Unknown for url: /x");
    http_status_error(text, sizeof text, 200, "/x");
    assert_string_equal(text, "unexpected status 200 OK for url: /x");
}

static void a_text_is_cut_to_fit(void **state)
{
    char text[16];

    (void)state;
    http_status_error(text, sizeof text, 404, "/x");
    assert_int_equal(strlen(text), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_no_answer_and_400_to_599),
        cmocka_unit_test(texts_are_those_of_locust_with_the_name_for_url),
        cmocka_unit_test(a_text_is_cut_to_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
