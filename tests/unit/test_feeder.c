/* SPDX-License-Identifier: MIT */
/* Feeders on real loops: each row as often as its order promises, whoever asks and whoever leaves.
 */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/feeder.h"
#include "engine/runner.h"
#include "engine/user.h"

#include <acrida/acrida.h>
#include <acrida/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ROWS = 20000, MOST_LOOPS = 4, MOST_FEEDERS = 4, MOST_NOTES = 4000 };

#define FILE_NAME "test_feeder.csv"

/* What each loop has seen: written by it alone, read when all have ended. */
static struct {
    uint64_t n_of_row[MOST_FEEDERS][MOST_ROWS];
    uint64_t n_none;
    uint64_t n_wrong;
} seen[MOST_LOOPS];

static struct acr_feeder *feeders[MOST_FEEDERS];
static const char *const names[MOST_FEEDERS] = { "test_feeder_1.csv", "test_feeder_10.csv",
                                                 "test_feeder_1000.csv", "test_feeder_20000.csv" };
static const uint64_t n_rows[MOST_FEEDERS] = { 1, 10, 1000, MOST_ROWS };

/* In order, of the one user of a run on one loop. */
static uint64_t notes[2][MOST_NOTES];

static void write_text(const char *path, const char *text)
{
    FILE *to = fopen(path, "w");

    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
}

static int write_files(void **state)
{
    (void)state;
    for (int i = 0; i < MOST_FEEDERS; i++) {
        FILE *to = fopen(names[i], "w");

        assert_non_null(to);
        fputs("number,square\n", to);
        for (uint64_t row = 0; row < n_rows[i]; row++)
            fprintf(to, "%llu,\"%llu\"\n", (unsigned long long)row,
                    (unsigned long long)(row * row));
        assert_int_equal(fclose(to), 0);
    }
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    for (int i = 0; i < MOST_FEEDERS; i++)
        unlink(names[i]);
    return 0;
}

struct run {
    int (*task)(struct acr_user *u);
    int (*test_start)(struct acr_user *u, const struct acr_test_event *e);
    unsigned n_threads;
    uint64_t n_users;
    uint64_t seed;
    double run_time_s;
    const char *const *folders;
    size_t n_folders;
};

/* Returns: the line that kept it from starting, or "". */
static const char *run(struct run r)
{
    static struct acri_run_result result;
    const struct acr_task task = { .name = "task", .run = r.task };
    const struct acr_user_type type = {
        .name = "eater", .state_size = 64, .tasks = &task, .n_tasks = 1
    };
    const struct acr_hooks hooks = { .test_start = r.test_start };
    const struct acr_plugin plugin = {
        .name = "test", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };
    const struct acr_plugin *plugins[] = { &plugin };
    const struct acri_run_listener listener = { .arg = NULL };
    const struct acri_run_options options = { .host = "",
                                              .n_users = r.n_users,
                                              .spawn_rate = 1e6,
                                              .run_time_s = r.run_time_s,
                                              .on_stop_timeout_s = 10,
                                              .seed = r.seed,
                                              .n_threads = r.n_threads,
                                              .exit_code_on_error = 1,
                                              .folders = r.folders,
                                              .n_folders = r.n_folders };
    struct acri_error error = { "" };
    struct acri_plan plan;

    memset(seen, 0, sizeof(seen));
    result = (struct acri_run_result){ 0 };
    assert_int_equal(acri_plan_init(&plan, plugins, 1, NULL, &error), 0);
    assert_int_equal(acri_runner_run(&plan, &options, &listener, &result, &error), 0);
    assert_false(result.must_exit);
    acri_plan_done(&plan);
    for (unsigned i = 0; i < MOST_LOOPS; i++)
        assert_int_equal(seen[i].n_wrong, 0);
    return result.start_error.text;
}

static int open_all(struct acr_user *u, uint32_t order)
{
    for (int i = 0; i < MOST_FEEDERS; i++) {
        feeders[i] = acr_feeder_open(u, names[i], order);
        if (feeders[i] == NULL)
            return ACR_RAISED;
        assert_int_equal(acr_feeder_rows(feeders[i]), n_rows[i]);
    }
    return 0;
}

