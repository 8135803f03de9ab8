/* SPDX-License-Identifier: MIT */
/* What clients change about user types. */
#include "support/unit.h"

#include "app/overview.h"
#include "app/scenario.h"
#include "user_types.h"

#include <acrida/acrida.h>

#include <stdlib.h>
#include <string.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static const struct acr_task inner[] = { { .name = "pay", .run = nothing } };
static const struct acr_task_set set = { .tasks = inner, .n_tasks = ACR_LEN(inner) };
static const struct acr_task tasks[] = { { .name = "look", .run = nothing },
                                         { .name = "GET /a", .run = nothing },
                                         { .name = "checkout", .set = &set },
                                         { .name = "again", .run = nothing } };
static const struct acr_user_type types[] = {
    { .name = "buyer", .weight = 3, .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
    { .name = "poller", .tasks = inner, .n_tasks = 1 },
};
static const struct acr_plugin shop = { .name = "shop",
                                        .user_types = types,
                                        .n_user_types = ACR_LEN(types) };

static int set_up(void **state)
{
    static const struct acr_plugin *plugins[] = { &shop };
    static struct acri_scenario scenario = { .plugins = plugins, .n_plugins = 1 };

    (void)state;
    acri_overview_publish(&scenario, NULL, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    web_user_types_done();
    acri_overview_publish(NULL, NULL, NULL);
    return 0;
}

static bool take(const char *text)
{
    struct web_form f = { .n = 0 };
    char error[200] = "";
    bool is_taken;

    assert_true(web_form_query(&f, text, strlen(text)));
    is_taken = web_user_types_take(&f, error, sizeof(error));
    assert_int_equal(*error == '\0', is_taken);
    web_form_done(&f);
    return is_taken;
}

static void assert_config(const char *wanted)
{
    char *text = web_user_types_config();

    assert_non_null(text);
    assert_string_equal(text, wanted);
    free(text);
}

static void changes_add_up(void **state)
{
    (void)state;
    assert_null(web_user_types_config());
    assert_true(take("user_class_name=buyer&tasks=look&tasks=checkout&weight=2.5"));
    assert_true(take("user_class_name=buyer&fixed_count=4&host=http%3A%2F%2Fx"));
    assert_true(take("user_class_name=buyer&tasks=GET+%2Fa"));
    assert_config("[{\"weight\":2.5,\"tasks\":[\"GET /a\"],\"fixed_count\":4,\"host\":\"http://x\","
                  "\"user_class_name\":\"buyer\"}]");
}

static void what_makes_no_sense_changes_nothing(void **state)
{
    static const char *const bad[] = { "",
                                       "user_class_name=nobody&weight=1",
                                       "user_class_name=buyer&weight=-1",
                                       "user_class_name=buyer&weight=many",
                                       "user_class_name=buyer&fixed_count=1.5",
                                       "user_class_name=buyer&fixed_count=1e12",
                                       "user_class_name=buyer&host=%ff",
                                       "user_class_name=buyer&tasks=fly",
                                       "user_class_name=buyer&tasks=checkout%2Fpay",
                                       "user_class_name=buyer&weight=9&on_start=1" };

    (void)state;
    assert_true(take("user_class_name=buyer&weight=2"));
    for (size_t i = 0; i < ACR_LEN(bad); i++)
        assert_false(take(bad[i]));
    assert_config("[{\"weight\":2.0,\"user_class_name\":\"buyer\"}]");
}

static void types_are_told_with_what_was_changed(void **state)
{
    struct json_text j = { .depth = 0 };

    (void)state;
    assert_true(take("user_class_name=poller&tasks=pay&weight=2&fixed_count=1&host="));
    json_text_open(&j, NULL, '{');
    web_user_types_write(&j);
    json_text_close(&j, '}');
    csv_text_append(&j.text, "", 1);
    assert_non_null(strstr(j.text.data, "\"tasks\": [\"look\", \"GET /a\", \"checkout\", "
                                        "\"checkout/pay\", \"again\"]"));
    assert_non_null(
        strstr(j.text.data,
               "\"own_tasks\": [\"look\", \"GET /a\", \"checkout\", \"again\"], \"changed\": {}"));
    assert_non_null(strstr(j.text.data, "\"changed\": {\"weight\": 2, \"fixed_count\": 1, "
                                        "\"host\": \"\", \"tasks\": [\"pay\"]}"));
    csv_text_done(&j.text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(changes_add_up),
        CASE(what_makes_no_sense_changes_nothing),
        CASE(types_are_told_with_what_was_changed),
    };

    return cmocka_run_group_tests_name("web_user_types", tests, NULL, NULL);
}
