/* SPDX-License-Identifier: MIT */
/* Queries, forms and JSON objects that clients send. */
#include "support/unit.h"

#include "actions.h"
#include "form.h"

#include <string.h>

static struct web_form read_as(const char *type, const char *text)
{
    struct web_form f = { .n = 0 };

    web_form_body(&f, type, text, strlen(text));
    return f;
}

static void forms_are_decoded(void **state)
{
    struct web_form f = read_as(NULL, "a=1&b=two+words&c=%C3%A4%26%3d&a=2&d&%65=%zz%4&&=x");

    (void)state;
    assert_string_equal(f.error, "");
    assert_int_equal(f.n, 7);
    assert_string_equal(web_form_get(&f, "a"), "2");
    assert_string_equal(web_form_get(&f, "b"), "two words");
    assert_string_equal(web_form_get(&f, "c"), "\xc3\xa4&=");
    assert_string_equal(web_form_get(&f, "d"), "");
    assert_string_equal(web_form_get(&f, "e"), "%zz%4");
    assert_string_equal(web_form_get(&f, ""), "x");
    assert_null(web_form_get(&f, "f"));
    web_form_done(&f);
}

static void values_of_a_name_come_in_order(void **state)
{
    struct web_form f = read_as("application/x-www-form-urlencoded; charset=utf-8", "a=1&b=2&a=3");
    size_t at = 0;

    (void)state;
    assert_string_equal(web_form_next(&f, "a", &at), "1");
    assert_string_equal(web_form_next(&f, "a", &at), "3");
    assert_null(web_form_next(&f, "a", &at));
    web_form_done(&f);
}

static void json_gives_the_same_fields(void **state)
{
    struct web_form f =
        read_as("application/json", "{\"n\": 10, \"r\": 1.5, \"l\": [\"a\", 2, true], "
                                    "\"s\": \"x\", \"none\": null, \"no\": false}");
    size_t at = 0;

    (void)state;
    assert_string_equal(f.error, "");
    assert_string_equal(web_form_get(&f, "n"), "10");
    assert_string_equal(web_form_get(&f, "r"), "1.5");
    assert_string_equal(web_form_next(&f, "l", &at), "a");
    assert_string_equal(web_form_next(&f, "l", &at), "2");
    assert_string_equal(web_form_next(&f, "l", &at), "true");
    assert_null(web_form_get(&f, "none"));
    assert_string_equal(web_form_get(&f, "no"), "false");
    web_form_done(&f);
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *type;
        const char *text;
    } bad[] = {
        { NULL, "a=%00" },
        { NULL, "a%0ab=1" },
        { "text/xml", "<a/>" },
        { "application/json", "[1]" },
        { "application/json", "{\"a\": {}}" },
        { "application/json", "{\"a\": [[1]]}" },
        { "application/json", "{\"a\": 1" },
        { "application/json", "{\"a\": 1, \"a\": 2}" },
        { "application/json", "{\"a\\n\": 1}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct web_form f = read_as(bad[i].type, bad[i].text);

        assert_string_not_equal(f.error, "");
        assert_int_equal(f.n, 0);
    }
}

static void there_is_an_end_to_fields(void **state)
{
    char text[4 * (WEB_FORM_FIELDS_MAX + 1) + 1] = "";
    struct web_form f;

    (void)state;
    for (size_t i = 0; i < WEB_FORM_FIELDS_MAX; i++)
        memcpy(text + 4 * i, "a=1&", 5);
    f = read_as(NULL, text);
    assert_int_equal(f.n, WEB_FORM_FIELDS_MAX);
    web_form_done(&f);
    memcpy(text + 4 * (size_t)WEB_FORM_FIELDS_MAX, "a=1", 4);
    f = read_as(NULL, text);
    assert_int_equal(f.n, 0);
    assert_non_null(strstr(f.error, "256"));
}

static void times_are_read_as_locust_does(void **state)
{
    (void)state;
    assert_float_equal(web_actions_duration("20"), 20, 0);
    assert_float_equal(web_actions_duration("1.5"), 1.5, 0);
    assert_float_equal(web_actions_duration("20s"), 20, 0);
    assert_float_equal(web_actions_duration("1h30m"), 5400, 0);
    assert_float_equal(web_actions_duration("500ms"), 0.5, 1e-9);
    assert_float_equal(web_actions_duration("soon"), -1, 0);
    assert_float_equal(web_actions_duration("1x"), -1, 0);
    assert_float_equal(web_actions_duration("-1"), -1, 0);
    assert_float_equal(web_actions_duration("9999999999h"), -1, 0);
    assert_float_equal(web_actions_duration("1e400"), -1, 0);
}

static void a_start_is_read(void **state)
{
    struct web_form f =
        read_as(NULL, "locust_count=10&hatch_rate=0.5&run_time=&shape_class=Default&host=");
    struct web_swarm w;
    char error[200] = "";

    (void)state;
    assert_true(web_actions_read(&f, &w, error, sizeof(error)));
    assert_float_equal(w.users, 10, 0);
    assert_float_equal(w.spawn_rate, 0.5, 0);
    assert_float_equal(w.run_time_s, 0, 0);
    assert_float_equal(w.arrival_rate, -1, 0);
    assert_true(w.no_shape);
    assert_string_equal(w.host, "");
    web_form_done(&f);
}

static void a_start_that_makes_no_sense_is_told(void **state)
{
    static const char *const bad[] = { "user_count=ten", "user_count=1.5", "user_count=1e10",
                                       "user_count=-1",  "spawn_rate=0",   "user_count=inf",
                                       "run_time=soon",  "arrival_rate=x", "user_count=0x10" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct web_form f = read_as(NULL, bad[i]);
        struct web_swarm w;
        char error[200] = "";

        assert_false(web_actions_read(&f, &w, error, sizeof(error)));
        assert_string_not_equal(error, "");
        web_form_done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_decoded),
        cmocka_unit_test(values_of_a_name_come_in_order),
        cmocka_unit_test(json_gives_the_same_fields),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(there_is_an_end_to_fields),
        cmocka_unit_test(times_are_read_as_locust_does),
        cmocka_unit_test(a_start_is_read),
        cmocka_unit_test(a_start_that_makes_no_sense_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