static void note_row(struct acr_user *u, int feeder, const struct acr_row *row)
{
    unsigned loop = u->home->loop.index;
    uint64_t number = acr_row_number(row);

    seen[loop].n_of_row[feeder][number]++;
    if (strcmp(acr_row_get(row, "number"), acr_fmt(u, "%llu", (unsigned long long)number)) != 0 ||
        strcmp(acr_row_get(row, "square"),
               acr_fmt(u, "%llu", (unsigned long long)(number * number))) != 0)
        seen[loop].n_wrong++;
}

static uint64_t n_of_row(int feeder, uint64_t row)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < MOST_LOOPS; i++)
        n += seen[i].n_of_row[feeder][row];
    return n;
}

/* --- once ---------------------------------------------------------------------------------------
 */

static int open_once(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return open_all(u, ACR_FEED_ONCE);
}

/* Most take all they get; every third takes one and leaves, so that its loop may be left with rows
 * that nobody there wants. */
static int eat(struct acr_user *u)
{
    for (int i = 0; i < MOST_FEEDERS; i++) {
        const struct acr_row *row;
        size_t mark = acr_mark(u);

        while ((row = acr_feed(u, feeders[i])) != NULL) {
            note_row(u, i, row);
            acr_rewind(u, mark);
            if (acr_number(u) % 3 == 0)
                return ACR_STOP_USER;
            if (acr_random_int(u, 0, 99) == 0)
                acr_sleep(u, 0);
        }
        seen[u->home->loop.index].n_none++;
    }
    return ACR_STOP_USER;
}

static void once_deals_each_row_once(void **state)
{
    static const unsigned threads[] = { 1, 2, 4 };

    (void)state;
    for (int t = 0; t < 3; t++) {
        assert_string_equal(
            run((struct run){
                .task = eat, .test_start = open_once, .n_threads = threads[t], .n_users = 40 }),
            "");
        for (int i = 0; i < MOST_FEEDERS; i++)
            for (uint64_t row = 0; row < n_rows[i]; row++)
                if (n_of_row(i, row) != 1)
                    fail_msg("%u threads, file of %llu: row %llu came %llu times", threads[t],
                             (unsigned long long)n_rows[i], (unsigned long long)row,
                             (unsigned long long)n_of_row(i, row));
    }
}

/* One user of each loop takes a whole block's first row and stays; the last eats what is left. */
static int eat_late(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, feeders[2]);

    if (row != NULL)
        note_row(u, 2, row);
    if (acr_number(u) != 0) {
        acr_sleep(u, 3600);
        return 0;
    }
    acr_sleep(u, 0.05);
    while ((row = acr_feed(u, feeders[2])) != NULL)
        note_row(u, 2, row);
    return ACR_STOP_TEST;
}

static void rows_that_lie_idle_on_other_loops_come_back(void **state)
{
    (void)state;
    run((struct run){ .task = eat_late, .test_start = open_once, .n_threads = 4, .n_users = 8 });
    for (uint64_t row = 0; row < n_rows[2]; row++)
        assert_int_equal(n_of_row(2, row), 1);
}

/* All wait at once and again, and are cancelled while they do. */
static int eat_for_ever(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, feeders[1]);

    if (row != NULL)
        note_row(u, 1, row);
    acr_rewind(u, 0);
    return acr_random_int(u, 0, 9) == 0 ? acr_sleep(u, 0) : 0;
}

static int open_sequential(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return open_all(u, ACR_FEED_SEQUENTIAL);
}

