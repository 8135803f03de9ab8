/* SPDX-License-Identifier: MIT */
/* Compiling, resolving, the note and the loader, with the machine's own compiler in a folder of
 * their own. */
#include "support/unit.h"

#include "plugin/command.h"
#include "plugin/compile.h"
#include "plugin/loader.h"
#include "plugin/note.h"
#include "plugin/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-test-compile-XXXXXX";
static struct acri_where where;
static struct acri_error error;
static char path[PATH_MAX];

static const char good[] =
    "#include <acrida/acrida.h>\n"
    "static int run(struct acr_user *u) { (void)u; return 0; }\n"
    "static const struct acr_task tasks[] = { { .name = \"t\", .run = run } };\n"
    "static const struct acr_user_type type = { .name = \"u\", .tasks = tasks,\n"
    "    .n_tasks = 1 };\n"
    "ACR_PLUGIN(.name = \"p\", .user_types = &type, .n_user_types = 1);\n";

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) < 0 || acri_where_find(&where, &error) < 0)
        return -1;
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("TMPDIR", folder, 1);
    unsetenv("CC");
    /* The runtime is part of this test; the scenarios here call none of it. */
    snprintf(where.library, sizeof(where.library), "-lm");
    return 0;
}

static int tear_down(void **state)
{
    char *command[] = { "rm", "-rf", folder, NULL };

    (void)state;
    if (fork() == 0)
        execvp("rm", command);
    return 0;
}

