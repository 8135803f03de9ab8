/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "base/csv.h"
#include "base/rng.h"
#include "engine/feed_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Kept small where every access costs more, and memory of the sanitizer's own. */
#define LARGE_MIB (UNIT_UNDER_SANITIZER ? 2 : 100)

static void write_file(const char *path, const char *text, size_t bytes)
{
    FILE *to = fopen(path, "w");

    assert_non_null(to);
    assert_int_equal(fwrite(text, 1, bytes, to), bytes);
    assert_int_equal(fclose(to), 0);
}

static int open_text(struct acri_feed_file *f, const char *ending, const char *text, size_t bytes,
                     struct acri_error *reterr)
{
    char path[64];
    int r;

    snprintf(path, sizeof(path), "test_feed_file%s", ending);
    write_file(path, text, bytes);
    r = acri_feed_file_open(f, path, reterr);
    unlink(path);
    return r;
}

static void check_row(const struct acri_feed_file *f, uint64_t number,
                      struct acri_feed_cursor *cursor, const char *expected)
{
    const char *text;
    size_t bytes;

    assert_true(acri_feed_file_row(f, number, cursor, &text, &bytes));
    while (bytes > 0 && (text[bytes - 1] == '\n' || text[bytes - 1] == '\r'))
        bytes--;
    assert_int_equal(bytes, strlen(expected));
    assert_memory_equal(text, expected, bytes);
}