static void being_cancelled_while_waiting_leaves_nothing_behind(void **state)
{
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;

    (void)state;
    assert_string_equal(run((struct run){ .task = eat_for_ever,
                                          .test_start = open_sequential,
                                          .n_threads = 4,
                                          .n_users = 400,
                                          .run_time_s = 0.2 }),
                        "");
    for (uint64_t row = 0; row < n_rows[1]; row++) {
        uint64_t n = n_of_row(1, row);

        least = n < least ? n : least;
        most = n > most ? n : most;
    }
    assert_true(least > 0);
    /* What loops have in hand at the end, at most a row for each user, spreads over 10 rows. */
    assert_true(most - least <= 400 / 10 + MOST_LOOPS);
}

/* --- the other orders ---------------------------------------------------------------------------
 */

static uint64_t *noting;

static int note_all(struct acr_user *u)
{
    for (int i = 0; i < MOST_NOTES; i++) {
        const struct acr_row *row = acr_feed(u, feeders[2]);

        noting[i] = acr_row_number(row);
        note_row(u, 2, row);
        acr_rewind(u, 0);
    }
    return ACR_STOP_TEST;
}

static void note_run(int to, int (*open)(struct acr_user *u, const struct acr_test_event *e),
                     uint64_t seed)
{
    noting = notes[to];
    assert_string_equal(
        run((struct run){
            .task = note_all, .test_start = open, .n_threads = 1, .n_users = 1, .seed = seed }),
        "");
}

static void sequential_begins_again_at_the_end(void **state)
{
    (void)state;
    note_run(0, open_sequential, 1);
    for (uint64_t i = 0; i < MOST_NOTES; i++)
        assert_int_equal(notes[0][i], i % n_rows[2]);
}

static int open_shuffled(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return open_all(u, ACR_FEED_SHUFFLED);
}

static void shuffled_deals_each_row_once_a_pass_as_the_seed_says(void **state)
{
    unsigned n_same = 0;

    (void)state;
    note_run(0, open_shuffled, 5);
    for (uint64_t row = 0; row < n_rows[2]; row++)
        assert_int_equal(n_of_row(2, row), MOST_NOTES / n_rows[2]);
    for (uint64_t i = 0; i < n_rows[2]; i++)
        n_same += notes[0][i] == notes[0][n_rows[2] + i];
    assert_true(n_same < 20);
    note_run(1, open_shuffled, 5);
    assert_memory_equal(notes[0], notes[1], sizeof(notes[0]));
    note_run(1, open_shuffled, 6);
    assert_memory_not_equal(notes[0], notes[1], sizeof(notes[0]));
}

static int open_random(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    return open_all(u, ACR_FEED_RANDOM);
}

static void random_repeats_with_the_seed(void **state)
{
    unsigned n_seen = 0;

    (void)state;
    note_run(0, open_random, 5);
    note_run(1, open_random, 5);
    assert_memory_equal(notes[0], notes[1], sizeof(notes[0]));
    for (uint64_t row = 0; row < n_rows[2]; row++)
        n_seen += n_of_row(2, row) > 0;
    assert_in_range(n_seen, 960, 1000); /* 1000 (1 - 1/e^4) = 982 */
}

static int open_unique(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    if (open_all(u, ACR_FEED_UNIQUE) < 0)
        return ACR_RAISED;
    assert_null(acr_feed(u, feeders[2])); /* a hook has no number */
    return 0;
}

static int take_own(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, feeders[2]);
    const struct acr_row *again = acr_feed(u, feeders[2]);

    if ((row == NULL) != (acr_number(u) >= n_rows[2]) ||
        acr_row_number(row) != acr_row_number(again))
        seen[u->home->loop.index].n_wrong++;
    if (row == NULL)
        seen[u->home->loop.index].n_none++;
    else
        note_row(u, 2, row);
    return ACR_STOP_USER;
}

static void unique_is_the_users_own(void **state)
{
    uint64_t n_none = 0;

    (void)state;
    assert_string_equal(
        run((struct run){
            .task = take_own, .test_start = open_unique, .n_threads = 4, .n_users = 1010 }),
        "");
    for (uint64_t row = 0; row < n_rows[2]; row++)
        assert_int_equal(n_of_row(2, row), 1);
    for (unsigned i = 0; i < MOST_LOOPS; i++)
        n_none += seen[i].n_none;
    assert_int_equal(n_none, 10);
}