static void put(const char *file, const char *text)
{
    FILE *f = fopen(file, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int compile(const char *source)
{
    return acri_compile_sources(&where, &source, 1, NULL, path, &error);
}

static void a_source_is_compiled_once_and_found_again(void **state)
{
    char first[PATH_MAX];
    struct stat made;
    struct stat again;

    (void)state;
    put("good.c", good);
    assert_int_equal(compile("good.c"), 0);
    snprintf(first, sizeof(first), "%s", path);
    assert_int_equal(stat(first, &made), 0);
    assert_int_equal(compile("good.c"), 0);
    assert_string_equal(path, first);
    assert_int_equal(stat(path, &again), 0);
    assert_int_equal(made.st_ino, again.st_ino);
}

static void a_changed_include_is_compiled_again(void **state)
{
    char first[PATH_MAX];

    (void)state;
    put("number.h", "#define NUMBER 1\n");
    put("includes.c",
        "#include \"number.h\"\nint number(void);\nint number(void) { return NUMBER; }\n");
    assert_int_equal(compile("includes.c"), 0);
    snprintf(first, sizeof(first), "%s", path);
    put("number.h", "#define NUMBER 2\n");
    assert_int_equal(compile("includes.c"), 0);
    assert_string_not_equal(path, first);
}

static void the_note_tells_the_source_wherever_it_lies(void **state)
{
    char here[ACRI_HASH_TEXT];
    char there[ACRI_HASH_TEXT];
    char other[ACRI_HASH_TEXT];

    (void)state;
    put("good.c", good);
    assert_int_equal(compile("good.c"), 0);
    assert_int_equal(acri_note_read(path, here), 0);
    mkdir("elsewhere", 0700);
    put("elsewhere/renamed.c", good);
    assert_int_equal(compile("elsewhere/renamed.c"), 0);
    assert_int_equal(acri_note_read(path, there), 0);
    assert_string_equal(here, there);
    assert_int_equal(acri_note_read("good.c", other), 0); /* no note: the file's own hash */
    assert_string_not_equal(here, other);
}

static void what_does_not_compile_is_one_line_after_the_compilers(void **state)
{
    (void)state;
    put("bad.c", "int x = ;\n");
    assert_int_equal(compile("bad.c"), -EINVAL);
    assert_string_equal(error.text, "bad.c does not compile");
    put("undefined.c", "int nowhere(void);\nint f(void);\nint f(void) { return nowhere(); }\n");
    assert_int_equal(compile("undefined.c"), -EINVAL);
    assert_non_null(strstr(error.text, "undefined.c does not link"));
    put("package.c", "/* acrida: pkg no-such-package-anywhere */\n");
    assert_int_equal(compile("package.c"), -ENOENT);
    assert_non_null(strstr(error.text, "no-such-package-anywhere"));
    put("package.c", "/* acrida: pkg $(touch x) */\n");
    assert_int_equal(compile("package.c"), -EINVAL);
    setenv("CC", "no-such-compiler", 1);
    put("good.c", good);
    assert_int_equal(compile("good.c"), -ENOENT);
    assert_non_null(strstr(error.text, "install it"));
    setenv("CC", " ", 1); /* as good as none */
    assert_int_equal(compile("good.c"), 0);
    unsetenv("CC");
    assert_int_equal(compile("nowhere.c"), -ENOENT);
}

static void a_warning_is_said_once_and_does_not_stop(void **state)
{
    (void)state;
    put("warns.c", "#warning \"on purpose\"\nint f(void);\nint f(void) { return 0; }\n");
    assert_int_equal(compile("warns.c"), 0);
}

static void languages_may_be_mixed(void **state)
{
    const char *sources[] = { "c.c", "cxx.cc", "-dash.c" };
    char other[PATH_MAX];

    (void)state;
    put("c.c", "int *one(void);\nint two(int);\nint first(void);\n"
               "int first(void) { int new = two(1); return new + *one(); }\n");
    put("cxx.cc", "#include <string>\nextern \"C\" int two(int);\n"
                  "int two(int n) { return int(std::string(size_t(n), 'a').size()); }\n");
    put("-dash.c", "int *one(void);\nint *one(void) { static int n; return &n; }\n");
    assert_int_equal(acri_compile_sources(&where, sources, 3, "mixed.so", path, &error), 0);
    assert_string_equal(path, "mixed.so");
    assert_int_equal(access("mixed.so", R_OK), 0);
    assert_int_equal(acri_compile_sources(&where, sources, 3, NULL, other, &error), 0);
    assert_non_null(strstr(other, "/c.so"));
    assert_int_equal(acri_compile_sources(&where, sources, 3, "no/such/folder.so", other, &error),
                     -ENOENT);
    assert_non_null(strstr(error.text, "no/such/folder.so cannot be written"));
}

static void nothing_is_left_of_what_is_made_on_the_way(void **state)
{
    struct acri_command c;
    struct acri_buf found;

    (void)state;
    acri_buf_init(&found, 10000);
    acri_command_init(&c, "find . -name work-* -o -name *.tmp");
    assert_int_equal(acri_command_run(&c, &found, false), 0);
    assert_string_equal(acri_buf_text(&found), "");
    acri_command_done(&c);
    acri_buf_done(&found);
}

static void a_package_adds_its_flags(void **state)
{
    (void)state;
    mkdir("pc", 0700);
    put("pc/some.pc", "Name: some\nDescription: d\nVersion: 1\nCflags: -DSOME=7 -I/with\\ blank\n"
                      "Libs: -lm\n");
    setenv("PKG_CONFIG_PATH", "pc", 1);
    put("some.c", "/* A licence. */\n/* acrida: pkg some */\n#include <math.h>\n"
                  "double f(double);\ndouble f(double x) { return erf(x) + SOME; }\n");
    assert_int_equal(compile("some.c"), 0);
    unsetenv("PKG_CONFIG_PATH");
}

static void a_folder_with_a_cmake_file_is_one_scenario(void **state)
{
    static const char lists[] = "cmake_minimum_required(VERSION 3.18)\nproject(x LANGUAGES C)\n"
                                "add_library(%s MODULE x.c)\nset_target_properties(%s PROPERTIES "
                                "PREFIX \"\")\n";
    char text[1000];
    char first[PATH_MAX];

    (void)state;
    mkdir("project", 0700);
    put("project/x.c", "int f(void);\nint f(void) { return 0; }\n");
    snprintf(text, sizeof(text), lists, "before", "before");
    put("project/CMakeLists.txt", text);
    assert_int_equal(acri_compile_cmake(&where, "project", first, &error), 0);
    assert_non_null(strstr(first, "/before.so"));
    snprintf(text, sizeof(text), lists, "after", "after");
    put("project/CMakeLists.txt", text);
    assert_int_equal(acri_compile_cmake(&where, "project", first, &error), 0);
    assert_non_null(strstr(first, "/after.so"));
    put("project/CMakeLists.txt", "project(x LANGUAGES NONE)\n");
    assert_int_equal(acri_compile_cmake(&where, "project", first, &error), -EINVAL);
    assert_non_null(strstr(error.text, "makes 0 shared objects instead of one"));
    put("project/CMakeLists.txt", "nonsense(\n");
    assert_int_equal(acri_compile_cmake(&where, "project", first, &error), -EINVAL);
    assert_non_null(strstr(error.text, "project does not build"));
}

static void a_folder_is_one_scenario_per_source(void **state)
{
    const char *given = "many";
    const char *empty = "empty";
    const char *missing = "nowhere.c";
    struct acri_paths paths;

    (void)state;
    mkdir("many", 0700);
    mkdir("empty", 0700);
    put("many/b.c", good);
    put("many/a.c", good);
    put("many/_left_out.c", "not C");
    put("many/README", "not C");
    assert_int_equal(acri_resolve(&where, &given, 1, &paths, &error), 0);
    assert_int_equal(paths.n, 2);
    assert_non_null(strstr(paths.paths[0], "/a.so"));
    assert_string_equal(paths.names[0], "many/a.c");
    acri_paths_done(&paths);
    assert_int_equal(acri_resolve(&where, &empty, 1, &paths, &error), -ENOENT);
    acri_paths_done(&paths);
    assert_int_equal(acri_resolve(&where, &missing, 1, &paths, &error), -ENOENT);
    acri_paths_done(&paths);
}

static void an_object_beside_its_source_is_no_second_scenario(void **state)
{
    const char *given = "both";
    struct acri_paths paths;

    (void)state;
    mkdir("both", 0700);
    mkdir("both/folder.c", 0700);
    put("both/a.c", good);
    put("both/a.so", "made of a.c");
    put("both/a.b.so", "something else");
    assert_int_equal(acri_resolve(&where, &given, 1, &paths, &error), 0);
    assert_int_equal(paths.n, 2);
    assert_string_equal(paths.paths[0], "both/a.b.so");
    assert_string_equal(paths.names[1], "both/a.c");
    acri_paths_done(&paths);
}

static void the_sources_of_a_folder_are_listed_uncompiled(void **state)
{
    struct acri_paths paths = { 0 };

    (void)state;
    assert_int_equal(acri_resolve_sources("many", &paths, &error), 0);
    assert_int_equal(paths.n, 2);
    assert_string_equal(paths.paths[1], "many/b.c");
    assert_int_equal(acri_resolve_sources("empty", &paths, &error), -ENOENT);
    assert_int_equal(acri_resolve_sources("nowhere", &paths, &error), -ENOENT);
    acri_paths_done(&paths);
}

static void without_a_name_scenario_c_is_taken(void **state)
{
    struct acri_paths paths;

    (void)state;
    assert_int_equal(acri_resolve(&where, NULL, 0, &paths, &error), -ENOENT);
    assert_non_null(strstr(error.text, "-f FILE"));
    acri_paths_done(&paths);
    put("scenario.c", good);
    assert_int_equal(acri_resolve(&where, NULL, 0, &paths, &error), 0);
    assert_int_equal(paths.n, 1);
    acri_paths_done(&paths);
    unlink("scenario.c");
}

static void an_object_is_loaded_widened_and_listed(void **state)
{
    struct acri_loader l;

    (void)state;
    put("good.c", good);
    assert_int_equal(compile("good.c"), 0);
    acri_loader_init(&l);
    assert_int_equal(acri_loader_open(&l, path, &error), 0);
    assert_int_equal(acri_loader_open(&l, path, &error), 0); /* twice: two copies */
    assert_int_equal(l.n, 2);
    assert_string_equal(l.loaded[0].plugin->name, "p");
    assert_ptr_not_equal(l.loaded[0].plugin->user_types[0].tasks[0].run,
                         l.loaded[1].plugin->user_types[0].tasks[0].run);
    acri_loader_done(&l);
}

static void refuse(const char *file, const char *line)
{
    struct acri_loader l;

    acri_loader_init(&l);
    assert_true(acri_loader_open(&l, file, &error) < 0);
    assert_non_null(strstr(error.text, line));
    assert_null(strchr(error.text, '\n'));
    acri_loader_done(&l);
}

static void refuse_source(const char *text, const char *line)
{
    put("refused.c", text);
    assert_int_equal(compile("refused.c"), 0);
    refuse(path, line);
}

static void what_is_no_plugin_is_refused_with_one_line(void **state)
{
    (void)state;
    refuse("nowhere.so", "cannot be read");
    refuse(".", "is not a file");
    put("text.so", "hello\n");
    refuse("text.so", "it is no ELF file");
    put("short.so", "\177ELF");
    refuse("short.so", "cut short");
    refuse("/bin/true", "is a program, not a shared object");
    refuse_source("int x;\n", "it has no ACR_PLUGIN");
    refuse_source("__attribute__((visibility(\"default\"))) const void *acr_plugin_v2(void);\n"
                  "const void *acr_plugin_v2(void) { return 0; }\n",
                  "newer acrida");
    refuse_source("#include <acrida/plugin.h>\n"
                  "#undef ACR_ABI_MINOR\n#define ACR_ABI_MINOR 99\n"
                  "ACR_PLUGIN(.name = \"x\");\n",
                  "was built for SDK ABI 0.99, and this is 0.3");
    refuse_source("#include <acrida/plugin.h>\nACR_PLUGIN(.version = \"x\");\n", "has no .name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_is_compiled_once_and_found_again),
        cmocka_unit_test(a_changed_include_is_compiled_again),
        cmocka_unit_test(the_note_tells_the_source_wherever_it_lies),
        cmocka_unit_test(what_does_not_compile_is_one_line_after_the_compilers),
        cmocka_unit_test(a_warning_is_said_once_and_does_not_stop),
        cmocka_unit_test(languages_may_be_mixed),
        cmocka_unit_test(a_package_adds_its_flags),
        cmocka_unit_test(a_folder_with_a_cmake_file_is_one_scenario),
        cmocka_unit_test(a_folder_is_one_scenario_per_source),
        cmocka_unit_test(an_object_beside_its_source_is_no_second_scenario),
        cmocka_unit_test(the_sources_of_a_folder_are_listed_uncompiled),
        cmocka_unit_test(without_a_name_scenario_c_is_taken),
        cmocka_unit_test(nothing_is_left_of_what_is_made_on_the_way),
        cmocka_unit_test(an_object_is_loaded_widened_and_listed),
        cmocka_unit_test(what_is_no_plugin_is_refused_with_one_line),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
