/* SPDX-License-Identifier: MIT */
/* The console's tables, and the progress line. */
#include "support/unit.h"

#include "app/console.h"
#include "golden/golden.h"
#include "golden/sample.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A stream into memory, and what was written to it. */
struct screen {
    FILE *file;
    char *text;
    size_t length;
};

static void screen_open(struct screen *s)
{
    *s = (struct screen){ .file = NULL };
    s->file = open_memstream(&s->text, &s->length);
    assert_non_null(s->file);
}

static void screen_close(struct screen *s)
{
    fclose(s->file);
    free(s->text);
}

static void assert_final(unsigned n_seconds, bool is_hostile, unsigned columns, const char *golden)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    sample_make(&x, n_seconds, is_hostile);
    screen_open(&screen);
    acri_console_init(&c, screen.file, columns);
    acri_console_final(&c, &x.snapshot);
    assert_golden(golden, screen.text, screen.length);
    screen_close(&screen);
    sample_done(&x);
}

static void the_final_tables_are_as_agreed(void **state)
{
    (void)state;
    assert_final(12, true, 0, "console_final.txt");
}

static void a_run_without_failures_has_no_error_report(void **state)
{
    struct sample x;
    struct acri_buf out;

    (void)state;
    sample_make(&x, 1, false);
    acri_stats_reset(x.stats, SAMPLE_START_NS, SAMPLE_REAL_NS);
    acri_buf_init(&out, 1u << 20);
    acri_console_write_errors(&out, &x.snapshot);
    acri_console_write_exceptions(&out, &x.snapshot);
    assert_int_equal(out.length, 0);
    acri_buf_done(&out);
    sample_done(&x);
}

static void a_run_without_requests_has_whole_tables(void **state)
{
    (void)state;
    assert_final(0, false, 0, "console_empty.txt");
}

static void a_terminal_gets_a_table_of_its_width(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, true);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 100);
    acri_console_periodic(&c, &x.snapshot);
    assert_golden("console_periodic_100.txt", screen.text, screen.length);
    screen_close(&screen);
    sample_done(&x);
}

static void no_control_character_reaches_the_console(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, true);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 0);
    acri_console_periodic(&c, &x.snapshot);
    acri_console_final(&c, &x.snapshot);
    for (size_t i = 0; i < screen.length; i++)
        assert_true((unsigned char)screen.text[i] >= 0x20 || screen.text[i] == '\n');
    screen_close(&screen);
    sample_done(&x);
}

static void metrics_and_load_follow_the_statistics(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, false);
    sample_add_metrics(&x);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 0);
    acri_console_periodic(&c, &x.snapshot);
    acri_console_final(&c, &x.snapshot);
    assert_golden("console_metrics.txt", screen.text, screen.length);
    screen_close(&screen);
    sample_done(&x);
}

static void nothing_in_flight_leaves_locusts_columns(void **state)
{
    struct sample x;
    struct acri_buf out;

    (void)state;
    sample_make(&x, 12, false);
    acri_stats_reset(x.stats, SAMPLE_START_NS, SAMPLE_REAL_NS);
    acri_buf_init(&out, 1u << 20);
    acri_console_write_stats(&out, &x.snapshot, false, 0);
    assert_null(strstr(acri_buf_text(&out), "in flight"));
    acri_buf_done(&out);
    sample_done(&x);
}

/* A shape changes what was asked for. */
static void the_target_is_that_of_the_run(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, false);
    x.snapshot.info.target_users = 700;
    screen_open(&screen);
    acri_console_init(&c, screen.file, 80);
    acri_console_progress(&c, &x.snapshot, 1000, 60);
    assert_string_equal(screen.text, "12s / 1m00s  500/700 users  23 req/s\r");
    screen_close(&screen);
    sample_done(&x);
}

static void under_open_load_the_progress_line_has_arrivals(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, false);
    sample_add_metrics(&x);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 80);
    acri_console_progress(&c, &x.snapshot, 1, 60);
    assert_string_equal(screen.text,
                        "12s / 1m00s  500 users  100 arrivals/s  20 waiting  23 req/s\r");
    rewind(screen.file);
    x.snapshot.info.load[ACR_LOAD_QUEUE] = 0;
    x.snapshot.info.arrival_rate = 0.5;
    acri_console_progress(&c, &x.snapshot, 1, 0);
    assert_memory_equal(screen.text, "12s  500 users  0.500 arrivals/s  23 req/s ", 42);
    screen_close(&screen);
    sample_done(&x);
}

static void the_progress_line_is_rewritten_in_place(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, false);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 80);
    acri_console_progress(&c, &x.snapshot, 1000, 60);
    assert_string_equal(screen.text, "12s / 1m00s  500/1000 users  23 req/s\r");
    rewind(screen.file);
    x.snapshot.info.elapsed_s = 5;
    acri_console_progress(&c, &x.snapshot, 500, 0);
    /* Shorter than the one before: what is left of that is wiped. */
    assert_string_equal(screen.text, "5s  500/500 users  23 req/s          \r");
    rewind(screen.file);
    x.snapshot.info.state = "stopping";
    acri_console_progress(&c, &x.snapshot, 500, 0);
    assert_string_equal(screen.text, "5s  500/500 users  23 req/s  stopping\r");
    rewind(screen.file);
    acri_console_clear(&c);
    assert_int_equal(screen.length, 37 + 1);
    rewind(screen.file);
    acri_console_clear(&c);
    screen_close(&screen);
    sample_done(&x);
}

static void a_narrow_terminal_gets_a_cut_progress_line(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, false);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 10);
    acri_console_progress(&c, &x.snapshot, 1000, 60);
    assert_string_equal(screen.text, "12s / 1m0\r");
    screen_close(&screen);
    sample_done(&x);
}

static void without_a_terminal_there_is_no_progress_line(void **state)
{
    struct sample x;
    struct screen screen;
    struct acri_console c;

    (void)state;
    sample_make(&x, 12, false);
    screen_open(&screen);
    acri_console_init(&c, screen.file, 0);
    acri_console_progress(&c, &x.snapshot, 1000, 60);
    acri_console_clear(&c);
    fflush(screen.file);
    assert_int_equal(screen.length, 0);
    screen_close(&screen);
    sample_done(&x);
}

static void what_is_no_terminal_has_no_width(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    setenv("COLUMNS", "120", 1);
    assert_int_equal(acri_console_columns(ends[1]), 0);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_final_tables_are_as_agreed),
        cmocka_unit_test(a_run_without_failures_has_no_error_report),
        cmocka_unit_test(a_run_without_requests_has_whole_tables),
        cmocka_unit_test(a_terminal_gets_a_table_of_its_width),
        cmocka_unit_test(no_control_character_reaches_the_console),
        cmocka_unit_test(metrics_and_load_follow_the_statistics),
        cmocka_unit_test(nothing_in_flight_leaves_locusts_columns),
        cmocka_unit_test(the_target_is_that_of_the_run),
        cmocka_unit_test(under_open_load_the_progress_line_has_arrivals),
        cmocka_unit_test(the_progress_line_is_rewritten_in_place),
        cmocka_unit_test(a_narrow_terminal_gets_a_cut_progress_line),
        cmocka_unit_test(without_a_terminal_there_is_no_progress_line),
        cmocka_unit_test(what_is_no_terminal_has_no_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
