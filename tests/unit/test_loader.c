/* SPDX-License-Identifier: MIT */
/* The plugins of tests/plugins, one refusal each; ctest runs this in the build folder. */
#include "support/unit.h"

#include "plugin/descriptor.h"
#include "plugin/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLUGINS "tests/plugins/"

static struct acri_error error;
static struct acri_loader loader;
static char folder[] = "/tmp/acrida-test-loader-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    acri_loader_init(&loader);
    return mkdtemp(folder) != NULL && setenv("TMPDIR", folder, 1) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    acri_loader_done(&loader);
    return rmdir(folder); /* nothing is left in it */
}

static void each_bad_plugin_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *file;
        int code;
        const char *line;
    } cases[] = {
        { "nowhere", -ENOENT, "cannot be read: No such file or directory" },
        { "bad_magic", -ENOEXEC, "its ACR_PLUGIN header is not one of acrida" },
        { "older_minor", -ENOEXEC, "was built for SDK ABI 0.1, and this is 0.3: rebuild it" },
        { "narrow", -ENOEXEC, "was built for SDK ABI 0.2, and this is 0.3: rebuild it" },
        { "newer_minor", -ENOEXEC, "was built for SDK ABI 0.99, and this is 0.3: rebuild it" },
        { "newer_major", -ENOEXEC, "was built for SDK ABI 9.3, and this is 0.3: rebuild it" },
        { "packed", -ENOEXEC, "impossible sizes" },
        { "null_module", -ENOEXEC, "acr_plugin_v1 returns NULL" },
        { "next_getter", -ENOEXEC, "was made for a newer acrida" },
        { "no_getter", -ENOEXEC, "but no acrida plugin: it has no ACR_PLUGIN" },
        { "getter_in_library", -ENOEXEC, "but no acrida plugin: it has no ACR_PLUGIN" },
        { "undefined_symbol", -ENOEXEC, "needs 'no_such_function', which nothing defines" },
        { "missing_library", -ENOEXEC, "needs the library libacrida-test-absent.so" },
        { "no_name", -EINVAL, "its ACR_PLUGIN has no .name" },
        { "no_tasks", -EINVAL, "user type 'shopper' has no tasks" },
        { "zero_weights", -EINVAL, "no task of user type 'shopper' can be picked" },
        { "duplicate_task", -EINVAL, "two tasks of user type 'shopper' are called 'browse'" },
        { "duplicate_user_type", -EINVAL, "two user types are called 'shopper'" },
        { "null_run", -EINVAL, "task 'buy' of user type 'shopper' has no .run function" },
        { "state_too_large", -EINVAL, "wants 16777217 bytes of state; at most 16777216" },
        { "absurd_count", -EINVAL, "2139062143 tasks are more than the 10000" },
        { "null_array", -EINVAL, "3 user types announced, but there are none: NULL" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *path = acri_printf(PLUGINS "%s.so", cases[i].file);

        assert_int_equal(acri_loader_open(&loader, path, &error), cases[i].code);
        if (strstr(error.text, cases[i].line) == NULL)
            fail_msg("%s is refused with: %s", cases[i].file, error.text);
        assert_memory_equal(error.text, path, strlen(path)); /* names what was given */
        assert_null(strchr(error.text, '\n'));
        assert_null(strstr(error.text, folder)); /* not the copy */
        free(path);
    }
    assert_int_equal(loader.n, 0);
}

static void sound_plugins_are_listed_in_order(void **state)
{
    (void)state;
    assert_int_equal(acri_loader_open(&loader, PLUGINS "sound.so", &error), 0);
    assert_int_equal(acri_loader_open_as(&loader, PLUGINS "no_user_types.so", "x.c", &error), 0);
    assert_int_equal(loader.n, 2);
    assert_string_equal(loader.loaded[0].path, PLUGINS "sound.so");
    assert_string_equal(loader.loaded[0].name, PLUGINS "sound.so");
    assert_string_equal(loader.loaded[0].plugin->user_types[0].tasks[0].name, "browse");
    assert_string_equal(loader.loaded[1].name, "x.c");
    assert_string_equal(loader.loaded[1].plugin->version, "1");
    assert_int_equal(loader.loaded[1].abi.minor, ACR_ABI_MINOR);
    assert_true(acri_loader_open_as(&loader, PLUGINS "no_getter.so", "y.c", &error) < 0);
    assert_memory_equal(error.text, "y.c ", 4);
}

static void libraries_beside_a_plugin_are_found(void **state)
{
    (void)state;
    assert_int_equal(acri_loader_open(&loader, PLUGINS "library_beside.so", &error), 0);
}