static void rows_are_found(void **state)
{
    static const struct {
        const char *ending;
        const char *text;
        const char *rows[3];
    } files[] = {
        { ".csv", "a,b\n1,2\n\n\"x\ny\",\n", { "1,2", "\"x\ny\"," } },
        { ".CSV",
          "\xef\xbb\xbf"
          "a,b\r\n1,2\r\n3,4",
          { "1,2", "3,4" } },
        { ".csv", "\"the \"\"a\"\"\"\n1\n", { "1" } },
        { ".json", "[{\"a\":1}]", { "{\"a\":1}" } },
        { ".json",
          "\xef\xbb\xbf [ {\"a\": \"]}\\\"\"} ,\n {\"b\": [{}, [1]]} ] \n",
          { "{\"a\": \"]}\\\"\"}", "{\"b\": [{}, [1]]}" } },
        { ".jsonl",
          "{\"a\":1}\n\n  {\"a\":2} \r\n{\"a\":\"{\"}",
          { "{\"a\":1}", "{\"a\":2}", "{\"a\":\"{\"}" } },
        { ".ndjson", "{}\n", { "{}" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct acri_error error = { "" };
        struct acri_feed_cursor cursor = { 0 };
        struct acri_feed_file f;
        size_t n = 0;

        assert_int_equal(
            open_text(&f, files[i].ending, files[i].text, strlen(files[i].text), &error), 0);
        while (n < 3 && files[i].rows[n] != NULL)
            n++;
        assert_int_equal(f.n_rows, n);
        for (size_t row = 0; row < n; row++)
            check_row(&f, row, &cursor, files[i].rows[row]);
        for (size_t row = n; row-- > 0;)
            check_row(&f, row, &cursor, files[i].rows[row]);
        acri_feed_file_done(&f);
    }
}

static void check_refused(const char *ending, const char *text, size_t bytes, const char *line)
{
    struct acri_error error = { "" };
    struct acri_feed_file f;
    char expected[256];

    assert_true(open_text(&f, ending, text, bytes, &error) < 0);
    snprintf(expected, sizeof(expected), "test_feed_file%s%s", ending, line);
    if (strncmp(error.text, expected, strlen(expected)) != 0)
        assert_string_equal(error.text, expected);
    assert_null(strchr(error.text, '\n'));
}

static void bad_files_are_refused_in_one_line(void **state)
{
    static const struct {
        const char *ending;
        const char *text;
        const char *line;
    } bad[] = {
        { ".csv", "", " is empty" },
        { ".txt", "a\n1\n", ": the name of a data file has to end in .csv, .json or .jsonl" },
        { ".csv", "a,b\n", ", no row follows the names of the columns" },
        { ".csv", "\n\n", ", no row follows" },
        { ".csv", "a,b\n1,2\n1\n", ", line 3: 1 fields, where the first line names 2" },
        { ".csv", "a,b\n\"1\n\",2\n\n1,2,3\n", ", line 5: 3 fields, where the first line names 2" },
        { ".csv", "a,b,a\n1,2,3\n", ", line 1: two columns are named 'a'" },
        { ".csv", "a,,b\n1,2,3\n", ", line 1: column 2 has no name" },
        { ".csv", "a,b\n1,x\"y\n", ", line 2: a quote inside a field" },
        { ".csv", "a\n\"1\n2\n", ", line 2: the quote that begins here is never closed" },
        { ".csv", "a\r1\r", ", line 1: a carriage return without a line feed" },
        { ".csv",
          "\xff\xfe"
          "a",
          ", line 1: the file is UTF-16" },
        { ".json", " \n", ", line 2: the file has to be an array" },
        { ".json", "[]", ", no row in it" },
        { ".json", "{\"a\": 1}", ", line 1: the file has to be an array" },
        { ".json", "[{\"a\": 1},\n3]", ", line 2: a row is no JSON object" },
        { ".json", "[{\"a\": 1},]", ", line 1: a comma after the last row" },
        { ".json", "[{\"a\": 1} {}]", ", line 1: a comma or ] has to follow a row" },
        { ".json", "[{\"a\": 1}", ", line 1: the array is never closed" },
        { ".json", "[{\"a\": 1},", ", line 1: the array is never closed" },
        { ".json", "[\n{\"a\": \n1", ", line 2: the object that begins here is never closed" },
        { ".json", "[{\"a", ", line 1: the object that begins here is never closed" },
        { ".json", "[{\"a\\", ", line 1: the object that begins here is never closed" },
        { ".json", "[{\"a\": 1}] x", ", line 1: something after the end of the array" },
        { ".json", "[{\"a\": 1},\n{\"a\":\n,}]", ", line 3: " },
        { ".json", "[{\"a\": 1, \"a\": 2}]", ", line 1: duplicate object key" },
        { ".json", "[{\"a\": \"\\u0000\"}]", ", line 1: " },
        { ".json", "[{\"a\": [1}}]", ", line 1: " },
        { ".json", "[{\"a\": \"\xff\"}]", ", line 1: " },
        { ".jsonl", "\n\n", ", no row in it" },
        { ".jsonl", "{\"a\": 1}\n[1]\n", ", line 2: a row is no JSON object" },
        { ".jsonl", "{\"a\": 1}\n{\"a\":\n1}\n", ", line 2: the object that begins here" },
        { ".jsonl", "{\"a\": 1}{}\n", ", line 1: something after the object of this line" },
        { ".jsonl", "{\"a\": nul}\n", ", line 1: " },
    };
    char deep[300] = "[{\"a\":";

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        check_refused(bad[i].ending, bad[i].text, strlen(bad[i].text), bad[i].line);
    check_refused(".csv", "a\n1\0\n", 5, ", line 2: a NUL byte");
    check_refused(".json", "[{\"a\":1}\0]", 10, ", line 1: a comma or ] has to follow a row");
    check_refused(".json", "[{\"a\":1}]\0", 10, ", line 1: something after the end of the array");
    check_refused(".json", "[\0", 2, ", line 1: a row is no JSON object");
    check_refused(".jsonl", "{}\n\0\n", 5, ", line 2: a row is no JSON object");
    memset(deep + 6, '[', sizeof(deep) - 6);
    check_refused(".json", deep, sizeof(deep), ", line 1: a row is nested more than 64 deep");
}

static void what_is_no_file_is_refused(void **state)
{
    struct acri_error error = { "" };
    struct acri_feed_file f;

    (void)state;
    assert_int_equal(acri_feed_file_open(&f, "not/there.csv", &error), -ENOENT);
    assert_string_equal(error.text, "not/there.csv cannot be read: No such file or directory");
    mkdir("test_feed_folder.csv", 0700);
    assert_true(acri_feed_file_open(&f, "test_feed_folder.csv", &error) < 0);
    assert_string_equal(error.text, "test_feed_folder.csv is no regular file");
    rmdir("test_feed_folder.csv");
    assert_int_equal(mkfifo("test_feed_pipe.csv", 0600), 0);
    assert_true(acri_feed_file_open(&f, "test_feed_pipe.csv", &error) < 0);
    assert_string_equal(error.text, "test_feed_pipe.csv is no regular file");
    unlink("test_feed_pipe.csv");
}

static void wide_and_large_rows_are_refused(void **state)
{
    const size_t bytes = ACRI_FEED_ROW_BYTES + 10;
    char *text = malloc(bytes);

    (void)state;
    memset(text, 'x', bytes);
    memcpy(text, "a\n", 2);
    text[bytes - 1] = '\n';
    check_refused(".csv", text, bytes, ", line 2: the row that begins here is larger than 16 MiB");
    for (size_t i = 0; i < 5000; i++)
        memcpy(text + 6 * i, "c0000,", 6);
    for (size_t i = 0; i < 5000; i++) {
        text[6 * i + 1] = (char)('0' + i / 1000);
        text[6 * i + 2] = (char)('0' + i / 100 % 10);
        text[6 * i + 3] = (char)('0' + i / 10 % 10);
        text[6 * i + 4] = (char)('0' + i % 10);
    }
    text[6 * 5000 - 1] = '\n';
    check_refused(".csv", text, 6 * 5000, ", line 1: more than 4096 columns");
    free(text);
}

/* A file that another program writes into while it is used: never read beyond its end. */
static void a_file_that_changes_gives_rows_or_none(void **state)
{
    static const char before[] = "a,b\n1,2\n3,4\n5,6\n";
    static const char *const after[] = { "a,b\n1,2\n\"3,4\n5,6\n", "a,b\n1,2\n3,4\n5,6,",
                                         "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n" };

    (void)state;
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
        struct acri_feed_cursor cursor = { 0 };
        struct acri_error error = { "" };
        struct acri_feed_file f;
        const char *text;
        size_t bytes;
        FILE *file;

        write_file("test_feed_changing.csv", before, strlen(before));
        assert_int_equal(acri_feed_file_open(&f, "test_feed_changing.csv", &error), 0);
        file = fopen("test_feed_changing.csv", "r+");
        assert_non_null(file);
        fwrite(after[i], 1, strlen(before), file);
        fclose(file);
        for (uint64_t row = 0; row < 3; row++)
            if (acri_feed_file_row(&f, row, &cursor, &text, &bytes))
                assert_true(text >= f.text && text + bytes <= f.text + f.bytes);
        acri_feed_file_done(&f);
        unlink("test_feed_changing.csv");
    }
}

static size_t anonymous_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    size_t kib = 0;

    assert_non_null(status);
    while (fgets(line, sizeof(line), status) != NULL)
        if (strncmp(line, "RssAnon:", 8) == 0)
            kib = strtoul(line + 8, NULL, 10);
    fclose(status);
    return kib;
}

