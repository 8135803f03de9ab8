/* SPDX-License-Identifier: MIT */
/* Which files a scenario is made of, in a folder of the test's own. */
#include "support/unit.h"

#include "app/watch_files.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-watch-XXXXXX";

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? chdir(folder) : -1;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool has(char *const *texts, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

static struct acri_watch_files find(const char *given)
{
    struct acri_watch_files w;

    acri_watch_files_find(&w, &given, 1);
    return w;
}

static uint64_t stamp(const char *given)
{
    struct acri_watch_files w = find(given);
    uint64_t s = acri_watch_files_stamp(&w);

    acri_watch_files_done(&w);
    return s;
}

static void includes_are_followed(void **state)
{
    struct acri_watch_files w;

    (void)state;
    mkdir("deep", 0700);
    mkdir("later", 0700);
    put("a.c", "#include <stdio.h>\n  #  include\t\"deep/b.h\" // b\n#include \"later/c.h\"\n"
               "#define X \"no.h\"\n#include \"open\nint x;");
    put("deep/b.h", "#include \"../a.c\"\n#include \"d.h\"\n");
    put("deep/d.h", "");
    w = find("a.c");
    assert_int_equal(w.n_files, 3);
    assert_true(has(w.files, w.n_files, "deep/b.h"));
    assert_true(has(w.files, w.n_files, "deep/d.h"));
    /* The one that is not there yet may come. */
    assert_true(has(w.folders, w.n_folders, "later"));
    assert_true(has(w.folders, w.n_folders, "."));
    acri_watch_files_done(&w);
}

static void of_a_folder_all_sources_are_watched(void **state)
{
    struct acri_watch_files w;

    (void)state;
    mkdir("all", 0700);
    mkdir("all/more", 0700);
    put("all/one.c", "");
    put("all/CMakeLists.txt", "");
    put("all/more/two.cc", "");
    put("all/results.csv", "");
    w = find("all");
    assert_int_equal(w.n_files, 3);
    assert_int_equal(w.n_folders, 2);
    assert_true(has(w.files, w.n_files, "all/more/two.cc"));
    acri_watch_files_done(&w);
}

static void without_a_name_it_is_scenario_c(void **state)
{
    struct acri_watch_files w;

    (void)state;
    put("scenario.c", "");
    acri_watch_files_find(&w, NULL, 0);
    assert_int_equal(w.n_files, 1);
    assert_string_equal(w.folders[0], ".");
    acri_watch_files_done(&w);
}

static void the_stamp_tells_changes(void **state)
{
    uint64_t first;
    uint64_t second;

    (void)state;
    put("s.c", "int a;");
    first = stamp("s.c");
    put("other.txt", "x");
    assert_true(stamp("s.c") == first);
    put("s.c", "int ab;");
    second = stamp("s.c");
    assert_true(second != first);
    put("new.c", "int ac;");
    assert_int_equal(rename("new.c", "s.c"), 0);
    assert_true(stamp("s.c") != second);
    second = stamp("s.c");
    put("s.c", "#include \"s.h\"\n");
    first = stamp("s.c");
    put("s.h", "");
    assert_true(stamp("s.c") != first);
    assert_int_equal(unlink("s.c"), 0);
    assert_true(stamp("s.c") != second);
}

static void odd_files_are_survived(void **state)
{
    struct acri_watch_files w;

    (void)state;
    put("object.so", "\177ELF\n#include \"a.c\"\n");
    w = find("object.so");
    assert_int_equal(w.n_files, 1);
    acri_watch_files_done(&w);
    w = find("nowhere/at/all.c");
    assert_int_equal(w.n_files, 0);
    acri_watch_files_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(includes_are_followed),
        cmocka_unit_test(of_a_folder_all_sources_are_watched),
        cmocka_unit_test(without_a_name_it_is_scenario_c),
        cmocka_unit_test(the_stamp_tells_changes),
        cmocka_unit_test(odd_files_are_survived),
    };

    return cmocka_run_group_tests(tests, enter, NULL);
}
