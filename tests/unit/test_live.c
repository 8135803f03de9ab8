/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "app/live.h"
#include "golden/sample.h"

#include <stdlib.h>
#include <string.h>

#define WIDE 200

static struct acri_buf picture;

static const char *draw(struct acri_live *live, const struct acr_snapshot *s, double run_time_s,
                        unsigned columns)
{
    acri_buf_done(&picture);
    acri_buf_init(&picture, 1u << 20);
    acri_live_write(live, &picture, s, run_time_s, columns);
    return acri_buf_text(&picture);
}

static void assert_has(const char *part)
{
    if (strstr(acri_buf_text(&picture), part) == NULL)
        fail_msg("no '%s' in:\n%s", part, acri_buf_text(&picture));
}

static void it_says_how_the_run_goes(void **state)
{
    struct acri_live live;
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    acri_live_init(&live, NULL, true);
    x.snapshot.info.target_users = 600;
    draw(&live, &x.snapshot, 60, WIDE);
    assert_has("running   12s, 48s left   500/600 users\n");
    assert_has("req/s     24.0");
    assert_has(" █\n");
    assert_has("18 of 288 requests");
    assert_has("p95 ");
    assert_has("1 kinds of exceptions");
    /* Hostile names stay in their line. */
    assert_has("worst     GET =HYPERLINK(\"http://x\", \"y\")   p95 ");
    assert_has("100.00 % failed\n");
    sample_done(&x);
}

static void no_line_is_as_wide_as_the_terminal(void **state)
{
    struct acri_live live;
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    acri_live_init(&live, NULL, true);
    for (unsigned columns = 1; columns < 120; columns++) {
        const char *at = draw(&live, &x.snapshot, 0, columns);
        unsigned n_lines = 0;

        for (; *at != '\0'; at++, n_lines++) {
            unsigned n = 0;

            for (; *at != '\n'; at++)
                n += ((unsigned char)*at & 0xc0) != 0x80;
            assert_true(n < columns);
        }
        assert_int_equal(n_lines, ACRI_LIVE_LINES);
    }
    sample_done(&x);
}

static void the_sparkline_is_of_the_last_minute_of_this_run(void **state)
{
    struct acri_live live;
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    acri_live_init(&live, NULL, false);
    for (unsigned second = 1; second <= 100; second++) {
        x.snapshot.info.elapsed_s = second;
        draw(&live, &x.snapshot, 0, WIDE);
    }
    /* The first second's requests are out of it. */
    assert_int_equal(live.n, ACRI_LIVE_SECONDS);
    assert_has(" ____________________________________________________________\n");
    x.snapshot.info.elapsed_s = 0.5;
    draw(&live, &x.snapshot, 0, WIDE);
    assert_int_equal(live.n, 1);
    assert_has(" #\n");
    sample_done(&x);
}

static void it_is_drawn_over_itself_and_cleared(void **state)
{
    struct acri_live live;
    struct sample x;
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);

    (void)state;
    sample_make(&x, 12, false);
    acri_live_init(&live, to, false);
    acri_live_clear(&live);
    fflush(to);
    assert_int_equal(n, 0);
    acri_live_draw(&live, &x.snapshot, 0, 80);
    assert_memory_equal(text, "\r\033[J", 4);
    assert_memory_equal(text + n - 4, "\033[5A", 4);
    acri_live_clear(&live);
    acri_live_clear(&live);
    fflush(to);
    assert_memory_equal(text + n - 8, "\033[5A\r\033[J", 8);
    fclose(to);
    free(text);
    sample_done(&x);
}

static void what_the_terminal_shows_is_known_from_the_environment(void **state)
{
    (void)state;
    setenv("LC_ALL", "", 1);
    setenv("LC_CTYPE", "C.utf8", 1);
    setenv("LANG", "C", 1);
    assert_true(acri_live_is_utf8());
    setenv("LC_ALL", "POSIX", 1);
    assert_false(acri_live_is_utf8());
    assert_false(acri_live_can(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_how_the_run_goes),
        cmocka_unit_test(no_line_is_as_wide_as_the_terminal),
        cmocka_unit_test(the_sparkline_is_of_the_last_minute_of_this_run),
        cmocka_unit_test(it_is_drawn_over_itself_and_cleared),
        cmocka_unit_test(what_the_terminal_shows_is_known_from_the_environment),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);

    acri_buf_done(&picture);
    return r;
}