/* --- hooks, values, files ------------------------------------------------------------------------
 */

static int feed_a_hook(struct acr_user *u, const struct acr_test_event *e)
{
    const struct acr_row *row;

    if (open_once(u, e) < 0)
        return ACR_RAISED;
    for (uint64_t i = 0; i < 3; i++) {
        row = acr_feed(u, feeders[1]);
        assert_non_null(row);
        assert_int_equal(acr_row_number(row), i);
    }
    assert_non_null(acr_feed(u, feeders[0]));
    assert_null(acr_feed(u, feeders[0]));
    return 0;
}

static int eat_small(struct acr_user *u)
{
    const struct acr_row *row;

    while ((row = acr_feed(u, feeders[1])) != NULL)
        note_row(u, 1, row);
    if (acr_feeder_open(u, names[0], ACR_FEED_ONCE) != NULL)
        seen[u->home->loop.index].n_wrong++;
    return ACR_STOP_USER;
}

static void hooks_are_fed_and_only_they_open(void **state)
{
    (void)state;
    run((struct run){
        .task = eat_small, .test_start = feed_a_hook, .n_threads = 2, .n_users = 10 });
    for (uint64_t row = 0; row < n_rows[1]; row++)
        assert_int_equal(n_of_row(1, row), row >= 3);
}

static int read_values(struct acr_user *u, const struct acr_test_event *e)
{
    struct acr_feeder *f;
    const struct acr_row *row;

    (void)e;
    write_text("test_feeder.csv", "name,\"the \"\"b\"\"\"\n\"a,\"\"x\"\"\",\n");
    f = acr_feeder_open(u, "test_feeder.csv", ACR_FEED_SEQUENTIAL);
    row = acr_feed(u, f);
    assert_string_equal(acr_row_get(row, "name"), "a,\"x\"");
    assert_string_equal(acr_row_get(row, "the \"b\""), "");
    assert_string_equal(acr_row_get(row, "none"), "");
    assert_string_equal(acr_row_get(row, NULL), "");
    assert_string_equal(acr_row_get(NULL, "name"), "");
    assert_int_equal(acr_row_number(NULL), 0);
    unlink("test_feeder.csv");
    write_text("test_feeder.json",
               "[{\"name\": \"a\\n\\\"\"},\n{\"n\": 1.5, \"a\": {\"b\": [7]}}]");
    f = acr_feeder_open(u, "test_feeder.json", ACR_FEED_SEQUENTIAL);
    row = acr_feed(u, f);
    assert_string_equal(acr_row_get(row, "name"), "a\n\"");
    row = acr_feed(u, f);
    assert_string_equal(acr_row_get(row, "name"), "");
    assert_string_equal(acr_row_get(row, "n"), "1.5");
    assert_string_equal(acr_row_get(row, "a.b[0]"), "7");
    unlink("test_feeder.json");
    acr_stop_run();
    return 0;
}

static void values_are_texts(void **state)
{
    (void)state;
    assert_string_equal(
        run((struct run){
            .task = eat_small, .test_start = read_values, .n_threads = 1, .n_users = 1 }),
        "");
}

static const char *path_to_open;
static uint32_t order_to_open;
static uint64_t rows_opened;

static int open_one(struct acr_user *u, const struct acr_test_event *e)
{
    struct acr_feeder *f = acr_feeder_open(u, path_to_open, order_to_open);

    (void)e;
    if (f == NULL)
        return ACR_RAISED;
    rows_opened = acr_feeder_rows(f);
    acr_stop_run();
    return 0;
}

static const char *try_to_open(const char *path, uint32_t order, const char *const *folders,
                               size_t n_folders)
{
    path_to_open = path;
    order_to_open = order;
    return run((struct run){ .task = eat_small,
                             .test_start = open_one,
                             .n_threads = 1,
                             .n_users = 1,
                             .folders = folders,
                             .n_folders = n_folders });
}

