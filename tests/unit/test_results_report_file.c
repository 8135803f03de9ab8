/* SPDX-License-Identifier: MIT */
/* Files that hold the results of the last run. */
#include "support/own_folder.h"

#include "results/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct report_file f;

static int put(const char *text)
{
    struct csv_text t = { .length = 0 };
    int r;

    csv_text_append(&t, text, strlen(text));
    r = report_file_write(&f, &t);
    csv_text_done(&t);
    return r;
}

static void the_last_run_is_in_it(void **state)
{
    static const char *const names[] = { "new/a", "new/a.json" };
    struct stat before, after;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(report_file_open(&f, names[i], ".json"), 0);
        assert_string_equal(f.path, "new/a.json");
        assert_file("new/a.json", "");
        assert_int_equal(put("the first, longer"), 0);
        stat("new/a.json", &before);
        assert_int_equal(put("the second"), 0);
        assert_file("new/a.json", "the second");
        stat("new/a.json", &after);
        assert_true(before.st_ino != after.st_ino); /* in its place at once */
        report_file_close(&f);
    }
    assert_int_equal(put("closed"), 0);
    assert_file("new/a.json", "the second");
    unlink("new/a.json");
    rmdir("new");
}

static void what_is_no_file_of_its_own_stays_what_it_is(void **state)
{
    struct stat st;
    char text[20] = "";
    int fd;

    (void)state;
    close(open("there", O_WRONLY | O_CREAT, 0600));
    assert_int_equal(symlink("there", "link"), 0);
    assert_int_equal(report_file_open(&f, "link", ""), 0);
    assert_int_equal(put("longer"), 0);
    assert_int_equal(put("last"), 0);
    assert_file("there", "last");
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    report_file_close(&f);
    unlink("link");
    unlink("there");

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(report_file_open(&f, "pipe", ""), 0);
    assert_int_equal(put("nobody"), -ENXIO);
    fd = open("pipe", O_RDONLY | O_NONBLOCK);
    assert_int_equal(put("somebody"), 0);
    assert_int_equal(read(fd, text, sizeof(text)), 8);
    close(fd);
    report_file_close(&f);
    unlink("pipe");

    assert_int_equal(report_file_open(&f, "/dev/full", ""), 0);
    assert_int_equal(put("x"), -ENOSPC);
    report_file_close(&f);
}

static void what_lies_beside_is_not_followed(void **state)
{
    struct stat st;

    (void)state;
    close(open("precious", O_WRONLY | O_CREAT, 0600));
    assert_int_equal(symlink("precious", "own.tmp"), 0);
    assert_int_equal(report_file_open(&f, "own", ""), 0);
    assert_int_equal(put("text"), 0);
    assert_int_equal(lstat("own", &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_file("own", "text");
    assert_file("precious", "");
    report_file_close(&f);
    unlink("own");
    unlink("precious");
}

static void what_cannot_be_is_told(void **state)
{
    char name[PATH_MAX + 10];

    (void)state;
    assert_int_equal(report_file_open(&f, "/proc/none/x", ".json"), -ENOENT);
    assert_string_equal(f.path, "/proc/none/x.json");
    report_file_close(&f);
    assert_int_equal(report_file_open(&f, "/tmp", ""), -EISDIR);
    report_file_close(&f);
    assert_int_equal(symlink("none/x", "link"), 0);
    assert_int_equal(report_file_open(&f, "link", ""), -ENOENT);
    report_file_close(&f);
    unlink("link");
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(report_file_open(&f, name, ""), -ENAMETOOLONG);
    report_file_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_run_is_in_it),
        cmocka_unit_test(what_is_no_file_of_its_own_stays_what_it_is),
        cmocka_unit_test(what_lies_beside_is_not_followed),
        cmocka_unit_test(what_cannot_be_is_told),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
