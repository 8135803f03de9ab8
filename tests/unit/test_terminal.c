/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static bool is_as_it_was(int fd)
{
    struct termios t;

    assert_int_equal(tcgetattr(fd, &t), 0);
    return (t.c_lflag & (ICANON | ECHO)) == (ICANON | ECHO);
}

/* Each word of the child is one byte on this pipe. */
static int words[2];

static void say(char word)
{
    if (write(words[1], &word, 1) != 1)
        _exit(9);
}

static char next_word(void)
{
    char word = 0;

    assert_int_equal(read(words[0], &word, 1), 1);
    return word;
}

static int wait_for_key(void)
{
    struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
    int key = -1;

    while (key < 0 && poll(&fd, 1, 10000) > 0)
        key = acri_terminal_key();
    return key;
}

/* How: 0 = closes, 1 = leaves by exit, 2 = waits for a signal. */
static void be_the_child(int how)
{
    if (!acri_terminal_open() || acri_terminal_open() || acri_terminal_key() != -1)
        _exit(1);
    say('o');
    if (wait_for_key() != 'x')
        _exit(2);
    say('x');
    if (how == 1)
        exit(0);
    while (how == 2)
        pause();
    acri_terminal_close();
    acri_terminal_close();
    _exit(0);
}

static int child_at_a_terminal(int how, int *ret_fd)
{
    pid_t pid;

    assert_int_equal(pipe(words), 0);
    pid = forkpty(ret_fd, NULL, NULL, NULL);
    if (pid == 0)
        be_the_child(how);
    assert_int_equal(next_word(), 'o');
    assert_false(is_as_it_was(*ret_fd));
    assert_int_equal(write(*ret_fd, "x", 1), 1);
    assert_int_equal(next_word(), 'x');
    return pid;
}

static void assert_end(int pid, int fd, int wanted)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, wanted);
    assert_true(is_as_it_was(fd));
    close(fd);
    close(words[0]);
    close(words[1]);
}

static void it_is_as_it_was_when_it_is_closed_and_at_exit(void **state)
{
    int fd;

    (void)state;
    for (int how = 0; how <= 1; how++) {
        int pid = child_at_a_terminal(how, &fd);

        assert_end(pid, fd, 0);
    }
}

static void a_signal_that_ends_the_process_puts_it_back(void **state)
{
    static const int signals[] = { SIGQUIT, SIGHUP };

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        int fd;
        int pid = child_at_a_terminal(2, &fd);
        int status;

        assert_int_equal(kill(pid, signals[i]), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_true(is_as_it_was(fd));
        close(fd);
        close(words[0]);
        close(words[1]);
    }
}

static void a_stop_puts_it_back_until_it_goes_on(void **state)
{
    int fd;
    int pid = child_at_a_terminal(2, &fd);
    int status;

    (void)state;
    assert_int_equal(kill(pid, SIGTSTP), 0);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    assert_true(is_as_it_was(fd));
    assert_int_equal(kill(pid, SIGCONT), 0);
    while (is_as_it_was(fd))
        sched_yield();
    assert_int_equal(kill(pid, SIGHUP), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(is_as_it_was(fd));
    close(fd);
    close(words[0]);
    close(words[1]);
}

static void what_is_no_terminal_is_left_alone(void **state)
{
    int saved = dup(STDIN_FILENO);
    int null = open("/dev/null", O_RDONLY);

    (void)state;
    assert_int_equal(dup2(null, STDIN_FILENO), STDIN_FILENO);
    assert_false(acri_terminal_is_ours());
    assert_false(acri_terminal_open());
    assert_int_equal(acri_terminal_key(), -1);
    acri_terminal_restore();
    acri_terminal_close();
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
    close(null);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_as_it_was_when_it_is_closed_and_at_exit),
        cmocka_unit_test(a_signal_that_ends_the_process_puts_it_back),
        cmocka_unit_test(a_stop_puts_it_back_until_it_goes_on),
        cmocka_unit_test(what_is_no_terminal_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
