/* SPDX-License-Identifier: MIT */
#include "app/watch.h"

#include "app/watch_files.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* An editor saves in several steps, and a formatter comes after it. */
#define QUIET_MS 50
#define EVENTS (IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)
/* How often it is told to stop before the child is killed. */
#define PATIENCE 3

struct watch {
    const char **given; /* n_given elements */
    size_t n_given;
    int events;  /* inotify */
    int signals; /* signalfd */
    sigset_t mask_before;
    uint64_t stamp;
    pid_t child; /* 0 = none */
    int exit_code;
    bool is_stopping; /* the child was told to stop, because something changed */
    int n_stops;      /* Ctrl-C or SIGTERM: all is to end */
};

static void list_given(struct watch *w, const struct acri_options *o)
{
    size_t n_scenarios;
    size_t n_plugins;
    const char *const *scenarios = acri_options_list(o, "scenario", &n_scenarios);
    const char *const *plugins = acri_options_list(o, "plugin", &n_plugins);

    w->given = acri_alloc((n_scenarios + n_plugins + 2) * sizeof(*w->given));
    for (size_t i = 0; i < n_scenarios; i++)
        w->given[w->n_given++] = scenarios[i];
    if (n_scenarios == 0) {
        w->given[w->n_given++] = "scenario.c";
        w->given[w->n_given++] = "scenario.so";
    }
    for (size_t i = 0; i < n_plugins; i++)
        w->given[w->n_given++] = plugins[i];
}

/* What there is now; folders that have come are watched, too. */
static uint64_t look(struct watch *w)
{
    struct acri_watch_files files;
    uint64_t stamp;

    acri_watch_files_find(&files, w->given, w->n_given);
    for (size_t i = 0; i < files.n_folders; i++)
        inotify_add_watch(w->events, files.folders[i], EVENTS);
    stamp = acri_watch_files_stamp(&files);
    acri_watch_files_done(&files);
    return stamp;
}

static int open_all(struct watch *w, struct acri_error *reterr)
{
    sigset_t mask;

    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGCHLD);
    sigprocmask(SIG_BLOCK, &mask, &w->mask_before);
    w->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    w->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->signals >= 0 && w->events >= 0)
        return 0;
    return acri_fail(reterr, -errno,
                     "--watch cannot watch files: %s (raise fs.inotify.max_user_instances, or the "
                     "limit of open files)",
                     strerror(errno));
}

static void close_all(struct watch *w)
{
    if (w->signals >= 0)
        close(w->signals);
    if (w->events >= 0)
        close(w->events);
    free((void *)w->given);
}

/* The child keeps SIGINT and SIGTERM blocked: one that comes before its run does is not lost. */
static void become_child(struct watch *w, pid_t parent)
{
    sigset_t child;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* gone before this was in force */
        raise(SIGTERM);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &child, NULL);
    close_all(w);
}

static int start_child(struct watch *w, enum acri_watch_role *ret_role, struct acri_error *reterr)
{
    pid_t parent = getpid();

    w->stamp = look(w);
    w->is_stopping = false;
    fflush(NULL);
    w->child = fork();
    if (w->child < 0) {
        w->child = 0;
        return acri_fail(reterr, -errno, "--watch cannot start a process: %s", strerror(errno));
    }
    *ret_role = w->child == 0 ? ACRI_WATCH_CHILD : ACRI_WATCH_PARENT;
    if (w->child == 0)
        become_child(w, parent);
    return 0;
}

static void reap(struct watch *w)
{
    int status;

    if (w->child == 0 || waitpid(w->child, &status, WNOHANG) != w->child)
        return;
    w->child = 0;
    w->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (w->n_stops == 0 && !w->is_stopping)
        acri_log_info("the run has ended with exit code %d: waiting for a change of the scenario "
                      "(Ctrl-C ends)",
                      w->exit_code);
}

static void stop_child(const struct watch *w, int signal)
{
    if (w->child != 0)
        kill(w->child, signal);
}

static void on_signals(struct watch *w)
{
    struct signalfd_siginfo info;

    while (read(w->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGCHLD)
            continue;
        w->n_stops++;
        /* A terminal sends its Ctrl-C to both of us. */
        if (info.ssi_code != SI_KERNEL)
            stop_child(w, (int)info.ssi_signo);
        if (w->n_stops > PATIENCE)
            stop_child(w, SIGKILL);
    }
    reap(w);
}

static void drain(const struct watch *w)
{
    char block[4096] __attribute__((aligned(8)));

    while (read(w->events, block, sizeof(block)) > 0)
        continue;
}

static void on_events(struct watch *w)
{
    struct pollfd more = { .fd = w->events, .events = POLLIN };
    uint64_t stamp;

    do
        drain(w);
    while (poll(&more, 1, QUIET_MS) > 0);
    stamp = look(w);
    if (stamp == w->stamp || w->is_stopping)
        return;
    acri_log_info("the scenario has changed: compiling and running it again");
    w->is_stopping = true;
    stop_child(w, SIGINT);
}

static int supervise(struct watch *w, enum acri_watch_role *ret_role, struct acri_error *reterr)
{
    int r = start_child(w, ret_role, reterr);

    while (r == 0 && *ret_role == ACRI_WATCH_PARENT && (w->child != 0 || w->n_stops == 0)) {
        struct pollfd fds[] = { { .fd = w->signals, .events = POLLIN },
                                { .fd = w->events, .events = POLLIN } };

        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents != 0)
            on_signals(w);
        if (fds[1].revents != 0 && w->n_stops == 0)
            on_events(w);
        else if (fds[1].revents != 0)
            drain(w);
        if (w->is_stopping && w->child == 0 && w->n_stops == 0)
            r = start_child(w, ret_role, reterr);
    }
    return r;
}

int acri_watch_run(const struct acri_options *o, enum acri_watch_role *ret_role, int *ret_exit_code,
                   struct acri_error *reterr)
{
    struct watch w = { .events = -1, .signals = -1 };
    int r;

    list_given(&w, o);
    r = open_all(&w, reterr);
    if (r == 0)
        r = supervise(&w, ret_role, reterr);
    if (r == 0 && *ret_role == ACRI_WATCH_CHILD)
        return 0;
    close_all(&w);
    sigprocmask(SIG_SETMASK, &w.mask_before, NULL);
    *ret_exit_code = w.exit_code;
    return r;
}
