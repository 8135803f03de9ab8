/* SPDX-License-Identifier: MIT */
/* The syntax of configuration files. */
#include "support/unit.h"

#include "app/config_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct acri_config_file parse(const char *text)
{
    struct acri_config_file file = { 0 };
    struct acri_error error = { "" };
    int r = acri_config_file_parse(text, strlen(text), "x.conf", &file, &error);

    if (r < 0)
        fprintf(stderr, "%s\n", error.text);
    assert_int_equal(r, 0);
    return file;
}

static void assert_one(const char *text, const char *key, const char *value)
{
    struct acri_config_file file = parse(text);

    assert_int_equal(file.n_items, 1);
    assert_string_equal(file.items[0].key, key);
    assert_int_equal(file.items[0].n_values, value != NULL);
    if (value != NULL)
        assert_string_equal(file.items[0].values[0], value);
    assert_false(file.items[0].is_list);
    acri_config_file_done(&file);
}

static void all_four_forms_of_a_line_are_read(void **state)
{
    (void)state;
    assert_one("users = 10", "users", "10");
    assert_one("users=10\n", "users", "10");
    assert_one("users: 10\r\n", "users", "10");
    assert_one("users 10", "users", "10");
    assert_one("  headless\t\n", "headless", NULL);
}

static void a_value_keeps_its_own_signs(void **state)
{
    (void)state;
    assert_one("host = http://a:80/x?y=1#top", "host", "http://a:80/x?y=1#top");
    assert_one("host: http://a:80", "host", "http://a:80");
    assert_one("host http://a:80;v=1", "host", "http://a:80;v=1");
    assert_one("csv = two words", "csv", "two words");
    assert_one("csv = it's", "csv", "it's");
}

static void comments_are_passed_over(void **state)
{
    (void)state;
    assert_one("# users = 1\n\n; users = 2\nusers = 3 # three\n[acrida]\n", "users", "3");
    assert_one("users = 3 ; three", "users", "3");
    assert_one("csv = \"a # b\" # c", "csv", "a # b");
    assert_one("csv = 'a ; b'", "csv", "a ; b");
}

static void lists_are_split(void **state)
{
    struct acri_config_file file = parse("types = [A, \"B c\",, D ]\nempty = []\n");

    (void)state;
    assert_int_equal(file.n_items, 2);
    assert_true(file.items[0].is_list);
    assert_int_equal(file.items[0].n_values, 3);
    assert_string_equal(file.items[0].values[0], "A");
    assert_string_equal(file.items[0].values[1], "B c");
    assert_string_equal(file.items[0].values[2], "D");
    assert_true(file.items[1].is_list);
    assert_int_equal(file.items[1].n_values, 0);
    acri_config_file_done(&file);
}

static void items_know_their_line(void **state)
{
    struct acri_config_file file = parse("\xef\xbb\xbfusers = 1\n\n# x\nhost = b\nusers = 2");

    (void)state;
    assert_int_equal(file.n_items, 3);
    assert_string_equal(file.items[0].key, "users");
    assert_int_equal(file.items[0].line, 1);
    assert_int_equal(file.items[1].line, 4);
    assert_int_equal(file.items[2].line, 5);
    acri_config_file_done(&file);
}

static void an_empty_file_has_no_items(void **state)
{
    struct acri_config_file file = parse("");

    (void)state;
    assert_int_equal(file.n_items, 0);
    acri_config_file_done(&file);
}

static void assert_refused(const char *text, size_t bytes, const char *why)
{
    struct acri_config_file file = { 0 };
    struct acri_error error = { "" };

    assert_int_equal(acri_config_file_parse(text, bytes, "x.conf", &file, &error), -EINVAL);
    assert_string_equal(error.text, why);
}

static void bad_lines_are_named(void **state)
{
    (void)state;
    assert_refused("users = 1\n= 5\n", 14, "x.conf:2: a line starts with the name of an option");
    assert_refused("users =\n", 8, "x.conf:1: users has no value");
    assert_refused("a\0b", 3, "x.conf: is not a text file");
}

static void files_are_read_or_refused(void **state)
{
    char path[] = "/tmp/acrida-config-XXXXXX";
    struct acri_config_file file = { 0 };
    struct acri_error error = { "" };
    int fd = mkstemp(path);

    (void)state;
    assert_int_equal(write(fd, "users 7\n", 8), 8);
    close(fd);
    assert_int_equal(acri_config_file_read(path, &file, &error), 0);
    assert_string_equal(file.items[0].values[0], "7");
    acri_config_file_done(&file);
    unlink(path);
    assert_int_equal(acri_config_file_read(path, &file, &error), -ENOENT);
    assert_non_null(strstr(error.text, "cannot read /tmp/acrida-config-"));
    assert_int_equal(acri_config_file_read("/tmp", &file, &error), -EISDIR);
    assert_int_equal(acri_config_file_read("/dev/zero", &file, &error), -EFBIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_four_forms_of_a_line_are_read),
        cmocka_unit_test(a_value_keeps_its_own_signs),
        cmocka_unit_test(comments_are_passed_over),
        cmocka_unit_test(lists_are_split),
        cmocka_unit_test(items_know_their_line),
        cmocka_unit_test(an_empty_file_has_no_items),
        cmocka_unit_test(bad_lines_are_named),
        cmocka_unit_test(files_are_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
