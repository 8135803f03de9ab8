/* SPDX-License-Identifier: MIT */
#include "engine/crash.h"

#include "base/terminal.h"
#include "engine/user.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STACK_BYTES (64u * 1024)

static int pipe_write_fd = -1;
static int watchdog_exit_code;

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return;
}

/* Async-signal-safe calls only, backtrace aside: its library was loaded by acri_crash_init. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    struct acri_users *us = acri_users_here();

    (void)context;
    if (us == NULL || us->is_control) {
        say("acrida: a fault outside of tasks (in a hook, in a function of acr_offload, or in "
            "acrida itself): nothing more can be written\n");
        acri_terminal_restore();
        _exit(5);
    }
    us->crash.signal = signal;
    us->crash.address = info->si_addr;
    us->crash.is_overflow = acri_stack_pool_is_guard(&us->loop.coros.stacks, info->si_addr);
    us->crash.n_frames = backtrace(us->crash.frames, 64);
    if (write(pipe_write_fd, &us, sizeof(us)) != (ssize_t)sizeof(us)) {
        acri_terminal_restore();
        _exit(5);
    }
    for (;;)
        pause();
}

static void on_watchdog(int signal)
{
    (void)signal;
    say("acrida: the reports were not finished in time; ending\n");
    acri_terminal_restore();
    _exit(watchdog_exit_code);
}

int acri_crash_init(int *ret_fd)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    static struct acri_crash_stack main_stack;
    void *frames[2];
    int fds[2];

    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    backtrace(frames, 2);
    if (main_stack.memory == NULL) /* hooks run on small stacks too */
        acri_crash_thread_init(&main_stack);
    if (pipe_write_fd >= 0) /* of an earlier run of this process */
        close(pipe_write_fd);
    pipe_write_fd = fds[1];
    *ret_fd = fds[0];
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        sigaction(faults[i], &action, NULL);
    return 0;
}

void acri_crash_thread_init(struct acri_crash_stack *stack)
{
    stack_t alternate = { .ss_size = STACK_BYTES };

    stack->memory = acri_alloc(STACK_BYTES);
    alternate.ss_sp = stack->memory;
    sigaltstack(&alternate, NULL);
}

void acri_crash_thread_done(struct acri_crash_stack *stack)
{
    stack_t off = { .ss_flags = SS_DISABLE };

    sigaltstack(&off, NULL);
    free(stack->memory);
}

void acri_crash_watchdog(unsigned seconds, int exit_code)
{
    watchdog_exit_code = exit_code;
    signal(SIGALRM, on_watchdog);
    alarm(seconds);
}
