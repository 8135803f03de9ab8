/* SPDX-License-Identifier: MIT */
/* The JSON of --config-users. */
#include "support/unit.h"

#include "app/config_users.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct acri_config_users read_one(const char *text)
{
    struct acri_config_users c;

    assert_int_equal(acri_config_users_read(&text, 1, &c, NULL), 0);
    return c;
}

static void an_object_changes_one_type(void **state)
{
    struct acri_config_users c =
        read_one("{\"user_class_name\": \"buyer\", \"weight\": 2.5, \"fixed_count\": 0, "
                 "\"host\": \"http://x\", \"tasks\": [\"view\", \"buy\"]}");

    (void)state;
    assert_int_equal(c.n, 1);
    assert_string_equal(c.changes[0].name, "buyer");
    assert_true(c.changes[0].has_weight && c.changes[0].weight == 2.5);
    assert_true(c.changes[0].has_fixed_count && c.changes[0].fixed_count == 0);
    assert_string_equal(c.changes[0].host, "http://x");
    assert_int_equal(c.changes[0].n_tasks, 2);
    assert_string_equal(c.changes[0].tasks[1], "buy");
    acri_config_users_done(&c);
}

static void what_is_not_named_stays_as_it_is(void **state)
{
    struct acri_config_users c = read_one("[{\"user_type_name\": \"a\"}]");

    (void)state;
    assert_int_equal(c.n, 1);
    assert_false(c.changes[0].has_weight);
    assert_false(c.changes[0].has_fixed_count);
    assert_null(c.changes[0].host);
    assert_null(c.changes[0].tasks);
    acri_config_users_done(&c);
}

static void later_objects_add_to_earlier_ones(void **state)
{
    static const char *const texts[] = {
        "[{\"user_type_name\": \"a\", \"weight\": 1, \"host\": \"x\", \"tasks\": [\"t\"]},"
        " {\"user_type_name\": \"b\"}]",
        "{\"user_class_name\": \"a\", \"weight\": 4, \"host\": \"y\", \"tasks\": [\"s\", \"r\"]}",
        "{\"user_class_name\": \"a\", \"fixed_count\": 7}",
    };
    struct acri_config_users c;

    (void)state;
    assert_int_equal(acri_config_users_read(texts, 3, &c, NULL), 0);
    assert_int_equal(c.n, 2);
    assert_true(c.changes[0].weight == 4);
    assert_int_equal(c.changes[0].fixed_count, 7);
    assert_string_equal(c.changes[0].host, "y");
    assert_string_equal(c.changes[0].tasks[0], "s");
    assert_string_equal(c.changes[1].name, "b");
    acri_config_users_done(&c);
}

static void a_file_is_read_by_its_path(void **state)
{
    char path[] = "/tmp/test_config_users_XXXXXX.json";
    int fd = mkstemps(path, 5);
    struct acri_config_users c;

    (void)state;
    assert_true(fd >= 0);
    assert_true(write(fd, "{\"user_type_name\": \"a\"}", 23) == 23);
    close(fd);
    c = read_one(path);
    assert_string_equal(c.changes[0].name, "a");
    acri_config_users_done(&c);
    unlink(path);
}

static void assert_refused(const char *text, const char *line)
{
    struct acri_config_users c = { 0 };
    struct acri_error error = { "" };

    assert_int_equal(acri_config_users_read(&text, 1, &c, &error), -EINVAL);
    assert_string_equal(error.text, line);
}

static void errors_say_what_is_wrong(void **state)
{
    (void)state;
    assert_refused("no-such-file.json",
                   "--config-users: no-such-file.json cannot be read: No such file or directory");
    assert_refused("{\"user_type_name\": \"a\",}",
                   "--config-users is no JSON: line 1, column 24: string or '}' expected near '}' "
                   "(a file is called *.json)");
    assert_refused("[1]", "--config-users wants JSON objects such as {\"user_type_name\": "
                          "\"buyer\", \"weight\": 3}");
    assert_refused("{\"weight\": 1}", "--config-users: an object lacks its \"user_type_name\", the "
                                      "name of a user type");
    assert_refused("{\"user_type_name\": \"a\", \"weight\": -1}",
                   "--config-users: user type 'a': \"weight\" wants a number, 0 or more");
    assert_refused("{\"user_type_name\": \"a\", \"weight\": \"1\"}",
                   "--config-users: user type 'a': \"weight\" wants a number, 0 or more");
    assert_refused("{\"user_type_name\": \"a\", \"fixed_count\": 1.5}",
                   "--config-users: user type 'a': \"fixed_count\" wants a number of users, 0 or "
                   "more");
    assert_refused("{\"user_type_name\": \"a\", \"host\": null}",
                   "--config-users: user type 'a': \"host\" wants a text, such as "
                   "\"http://localhost:8080\"");
    assert_refused("{\"user_type_name\": \"a\", \"tasks\": []}",
                   "--config-users: user type 'a': \"tasks\" wants an array of names of tasks, at "
                   "least one");
    assert_refused(
        "{\"user_type_name\": \"a\", \"tasks\": [1]}",
        "--config-users: user type 'a': \"tasks\" wants names of tasks, which are texts");
    assert_refused("{\"user_type_name\": \"a\", \"wait_time\": 1}",
                   "--config-users: user type 'a': \"wait_time\" cannot be changed: \"weight\", "
                   "\"fixed_count\", \"host\" and \"tasks\" can");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_changes_one_type),
        cmocka_unit_test(what_is_not_named_stays_as_it_is),
        cmocka_unit_test(later_objects_add_to_earlier_ones),
        cmocka_unit_test(a_file_is_read_by_its_path),
        cmocka_unit_test(errors_say_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
