/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/self.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void a_worker_describes_itself(void **state)
{
    struct acri_worker_options o = { .name = "", .n_threads = 3 };
    struct acri_worker_info info;
    char text[400];
    char pid[16];

    (void)state;
    acri_self_describe(&info, &o);
    snprintf(pid, sizeof(pid), "-%d", (int)getpid());
    assert_non_null(strstr(info.name, pid));
    assert_int_equal(strncmp(info.name, info.host, strnlen(info.host, 48)), 0);
    assert_int_equal(info.pid, getpid());
    assert_int_equal(info.n_threads, 3);
    assert_true(info.n_cpus > 0);
    assert_true(info.memory_bytes > 1024 * 1024);
    assert_string_equal(info.labels, "");

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    o = (struct acri_worker_options){ .name = text, .labels = text, .version = text };
    acri_self_describe(&info, &o);
    assert_int_equal(strlen(info.name), sizeof(info.name) - 1);
    assert_int_equal(strlen(info.labels), sizeof(info.labels) - 1);
    assert_int_equal(strlen(info.version), sizeof(info.version) - 1);
    o.name = "eu-1";
    acri_self_describe(&info, &o);
    assert_string_equal(info.name, "eu-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_describes_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