static size_t mapped_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    size_t kib = 0;

    assert_non_null(status);
    while (fgets(line, sizeof(line), status) != NULL)
        if (strncmp(line, "RssFile:", 8) == 0)
            kib = strtoul(line + 8, NULL, 10);
    fclose(status);
    return kib;
}

static uint64_t write_large(const char *path)
{
    FILE *to = fopen(path, "w");
    uint64_t n = 0;
    long bytes = 0;

    assert_non_null(to);
    fputs("number,name,address\n", to);
    for (; bytes < LARGE_MIB * 1048576L; n++)
        bytes += fprintf(to, "%llu,user %llu,\"1, Some Street\nSome \"\"Town\"\" %06llu\"\n",
                         (unsigned long long)n, (unsigned long long)n,
                         (unsigned long long)(n * 7919 % 1000000));
    fclose(to);
    return n;
}

static void a_large_file_is_read_in_constant_memory(void **state)
{
    static const char path[] = "test_feed_large.csv";
    const uint64_t n_draws = UNIT_UNDER_SANITIZER ? 10000 : 100000;
    uint64_t n = write_large(path);
    size_t before_kib = anonymous_kib();
    size_t mapped_before_kib = mapped_kib();
    struct acri_feed_cursor cursor = { 0 };
    struct acri_rng rng;
    struct acri_error error = { "" };
    struct acri_feed_file f;
    uint64_t at_ns[4];

    (void)state;
    at_ns[0] = acri_clock_now_ns();
    assert_int_equal(acri_feed_file_open(&f, path, &error), 0);
    at_ns[1] = acri_clock_now_ns();
    assert_int_equal(f.n_rows, n);
    /* The index: 8 bytes for 64 rows, doubled as it grows. What was read has been let go. */
    assert_true(UNIT_UNDER_SANITIZER || anonymous_kib() < before_kib + 2048 + n / 64 * 16 / 1024);
    assert_true(UNIT_UNDER_SANITIZER || mapped_kib() < mapped_before_kib + 4096);
    for (uint64_t i = 0; i < n; i++) {
        const char *text;
        size_t bytes;

        assert_true(acri_feed_file_row(&f, i, &cursor, &text, &bytes));
        if (strtoull(text, NULL, 10) != i)
            fail_msg("row %llu begins with %.10s", (unsigned long long)i, text);
    }
    at_ns[2] = acri_clock_now_ns();
    acri_rng_init(&rng, 1, 1);
    for (uint64_t i = 0; i < n_draws; i++) {
        uint64_t number = acri_rng_below(&rng, n);
        const char *text;
        size_t bytes;

        assert_true(acri_feed_file_row(&f, number, &cursor, &text, &bytes));
        if (strtoull(text, NULL, 10) != number)
            fail_msg("row %llu begins with %.10s", (unsigned long long)number, text);
    }
    at_ns[3] = acri_clock_now_ns();
    print_message("%d MiB, %llu rows: open %llu ms, in order %llu ns, anywhere %llu ns a row\n",
                  LARGE_MIB, (unsigned long long)n,
                  (unsigned long long)((at_ns[1] - at_ns[0]) / 1000000),
                  (unsigned long long)((at_ns[2] - at_ns[1]) / n),
                  (unsigned long long)((at_ns[3] - at_ns[2]) / n_draws));
    assert_true(UNIT_UNDER_SANITIZER || anonymous_kib() < before_kib + 2048 + n / 64 * 16 / 1024);
    acri_feed_file_done(&f);
    unlink(path);
}