static void files_are_looked_for_beside_the_scenario_first(void **state)
{
    static const char *const folders[] = { "test_feeder_a", "./test_feeder_a", "test_feeder_b" };

    (void)state;
    mkdir("test_feeder_a", 0700);
    mkdir("test_feeder_b", 0700);
    write_text("test_feeder_a/" FILE_NAME, "x\n1\n");
    write_text(FILE_NAME, "x\n1\n2\n");
    assert_string_equal(try_to_open(FILE_NAME, 0, folders, 3), "");
    assert_int_equal(rows_opened, 1);
    assert_string_equal(try_to_open(FILE_NAME, 0, folders + 2, 1), "");
    assert_int_equal(rows_opened, 2);
    write_text("test_feeder_b/" FILE_NAME, "x\n1\n");
    assert_string_equal(try_to_open(FILE_NAME, 0, folders, 3),
                        "plugin 'test': test_feeder.csv lies beside more than one scenario, as "
                        "test_feeder_a/test_feeder.csv and test_feeder_b/test_feeder.csv: name it "
                        "by its whole path");
    assert_string_equal(try_to_open("none.csv", 0, folders, 3),
                        "plugin 'test': none.csv cannot be read: No such file or directory");
    assert_string_equal(try_to_open(FILE_NAME, 5, NULL, 0),
                        "plugin 'test': a feeder needs the name of a file and an order of enum "
                        "acr_feed_order");
    unlink(FILE_NAME);
    unlink("test_feeder_a/" FILE_NAME);
    unlink("test_feeder_b/" FILE_NAME);
    rmdir("test_feeder_a");
    rmdir("test_feeder_b");
}

static void blocks_are_fair(void **state)
{
    (void)state;
    assert_int_equal(acri_feeder_block(1000000, 1, 4), 64);
    assert_int_equal(acri_feeder_block(1000000, 500, 4), 500);
    assert_int_equal(acri_feeder_block(10, 1, 2), 1);
    assert_int_equal(acri_feeder_block(100, 1, 4), 6);
    assert_int_equal(acri_feeder_block(10, 1, 1), 64);
}

/* --- cost ---------------------------------------------------------------------------------------
 */

static double cost_ns[2];

static int time_feed(struct acr_user *u)
{
    uint64_t before_ns = acri_clock_now_ns();
    uint64_t after_ns;

    for (int i = 0; i < 100000; i++) {
        (void)acr_feed(u, feeders[3]);
        acr_rewind(u, 0);
    }
    after_ns = acri_clock_now_ns();
    cost_ns[0] = (double)(after_ns - before_ns) / 100000;
    for (int i = 0; i < 10000; i++) {
        (void)acr_feed(u, feeders[1]);
        acr_rewind(u, 0);
    }
    cost_ns[1] = (double)(acri_clock_now_ns() - after_ns) / 10000;
    return ACR_STOP_TEST;
}

static void what_it_costs(void **state)
{
    (void)state;
    run((struct run){
        .task = time_feed, .test_start = open_sequential, .n_threads = 2, .n_users = 1 });
    print_message("acr_feed: %.0f ns a row in blocks of 64, %.0f ns one by one\n", cost_ns[0],
                  cost_ns[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_deals_each_row_once),
        cmocka_unit_test(rows_that_lie_idle_on_other_loops_come_back),
        cmocka_unit_test(being_cancelled_while_waiting_leaves_nothing_behind),
        cmocka_unit_test(sequential_begins_again_at_the_end),
        cmocka_unit_test(shuffled_deals_each_row_once_a_pass_as_the_seed_says),
        cmocka_unit_test(random_repeats_with_the_seed),
        cmocka_unit_test(unique_is_the_users_own),
        cmocka_unit_test(hooks_are_fed_and_only_they_open),
        cmocka_unit_test(values_are_texts),
        cmocka_unit_test(files_are_looked_for_beside_the_scenario_first),
        cmocka_unit_test(blocks_are_fair),
        cmocka_unit_test(what_it_costs),
    };

    return cmocka_run_group_tests(tests, write_files, remove_files);
}
