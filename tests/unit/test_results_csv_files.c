/* SPDX-License-Identifier: MIT */
/* Files that are read while they are written. */
#include "support/own_folder.h"

#include "results/csv_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct csv_text row(const char *cell)
{
    struct csv_text t = { 0 };

    csv_text_plain(&t, cell);
    csv_text_end_row(&t);
    return t;
}

static void missing_folders_are_made(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(csv_files_make_folders("a/b//c"), 0);
    assert_int_equal(csv_files_make_folders("a/b//c"), 0);
    assert_int_equal(stat("a/b", &st), 0);
    assert_int_equal(stat("a/b/c", &st), -1);
    assert_int_equal(csv_files_make_folders("alone"), 0);
    assert_int_equal(csv_files_make_folders("/tmp/x"), 0);
    assert_int_equal(csv_files_make_folders("/dev/null/x/y"), -ENOTDIR);
    rmdir("a/b");
    rmdir("a");
}

static void a_file_is_replaced_whole(void **state)
{
    struct csv_text one = row("a long first row");
    struct csv_text two = row("two");
    int reader;
    char text[100] = "";

    (void)state;
    assert_int_equal(csv_files_replace("x.csv", &one), 0);
    reader = open("x.csv", O_RDONLY);
    assert_int_equal(csv_files_replace("x.csv", &two), 0);
    assert_file("x.csv", "two\r\n");
    /* Who had it open goes on reading the old one. */
    assert_true(read(reader, text, sizeof(text)) > 0);
    assert_string_equal(text, "a long first row\r\n");
    close(reader);
    assert_int_equal(access("x.csv.tmp", F_OK), -1);
    csv_text_done(&one);
    csv_text_done(&two);
    unlink("x.csv");
}

static void what_cannot_be_written_is_told(void **state)
{
    struct csv_text t = row("x");

    (void)state;
    assert_int_equal(csv_files_replace("missing/x.csv", &t), -ENOENT);
    assert_int_equal(csv_files_create("missing/x.csv", &t), -ENOENT);
    t.is_incomplete = true;
    assert_int_equal(csv_files_replace("x.csv", &t), -ENOMEM);
    assert_int_equal(access("x.csv", F_OK), -1);
    csv_text_done(&t);
}

static void a_full_disk_leaves_no_half_rows(void **state)
{
    struct csv_text t = row("x");
    int full = open("/dev/full", O_WRONLY);

    (void)state;
    assert_int_equal(csv_files_append(full, &t), -ENOSPC);
    close(full);
    csv_text_done(&t);
}

static void a_file_to_append_to_begins_with_its_heading(void **state)
{
    struct csv_text t = row("x");
    struct csv_text heading = row("heading");
    int fd = csv_files_create("h.csv", &heading);
    int reader = open("h.csv", O_RDONLY);
    char old[32];

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(csv_files_append(fd, &t), 0);
    assert_int_equal(csv_files_append(fd, &t), 0);
    close(fd);
    assert_file("h.csv", "heading\r\nx\r\nx\r\n");
    /* The next run's file takes its place: who reads the old one has all of it. */
    fd = csv_files_create("h.csv", &heading);
    close(fd);
    assert_file("h.csv", "heading\r\n");
    assert_int_equal(read(reader, old, sizeof(old)), 15);
    close(reader);
    unlink("h.csv");
    csv_text_done(&t);
    csv_text_done(&heading);
}

static void what_is_no_file_is_appended_to(void **state)
{
    struct csv_text t = row("x");
    int fd = csv_files_create("/dev/null", &t);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(csv_files_append(fd, &t), 0);
    close(fd);
    assert_int_equal(csv_files_create("/dev/full", &t), -ENOSPC);
    assert_int_equal(access("/dev/null.tmp", F_OK), -1);
    csv_text_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_folders_are_made),
        cmocka_unit_test(a_file_is_replaced_whole),
        cmocka_unit_test(what_cannot_be_written_is_told),
        cmocka_unit_test(a_full_disk_leaves_no_half_rows),
        cmocka_unit_test(a_file_to_append_to_begins_with_its_heading),
        cmocka_unit_test(what_is_no_file_is_appended_to),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
