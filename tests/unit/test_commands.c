/* SPDX-License-Identifier: MIT */
/* build, check, keygen and new, as functions; what needs an installed libacrida is an integration
 * test. */
#include "support/unit.h"

#include "app/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-test-commands-XXXXXX";
static char out[65536];
static char err[65536];

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("TMPDIR", folder, 1);
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

static int redirect(int fd, const char *name)
{
    char path[200];
    int saved = dup(fd);
    int to;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    to = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(to >= 0);
    dup2(to, fd);
    close(to);
    return saved;
}

static void restore(int fd, int saved, char *text, size_t size)
{
    ssize_t n = pread(fd, text, size - 1, 0);

    text[n > 0 ? n : 0] = '\0';
    dup2(saved, fd);
    close(saved);
}

/* Run a command; what it says is in out and err. */
static int run(acri_command_fn command, int argc, char **argv)
{
    int saved_out;
    int saved_err;
    int exit_code;

    fflush(NULL);
    saved_out = redirect(STDOUT_FILENO, "out");
    saved_err = redirect(STDERR_FILENO, "err");
    exit_code = command(argc, argv);
    fflush(NULL);
    restore(STDERR_FILENO, saved_err, err, sizeof(err));
    restore(STDOUT_FILENO, saved_out, out, sizeof(out));
    return exit_code;
}

#define RUN(command, ...)                                                        \
    run(command, (int)(sizeof((char *[]){ "x", __VA_ARGS__ }) / sizeof(char *)), \
        (char *[]){ "x", __VA_ARGS__, NULL })

static void commands_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(acri_commands_find("new"), acri_command_new);
    assert_ptr_equal(acri_commands_find("check"), acri_command_check);
    assert_ptr_equal(acri_commands_find("build"), acri_command_build);
    assert_null(acri_commands_find("buil"));
}

static int greet(int argc, char **argv)
{
    printf("%s: %d\n", argv[0], argc);
    return 7;
}

static void plugins_have_commands_too(void **state)
{
    static const struct acr_command greets = {
        .name = "greet", .help = "Says hello.", .usage = "[WHOM]", .run = greet
    };
    static const struct acr_command builds = { .name = "build", .help = "No.", .run = greet };
    const struct acr_plugin none = { .name = "none" };
    const struct acr_plugin good = { .name = "good", .commands = &greets, .n_commands = 1 };
    const struct acr_plugin twin = { .name = "twin", .commands = &greets, .n_commands = 1 };
    const struct acr_plugin ours = { .name = "ours", .commands = &builds, .n_commands = 1 };
    const struct acr_plugin *plugins[] = { &none, &good, &twin };
    char *help[] = { "greet", "x", "--help", NULL };
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_commands_check(plugins, 2, &error), 0);
    assert_int_equal(acri_commands_check(plugins, 3, &error), -EINVAL);
    assert_non_null(strstr(error.text, "plugin twin has a command 'greet', as another plugin"));
    plugins[0] = &ours;
    assert_int_equal(acri_commands_check(plugins, 2, &error), -EINVAL);
    assert_non_null(strstr(error.text, "plugin ours has a command 'build', which is one of acr"));
    assert_ptr_equal(acri_commands_find_in(plugins, 2, "greet"), &greets);
    assert_null(acri_commands_find_in(plugins, 2, "gree"));
    assert_int_equal(acri_commands_run(&greets, 2, help), 7);
    assert_int_equal(acri_commands_run(&greets, 3, help), 0);
}

static void each_explains_itself(void **state)
{
    const char *const names[] = { "build", "check", "keygen", "new" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(RUN(acri_commands_find(names[i]), "--help"), 0);
        assert_non_null(strstr(out, "Usage: acrida "));
        assert_non_null(strstr(out, names[i]));
    }
}

static void wrong_arguments_are_usage_errors(void **state)
{
    char *none[] = { "x", NULL };

    (void)state;
    assert_int_equal(run(acri_command_build, 1, none), 2);
    assert_int_equal(run(acri_command_check, 1, none), 2);
    assert_int_equal(run(acri_command_new, 1, none), 2);
    assert_int_equal(RUN(acri_command_build, "x.txt"), 2);
    assert_string_equal(
        err, "acrida build: 'x.txt' is no .c, .cc or .cpp file; see acrida build --help\n");
    assert_int_equal(RUN(acri_command_build, "x.c", "-o"), 2);
    assert_int_equal(RUN(acri_command_check, "a", "b"), 2);
    assert_int_equal(RUN(acri_command_keygen, "a", "b"), 2);
    assert_int_equal(RUN(acri_command_keygen, "--force"), 2);
    assert_int_equal(RUN(acri_command_new, "a/b"), 2);
    assert_int_equal(RUN(acri_command_new, "1a"), 2);
}