/* What the scan finds row by row is what a search from the index finds, for each format. */
static void rows_around_the_index_are_found(void **state)
{
    static const char *const endings[] = { ".csv", ".json", ".jsonl" };
    char text[16384];

    (void)state;
    for (int format = 0; format < 3; format++) {
        struct acri_feed_cursor cursor = { 0 };
        struct acri_error error = { "" };
        struct acri_feed_file f;
        size_t n = 0;

        n += (size_t)snprintf(text, sizeof(text), "%s",
                              format == 0   ? "i\n"
                              : format == 1 ? "["
                                            : "");
        for (int i = 0; i < 300; i++)
            n += (size_t)snprintf(text + n, sizeof(text) - n,
                                  format == 0   ? "%d\n\n"
                                  : format == 1 ? (i < 299 ? "{\"i\":%d} ,\n" : "{\"i\":%d}]")
                                                : "{\"i\":%d}\n\n",
                                  i);
        assert_int_equal(open_text(&f, endings[format], text, n, &error), 0);
        assert_int_equal(f.n_rows, 300);
        for (uint64_t i = 0; i < 3000; i++) {
            uint64_t number = i < 300 ? i : i * 7919 % 300;
            char expected[16];

            snprintf(expected, sizeof(expected), format == 0 ? "%d" : "{\"i\":%d}", (int)number);
            check_row(&f, number, &cursor, expected);
        }
        acri_feed_file_done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(bad_files_are_refused_in_one_line),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(wide_and_large_rows_are_refused),
        cmocka_unit_test(a_file_that_changes_gives_rows_or_none),
        cmocka_unit_test(a_large_file_is_read_in_constant_memory),
        cmocka_unit_test(rows_around_the_index_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
