/* SPDX-License-Identifier: MIT */
/* The Server-Timing header: metrics, durations, and what hostile servers make of it. */
#include "support/unit.h"

#include "server_timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "db=53.2 miss=- " of a header. */
static const char *all(const char *header)
{
    static char text[512];
    struct http_server_timing m;
    size_t length = 0;

    text[0] = '\0';
    for (const char *at = header; (at = http_server_timing_next(at, &m)) != NULL;) {
        char value[32] = "-";
        if (m.has_ms)
            snprintf(value, sizeof value, "%g", m.ms);
        length += (size_t)snprintf(text + length, sizeof text - length, "%.*s=%s ",
                                   (int)m.name_bytes, m.name, value);
        assert_true(length < sizeof text);
    }
    return text;
}

static void metrics_have_names_and_durations(void **state)
{
    (void)state;
    assert_string_equal(all("db;dur=53.2, app;dur=47.2;desc=\"x\""), "db=53.2 app=47.2 ");
    assert_string_equal(all("miss, cache;desc=hit;dur=0"), "miss=- cache=0 ");
    assert_string_equal(all("  a ; DUR = 1e3 \t, b;dur=\"2.5\",c;dur=-1"), "a=1000 b=2.5 c=-1 ");
    assert_string_equal(all(""), "");
    assert_string_equal(all(" , ,, "), "");
}

static void quotes_hide_separators(void **state)
{
    (void)state;
    assert_string_equal(all("a;desc=\"x, y;dur=9\";dur=1, b;dur=2"), "a=1 b=2 ");
    assert_string_equal(all("a;desc=\"\\\", z;dur=3\";dur=4"), "a=4 ");
    assert_string_equal(all("a;desc=\"never closed, b;dur=1"), "a=- ");
    assert_string_equal(all("a;dur=\"5"), "a=- ");
    assert_string_equal(all("a;dur=\""), "a=- ");
    assert_string_equal(all("a;dur=\"\""), "a=- ");
    assert_string_equal(all("a;desc=\"\\"), "a=- ");
}

static void the_first_duration_counts(void **state)
{
    (void)state;
    assert_string_equal(all("a;dur=1;dur=2"), "a=1 ");
    assert_string_equal(all("a;dur=x;dur=2"), "a=- ");
}

static void what_is_not_well_formed_is_skipped(void **state)
{
    (void)state;
    assert_string_equal(all("=x, a;dur=1"), "a=1 ");
    assert_string_equal(all("\"q, r\", a;dur=1"), "a=1 ");
    assert_string_equal(all("a b c;dur=1, d;dur=2"), "a=1 d=2 ");
    assert_string_equal(all("a;;;=;dur;dur=3"), "a=3 ");
    assert_string_equal(all("a;dur=nan,b;dur=inf,c;dur=0x10,d;dur=1e999,e;dur=,f;dur=1 2"),
                        "a=- b=- c=- d=- e=- f=- ");
    assert_string_equal(all("\x80\xff;dur=1, a;dur=1"), "a=1 ");
    assert_string_equal(
        all("a;dur=11111111111111111111111111111111111111111111111111111111111111111"), "a=- ");
}

/* Whatever the bytes, it ends, within the text. The text is on the heap for the sanitizer's sake.
 */
static void any_bytes_come_to_an_end(void **state)
{
    static const char alphabet[] = "ad;=,\" \\ur.1\xff\t";
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t bytes = (size_t)round % 40;
        char *text = malloc(bytes + 1);
        for (size_t i = 0; i < bytes; i++) {
            random = random * 1664525u + 1013904223u;
            text[i] = alphabet[(random >> 16) % (sizeof alphabet - 1)];
        }
        text[bytes] = '\0';
        struct http_server_timing m;
        size_t count = 0;
        for (const char *at = text; (at = http_server_timing_next(at, &m)) != NULL; count++) {
            assert_true(at > text && at <= text + bytes);
            assert_true(m.name >= text && m.name + m.name_bytes <= at);
        }
        assert_true(count <= bytes);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_have_names_and_durations),
        cmocka_unit_test(quotes_hide_separators),
        cmocka_unit_test(the_first_duration_counts),
        cmocka_unit_test(what_is_not_well_formed_is_skipped),
        cmocka_unit_test(any_bytes_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
