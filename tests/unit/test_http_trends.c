/* SPDX-License-Identifier: MIT */
/* Which headers become which trends. */
#include "support/unit.h"

#include "trends.h"

#include <stdio.h>
#include <string.h>

static const char head[] = "HTTP/1.1 200 OK\0"
                           "server-timing: db;dur=1.5, miss, app;dur=2\0"
                           "X-Runtime: 0.25 \0"
                           "X-Runtimes: 7\0"
                           "Server-Timing:edge;dur=3\0"
                           "X-Name: none\0";

static char taken[4096];

static void take(void *arg, const char *name, double value)
{
    size_t *count = arg;
    size_t length = strlen(taken);

    (*count)++;
    snprintf(taken + length, sizeof taken - length, "%s=%g;", name, value);
}

static const char *trends(const char *list, const char *more)
{
    size_t count = 0;

    taken[0] = '\0';
    http_trends_each(list, more, head, sizeof head - 1, take, &count);
    return taken;
}

static void listed_headers_are_taken(void **state)
{
    (void)state;
    assert_string_equal(trends(NULL, NULL), "");
    assert_string_equal(trends("", " "), "");
    assert_string_equal(trends("Server-Timing", NULL),
                        "Server-Timing db=1.5;Server-Timing app=2;Server-Timing edge=3;");
    assert_string_equal(trends("x-runtime", NULL), "x-runtime=0.25;");
    assert_string_equal(trends("X-Name X-None HTTP/1.1", NULL), "");
}

static void a_header_in_both_lists_counts_once(void **state)
{
    (void)state;
    assert_string_equal(trends("X-Runtime", "X-RUNTIME, X-Runtimes"),
                        "X-Runtime=0.25;X-Runtimes=7;");
    assert_string_equal(trends(NULL, "X-Runtime"), "X-Runtime=0.25;");
}

static void there_are_bounds(void **state)
{
    char many[4000] = "Server-Timing: ";
    size_t count = 0;

    (void)state;
    for (int i = 0; i < 200; i++)
        strcat(many, "a;dur=1,");
    taken[0] = '\0';
    http_trends_each("Server-Timing", NULL, many, strlen(many) + 1, take, &count);
    assert_int_equal(count, 64);

    char name[200] = "Server-Timing: ";
    memset(name + 15, 'n', 65);
    strcat(name, ";dur=1");
    count = 0;
    http_trends_each("Server-Timing", NULL, name, strlen(name) + 1, take, &count);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_headers_are_taken),
        cmocka_unit_test(a_header_in_both_lists_counts_once),
        cmocka_unit_test(there_are_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
