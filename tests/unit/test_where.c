/* SPDX-License-Identifier: MIT */
/* Here the runtime is part of the test's own program, in tests/unit of the build folder. */
#include "support/unit.h"

#include "plugin/where.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct acri_error error;
static char folder[] = "/tmp/acrida-test-where-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    char *command[] = { "rm", "-rf", folder, NULL };

    (void)state;
    if (fork() == 0)
        execvp("rm", command);
    return 0;
}

static void all_is_found_from_where_the_runtime_lies(void **state)
{
    char self[PATH_MAX];
    char *header;
    struct acri_where w;

    (void)state;
    assert_non_null(realpath("/proc/self/exe", self));
    assert_int_equal(acri_where_find(&w, &error), 0);
    assert_string_equal(w.library, self);
    *strrchr(self, '/') = '\0';
    assert_memory_equal(w.plugins, self, strlen(self));
    assert_string_equal(w.plugins + strlen(self), "/acrida/plugins");
    header = acri_printf("%s/acrida/acrida.h", w.include);
    assert_int_equal(access(header, R_OK), 0);
    free(header);
}

static void the_cache_lies_where_it_is_asked_for(void **state)
{
    char expected[PATH_MAX];
    char path[PATH_MAX];
    struct stat st;

    (void)state;
    setenv("XDG_CACHE_HOME", folder, 1);
    assert_int_equal(acri_where_cache(path, &error), 0);
    snprintf(expected, sizeof(expected), "%s/acrida", folder);
    assert_string_equal(path, expected);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", folder, 1);
    assert_int_equal(acri_where_cache(path, &error), 0);
    snprintf(expected, sizeof(expected), "%s/.cache/acrida", folder);
    assert_string_equal(path, expected);
}

/* A home that is none, as in containers; a folder that others may write. */
static void an_unusable_cache_gives_way_to_the_next(void **state)
{
    char expected[PATH_MAX];
    char path[PATH_MAX];

    (void)state;
    snprintf(expected, sizeof(expected), "%s/acrida-cache-%u", folder, (unsigned)geteuid());
    setenv("TMPDIR", folder, 1);
    setenv("HOME", "/proc/nowhere", 1);
    assert_int_equal(acri_where_cache(path, &error), 0);
    assert_string_equal(path, expected);
    assert_int_equal(chmod(expected, 0777), 0);
    assert_int_equal(acri_where_cache(path, &error), -EPERM);
    assert_non_null(strstr(error.text, "set XDG_CACHE_HOME to a folder of your own"));
}

static void a_symbol_is_the_programs_or_not(void **state)
{
    (void)state;
    assert_false(acri_where_is_of_program("gnu_get_libc_version"));
    assert_false(acri_where_is_of_program("no_such_symbol"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_found_from_where_the_runtime_lies),
        cmocka_unit_test(the_cache_lies_where_it_is_asked_for),
        cmocka_unit_test(an_unusable_cache_gives_way_to_the_next),
        cmocka_unit_test(a_symbol_is_the_programs_or_not),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
