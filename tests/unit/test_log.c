/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/acrida-test-log-XXXXXX";
static char text[8192];

static const char *logged(void)
{
    FILE *f = fopen(path, "r");
    size_t n = fread(text, 1, sizeof(text) - 1, f);

    text[n] = '\0';
    fclose(f);
    return text;
}

static int set_up(void **state)
{
    (void)state;
    close(mkstemp(path));
    return acri_log_open(path);
}

static int tear_down(void **state)
{
    (void)state;
    acri_log_close();
    return unlink(path);
}

static void records_below_the_level_are_dropped(void **state)
{
    (void)state;
    acri_log_debug("hidden");
    acri_log_info("shown %d", 1);
    assert_null(strstr(logged(), "hidden"));
    assert_non_null(strstr(logged(), "/INFO/acrida: shown 1\n"));
    acri_log_set_level(ACRI_LOG_ERROR);
    acri_log_warning("also hidden");
    acri_log_set_level(ACRI_LOG_INFO);
    assert_null(strstr(logged(), "also hidden"));
}

static void control_characters_are_made_harmless(void **state)
{
    (void)state;
    acri_log_error("name \033[31mred\a end");
    assert_non_null(strstr(logged(), "name ?[31mred? end\n"));
}

static void long_records_are_cut_and_end_their_line(void **state)
{
    static char longest[6000];

    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    acri_log_error("%s", longest);
    assert_int_equal(logged()[strlen(logged()) - 1], '\n');
    assert_true(strlen(logged()) < 6000);
}

static void one_record_per_interval_with_the_others_counted(void **state)
{
    struct acri_log_limit limit = { 0 };
    uint64_t left_out = 99;

    (void)state;
    assert_true(acri_log_may(&limit, 1000, 100, &left_out));
    assert_int_equal(left_out, 0);
    assert_false(acri_log_may(&limit, 1050, 100, &left_out));
    assert_false(acri_log_may(&limit, 1099, 100, &left_out));
    assert_true(acri_log_may(&limit, 1100, 100, &left_out));
    assert_int_equal(left_out, 2);
}

static struct {
    char text[256];
    unsigned n;
} copied;

/* Logs itself, as it must not for ever. */
static void on_logged(void *arg, enum acri_log_level level, const char *source, const char *line)
{
    assert_ptr_equal(arg, &copied);
    assert_int_equal(level, ACRI_LOG_WARNING);
    assert_string_equal(source, "shop");
    snprintf(copied.text, sizeof(copied.text), "%s", line);
    copied.n++;
    acri_log(ACRI_LOG_WARNING, "shop", "copied");
}

static void a_copy_is_what_was_written_and_not_its_own_lines(void **state)
{
    (void)state;
    acri_log_copy_to(on_logged, &copied);
    acri_log(ACRI_LOG_WARNING, "shop", "the \033[31mred %d", 1);
    acri_log(ACRI_LOG_DEBUG, "shop", "hidden");
    acri_log_copy_to(NULL, NULL);
    acri_log(ACRI_LOG_WARNING, "shop", "alone");
    assert_int_equal(copied.n, 1);
    assert_string_equal(copied.text, "the ?[31mred 1");
    assert_non_null(strstr(logged(), "/WARNING/shop: copied\n"));
    assert_non_null(strstr(logged(), "/WARNING/shop: alone\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_below_the_level_are_dropped),
        cmocka_unit_test(control_characters_are_made_harmless),
        cmocka_unit_test(long_records_are_cut_and_end_their_line),
        cmocka_unit_test(one_record_per_interval_with_the_others_counted),
        cmocka_unit_test(a_copy_is_what_was_written_and_not_its_own_lines),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