static void check_prints_what_a_plugin_defines(void **state)
{
    (void)state;
    assert_int_equal(RUN(acri_command_check, "tests/plugins/sound.so"), 0);
    assert_non_null(strstr(out, "tests/plugins/sound.so: plugin shop, SDK ABI 0.3\n"));
    assert_non_null(strstr(out, "  user type shopper: weight 1, wait none\n"));
    assert_non_null(strstr(out, "    task browse: weight 1\n"));
    assert_string_equal(err, "");
    assert_int_equal(RUN(acri_command_check, "tests/plugins/no_user_types.so"), 0);
    assert_non_null(strstr(out, "  nothing: no user types, clients, options or hooks\n"));
}

static void check_says_why_a_plugin_is_refused(void **state)
{
    (void)state;
    assert_int_equal(RUN(acri_command_check, "tests/plugins/null_run.so"), 1);
    assert_string_equal(
        err, "acrida: tests/plugins/null_run.so: task 'buy' of user type 'shopper' has no "
             ".run function\n");
    assert_string_equal(out, "");
    assert_int_equal(RUN(acri_command_check, "nowhere.c"), 1);
    assert_string_equal(err, "acrida: nowhere.c cannot be read: No such file or directory\n");
}

static void build_refuses_an_empty_folder(void **state)
{
    (void)state;
    assert_int_equal(RUN(acri_command_build, "include"), 1);
    assert_string_equal(err, "acrida: include holds no source: no .c file in it\n");
}

static void new_writes_a_project_that_is_not_overwritten(void **state)
{
    static const char *const files[] = { "shop/shop.c", "shop/CMakeLists.txt", "shop/README.md" };
    char here[4096];
    char text[4096];

    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(RUN(acri_command_new, "shop"), 0);
    assert_non_null(strstr(out, "cd shop && acrida -f shop.c"));
    for (size_t i = 0; i < 3; i++) {
        FILE *f = fopen(files[i], "r");
        size_t n;

        assert_non_null(f);
        n = fread(text, 1, sizeof(text) - 1, f);
        text[n] = '\0';
        fclose(f);
        assert_non_null(strstr(text, "shop"));
        assert_null(strchr(text, '@'));
    }
    assert_int_equal(RUN(acri_command_new, "shop"), 1);
    assert_string_equal(err, "acrida: shop is there already: choose another name\n");
    assert_int_equal(chdir(here), 0);
}

static void keygen_makes_a_key(void **state)
{
    char path[200];
    char first[100];
    char expected[400];
    char *none[] = { "x", NULL };

    (void)state;
    assert_int_equal(run(acri_command_keygen, 1, none), 0);
    assert_int_equal(strlen(out), 65);
    assert_int_equal(strspn(out, "0123456789abcdef"), 64);
    snprintf(first, sizeof(first), "%s", out);
    assert_int_equal(run(acri_command_keygen, 1, none), 0);
    assert_string_not_equal(out, first);
    snprintf(path, sizeof(path), "%s/cluster.key", folder);
    assert_int_equal(RUN(acri_command_keygen, path), 0);
    assert_non_null(strstr(out, "--cluster-key-file"));
    assert_int_equal(RUN(acri_command_keygen, path), 1);
    snprintf(expected, sizeof(expected),
             "acrida: %s is there already, and is not overwritten: name a new file\n", path);
    assert_string_equal(err, expected);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_found_by_name),
        cmocka_unit_test(plugins_have_commands_too),
        cmocka_unit_test(each_explains_itself),
        cmocka_unit_test(wrong_arguments_are_usage_errors),
        cmocka_unit_test(check_prints_what_a_plugin_defines),
        cmocka_unit_test(check_says_why_a_plugin_is_refused),
        cmocka_unit_test(build_refuses_an_empty_folder),
        cmocka_unit_test(keygen_makes_a_key),
        cmocka_unit_test(new_writes_a_project_that_is_not_overwritten),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