/* Cut anywhere, it is refused or loads; it does not end us. */
static void a_file_cut_short_is_refused(void **state)
{
    static char whole[1 << 20];
    char *path = acri_printf("%s/cut.so", folder);
    FILE *f = fopen(PLUGINS "sound.so", "r");
    size_t n_refused = 0;
    size_t n;

    (void)state;
    assert_non_null(f);
    n = fread(whole, 1, sizeof(whole), f);
    fclose(f);
    for (size_t cut = 1; cut < n; cut += n / 64) {
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(whole, 1, cut, f), cut);
        fclose(f);
        n_refused += acri_loader_open(&loader, path, &error) < 0;
    }
    assert_true(n_refused >
                8); /* only section headers and debug information come after the segments */
    unlink(path);
    free(path);
}

static void write_head(const char *path, size_t at, unsigned char byte)
{
    unsigned char head[64];
    FILE *f = fopen(PLUGINS "sound.so", "r");

    assert_non_null(f);
    assert_int_equal(fread(head, 1, sizeof(head), f), sizeof(head));
    fclose(f);
    head[at] = byte;
    f = fopen(path, "w");
    assert_non_null(f);
    fwrite(head, 1, sizeof(head), f);
    fclose(f);
}

static void other_machines_and_other_kinds_of_files_are_named(void **state)
{
    static const struct {
        size_t at;
        unsigned char byte;
        const char *line;
    } cases[] = {
        { 4, 1, "another architecture" },                           /* 32 bits */
        { 5, 2, "another architecture" },                           /* big endian */
        { 18, 2, "another architecture" },                          /* SPARC */
        { 16, 1, "link it with -shared" },                          /* a .o */
        { 16, 2, "link it with -shared" },                          /* a program */
        { 0, 'x', "it is no ELF file" },   { 54, 1, "is damaged" }, /* size of a program header */
        { 63, 0, "is cut short" },
    };
    char *path = acri_printf("%s/other.so", folder);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_head(path, cases[i].at, cases[i].byte);
        assert_int_equal(acri_loader_open(&loader, path, &error), -ENOEXEC);
        if (strstr(error.text, cases[i].line) == NULL)
            fail_msg("byte %zu: %s", cases[i].at, error.text);
    }
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); /* does not wait for a writer */
    assert_int_equal(acri_loader_open(&loader, path, &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "is not a file"));
    unlink(path);
    free(path);
}

static void a_folder_is_opened_in_place_and_may_be_missing(void **state)
{
    char *plugins = acri_printf("%s/plugins", folder);
    char *path = acri_printf("%s/libx.so.0", plugins);
    char real[PATH_MAX];
    size_t n = loader.n;

    (void)state;
    assert_int_equal(acri_loader_open_folder(&loader, "no/such/folder", &error), 0);
    mkdir(plugins, 0700);
    assert_non_null(realpath(PLUGINS "sound.so", real));
    assert_int_equal(symlink(real, path), 0);
    assert_int_equal(acri_loader_open_folder(&loader, plugins, &error), 0);
    assert_int_equal(loader.n, n + 1);
    assert_string_equal(loader.loaded[n].path, path);
    unlink(path);
    free(path);
    path = acri_printf("%s/liby.so.0", plugins);
    assert_non_null(realpath(PLUGINS "no_getter.so", real));
    assert_int_equal(symlink(real, path), 0);
    assert_true(acri_loader_open_folder(&loader, plugins, &error) < 0);
    assert_memory_equal(error.text, path, strlen(path));
    unlink(path);
    rmdir(plugins);
    free(path);
    free(plugins);
}

static void a_copy_folder_that_cannot_be_made_is_told(void **state)
{
    struct acri_loader other;

    (void)state;
    acri_loader_init(&other);
    setenv("TMPDIR", "/proc/nowhere", 1);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    assert_int_equal(acri_loader_open(&other, PLUGINS "sound.so", &error), 0); /* the next one */
    assert_memory_equal(other.copies, folder, strlen(folder));
    acri_loader_done(&other);
    unsetenv("XDG_RUNTIME_DIR");
    setenv("TMPDIR", folder, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bad_plugin_is_refused_with_its_line),
        cmocka_unit_test(sound_plugins_are_listed_in_order),
        cmocka_unit_test(libraries_beside_a_plugin_are_found),
        cmocka_unit_test(a_file_cut_short_is_refused),
        cmocka_unit_test(other_machines_and_other_kinds_of_files_are_named),
        cmocka_unit_test(a_folder_is_opened_in_place_and_may_be_missing),
        cmocka_unit_test(a_copy_folder_that_cannot_be_made_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
