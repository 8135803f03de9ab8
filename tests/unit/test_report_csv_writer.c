/* SPDX-License-Identifier: MIT */
/* Which CSV file is written when. */
#include "support/unit.h"

#include "csv_writer.h"
#include "golden/golden.h"
#include "golden/sample_workers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-writer-XXXXXX";
static const char *const paths[] = { "out/x_stats.csv", "out/x_stats_history.csv",
                                     "out/x_failures.csv", "out/x_exceptions.csv",
                                     "out/x_metrics.csv" };

static int enter(void **state)
{
    (void)state;
    /* Writing takes no time. */
    acri_clock_fake(ACRI_NS_PER_S);
    return mkdtemp(folder) != NULL ? chdir(folder) : -1;
}

static int leave(void **state)
{
    (void)state;
    acri_clock_fake(0);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static int clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACR_LEN(paths); i++)
        unlink(paths[i]);
    unlink("out/x_workers.csv");
    unlink("out/x_labels_stats.csv");
    rmdir("out");
    return 0;
}

static size_t lines_of(const char *path)
{
    size_t bytes;
    char *text = golden_read(path, &bytes);
    size_t n = 0;

    for (size_t i = 0; i < bytes; i++)
        n += text[i] == '\n';
    free(text);
    return n;
}

static void all_files_are_there_before_any_load(void **state)
{
    struct csv_writer w = { 0 };

    (void)state;
    assert_int_equal(csv_writer_open(&w, "out/x", false), 0);
    for (size_t i = 0; i < ACR_LEN(paths); i++)
        assert_int_equal(lines_of(paths[i]), 1);
    csv_writer_close(&w);
}

static void a_path_that_cannot_be_written_is_told_at_once(void **state)
{
    struct csv_writer w = { 0 };
    char *prefix = calloc(1, PATH_MAX + 1);

    (void)state;
    assert_int_equal(csv_writer_open(&w, "/dev/null/x", false), -ENOTDIR);
    assert_string_equal(w.path, "/dev/null/x_stats.csv");
    csv_writer_close(&w);
    assert_int_equal(csv_writer_open(&w, "/proc/x", false), -ENOENT);
    assert_string_equal(w.path, "/proc/x_stats.csv");
    memset(prefix, 'x', PATH_MAX);
    assert_int_equal(csv_writer_open(&w, prefix, false), -ENAMETOOLONG);
    free(prefix);
}

static void each_tick_writes_statistics_and_adds_to_the_history(void **state)
{
    struct csv_writer w = { 0 };
    struct sample x;
    char *text;
    size_t bytes;

    (void)state;
    sample_make(&x, 12, true);
    assert_int_equal(csv_writer_open(&w, "out/x", false), 0);
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    x.snapshot.info.elapsed_s += 1;
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    assert_int_equal(lines_of("out/x_stats_history.csv"), 3);
    text = golden_read("out/x_stats.csv", &bytes);
    assert_golden("stats.csv", text, bytes);
    free(text);
    /* Not yet: they come every tenth tick, and at the end. */
    assert_int_equal(lines_of("out/x_metrics.csv"), 1);
    assert_int_equal(csv_writer_final(&w, &x.snapshot), 0);
    text = golden_read("out/x_metrics.csv", &bytes);
    assert_golden("metrics.csv", text, bytes);
    free(text);
    csv_writer_close(&w);
    sample_done(&x);
}

static void metrics_come_late_rather_than_never(void **state)
{
    struct csv_writer w = { 0 };
    struct sample x;

    (void)state;
    sample_make(&x, 12, false);
    assert_int_equal(csv_writer_open(&w, "out/x", false), 0);
    for (int tick = 1; tick <= 11; tick++) {
        /* Writing has had its share of the time in just the tenth tick. */
        w.next_write_ns = tick == 10 ? UINT64_MAX : 0;
        assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
        if (tick < 11)
            assert_int_equal(lines_of("out/x_metrics.csv"), 1);
        else
            assert_true(lines_of("out/x_metrics.csv") > 1);
    }
    csv_writer_close(&w);
    sample_done(&x);
}

static void one_second_has_one_place_in_the_history(void **state)
{
    struct csv_writer w = { 0 };
    struct sample x;

    (void)state;
    sample_make(&x, 12, false);
    assert_int_equal(csv_writer_open(&w, "out/x", true), 0);
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    x.snapshot.info.elapsed_s += 0.5;
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    assert_int_equal(csv_writer_final(&w, &x.snapshot), 0);
    assert_int_equal(csv_writer_final(&w, &x.snapshot), 0);
    /* The heading, four entries and the aggregate. */
    assert_int_equal(lines_of("out/x_stats_history.csv"), 1 + 4 + 1);
    csv_writer_close(&w);
    sample_done(&x);
}

static void files_of_workers_are_there_once_there_are_some(void **state)
{
    struct csv_writer w = { 0 };
    struct sample x;
    struct sample_workers workers;

    (void)state;
    sample_make(&x, 12, true);
    assert_int_equal(csv_writer_open(&w, "out/x", false), 0);
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    assert_int_equal(access("out/x_workers.csv", F_OK), -1);
    sample_add_workers(&x, &workers);
    workers.nodes.n_labels = 0;
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    assert_int_equal(lines_of("out/x_workers.csv"), 1 + SAMPLE_WORKERS);
    assert_int_equal(access("out/x_labels_stats.csv", F_OK), -1);
    workers.nodes.n_labels = 2;
    assert_int_equal(csv_writer_final(&w, &x.snapshot), 0);
    assert_int_equal(lines_of("out/x_labels_stats.csv"), 1 + 2 * 6);
    csv_writer_close(&w);
    sample_done(&x);
}

static void a_failed_write_is_told_and_tried_again(void **state)
{
    struct csv_writer w = { 0 };
    struct sample x;

    (void)state;
    sample_make(&x, 12, false);
    assert_int_equal(csv_writer_open(&w, "out/x", false), 0);
    unlink("out/x_stats.csv");
    assert_int_equal(mkdir("out/x_stats.csv", 0700), 0);
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), -EISDIR);
    assert_string_equal(w.path, "out/x_stats.csv");
    assert_int_equal(rmdir("out/x_stats.csv"), 0);
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    assert_int_equal(lines_of("out/x_stats.csv"), 6);
    csv_writer_close(&w);
    sample_done(&x);
}

static void what_is_closed_writes_nothing(void **state)
{
    struct csv_writer w = { 0 };
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    assert_int_equal(csv_writer_tick(&w, &x.snapshot), 0);
    assert_int_equal(csv_writer_final(&w, &x.snapshot), 0);
    csv_writer_close(&w);
    assert_int_equal(access("out", F_OK), -1);
    sample_done(&x);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, clean, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_files_are_there_before_any_load),
        TEST(a_path_that_cannot_be_written_is_told_at_once),
        TEST(each_tick_writes_statistics_and_adds_to_the_history),
        TEST(metrics_come_late_rather_than_never),
        TEST(one_second_has_one_place_in_the_history),
        TEST(files_of_workers_are_there_once_there_are_some),
        TEST(a_failed_write_is_told_and_tried_again),
        TEST(what_is_closed_writes_nothing),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
