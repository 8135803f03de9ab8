/* SPDX-License-Identifier: MIT */
#include "base/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* Those that end the process and that nothing else here takes. */
static const int ends[] = { SIGHUP, SIGQUIT };
enum { N_ENDS = sizeof(ends) / sizeof(ends[0]) };

static struct termios as_it_was;
static volatile sig_atomic_t is_open;
static struct sigaction before_end[N_ENDS];
static struct sigaction before_stop;
static struct sigaction before_go_on;

bool acri_terminal_is_ours(void)
{
    return isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* A read never waits, and Ctrl-C stays a signal. Another process in the background would be stopped
 * for setting it. */
static bool take(void)
{
    struct termios t = as_it_was;

    if (!acri_terminal_is_ours())
        return false;
    t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    t.c_cc[VMIN] = 0;
    t.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0;
}

void acri_terminal_restore(void)
{
    int saved = errno;

    if (is_open && acri_terminal_is_ours())
        tcsetattr(STDIN_FILENO, TCSANOW, &as_it_was);
    errno = saved;
}

static void on_end(int signal)
{
    struct sigaction action = { .sa_handler = SIG_DFL };

    acri_terminal_restore();
    sigaction(signal, &action, NULL);
    raise(signal);
}

static void on_stop(int signal)
{
    (void)signal;
    acri_terminal_restore();
    raise(SIGSTOP);
}

static void on_go_on(int signal)
{
    int saved = errno;

    (void)signal;
    if (is_open)
        take();
    errno = saved;
}

/* Not what is ignored: with nohup it is so for a reason. */
static void handle(int signal, void (*handler)(int), struct sigaction *ret_before)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

    sigaction(signal, NULL, ret_before);
    if (ret_before->sa_handler != SIG_IGN)
        sigaction(signal, &action, NULL);
}

bool acri_terminal_open(void)
{
    static bool is_registered;

    if (is_open || !acri_terminal_is_ours() || tcgetattr(STDIN_FILENO, &as_it_was) < 0)
        return false;
    if (!is_registered)
        atexit(acri_terminal_restore);
    is_registered = true;
    is_open = 1;
    for (int i = 0; i < N_ENDS; i++)
        handle(ends[i], on_end, &before_end[i]);
    handle(SIGTSTP, on_stop, &before_stop);
    handle(SIGCONT, on_go_on, &before_go_on);
    if (take())
        return true;
    acri_terminal_close();
    return false;
}

int acri_terminal_key(void)
{
    unsigned char key;

    if (!is_open || !acri_terminal_is_ours())
        return -1;
    return read(STDIN_FILENO, &key, 1) == 1 ? key : -1;
}

void acri_terminal_close(void)
{
    if (!is_open)
        return;
    acri_terminal_restore();
    is_open = 0;
    for (int i = 0; i < N_ENDS; i++)
        sigaction(ends[i], &before_end[i], NULL);
    sigaction(SIGTSTP, &before_stop, NULL);
    sigaction(SIGCONT, &before_go_on, NULL);
}
