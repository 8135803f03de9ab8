/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/log_ring.h"

#include <stdio.h>
#include <string.h>

static struct acri_log_ring_line line;

/* The number of the next line. */
static uint64_t end(void)
{
    uint64_t index = 0;

    while (acri_log_ring_get(&index, &line))
        index++;
    return index;
}

static void lines_are_numbered_and_keep_who_spoke(void **state)
{
    uint64_t index = end();
    uint64_t first = index;

    (void)state;
    assert_false(acri_log_ring_get(&index, &line));
    acri_log_ring_put(12.5, ACRI_LOG_WARNING, "shop", "one");
    acri_log_ring_put(13, ACRI_LOG_INFO, "acrida", "two");
    assert_true(acri_log_ring_get(&index, &line));
    assert_int_equal(index, first);
    assert_string_equal(line.text, "one");
    assert_string_equal(line.source, "shop");
    assert_int_equal(line.level, ACRI_LOG_WARNING);
    assert_true(line.unix_s > 12.4 && line.unix_s < 12.6);
    index++;
    assert_true(acri_log_ring_get(&index, &line));
    assert_string_equal(line.text, "two");
    index++;
    assert_false(acri_log_ring_get(&index, &line));
}

static void the_oldest_make_room(void **state)
{
    uint64_t first = end();
    uint64_t index = first;
    char text[32];

    (void)state;
    for (unsigned i = 0; i < ACRI_LOG_RING_LINES + 7; i++) {
        snprintf(text, sizeof(text), "line %u", i);
        acri_log_ring_put(0, ACRI_LOG_INFO, "acrida", text);
    }
    assert_true(acri_log_ring_get(&index, &line));
    assert_int_equal(index, first + 7);
    assert_string_equal(line.text, "line 7");
    assert_int_equal(end(), first + ACRI_LOG_RING_LINES + 7);
}

static void long_lines_are_cut(void **state)
{
    static char longest[3 * ACRI_LOG_RING_TEXT];
    uint64_t index = end();

    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    acri_log_ring_put(0, ACRI_LOG_INFO, longest, longest);
    assert_true(acri_log_ring_get(&index, &line));
    assert_int_equal(strlen(line.text), ACRI_LOG_RING_TEXT - 1);
    assert_int_equal(strlen(line.source), sizeof(line.source) - 1);
}

static void what_is_logged_is_there_and_what_a_worker_logged_is_the_workers(void **state)
{
    uint64_t index = end();

    (void)state;
    acri_log_debug("below the level");
    acri_log_warning("a \033[31mred %d", 1);
    acri_log_relayed(ACRI_LOG_ERROR, "w-7", "shop", "100 % broken");
    assert_true(acri_log_ring_get(&index, &line));
    assert_string_equal(line.text, "a ?[31mred 1");
    assert_string_equal(line.source, "acrida");
    index++;
    assert_true(acri_log_ring_get(&index, &line));
    assert_string_equal(line.text, "100 % broken");
    assert_string_equal(line.source, "w-7");
    assert_int_equal(line.level, ACRI_LOG_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_numbered_and_keep_who_spoke),
        cmocka_unit_test(the_oldest_make_room),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(what_is_logged_is_there_and_what_a_worker_logged_is_the_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
