/* SPDX-License-Identifier: MIT */
#include "app/processes.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that dies sooner than this again and again is left dead. */
#define QUICK_NS (5 * ACRI_NS_PER_S)
#define MOST_QUICK 5u
/* After a word or signal to end. */
#define END_S 15.0
#define STEP_MS 100

/* --- their command line -------------------------------------------------------------------------
 */

static void hand_over(struct acri_words *w, const struct acri_options *o, const char *name)
{
    size_t n = 0;
    const char *const *list;

    if (!acri_options_is_set(o, name))
        return;
    if (strcmp(name, "ignore-preflight") == 0) {
        if (acri_options_flag(o, name))
            acri_words_add(w, "--%s", name);
        return;
    }
    if (strcmp(name, "loglevel") == 0 || strcmp(name, "logfile") == 0 ||
        strcmp(name, "cluster-key-file") == 0 || strcmp(name, "master-gone-timeout") == 0) {
        acri_words_add(w, "--%s=%s", name, acri_options_string(o, name));
        return;
    }
    list = acri_options_list(o, name, &n);
    for (size_t i = 0; i < n; i++)
        acri_words_add(w, "--%s=%s", name, list[i]);
}

static void list_words(struct acri_words *w, const struct acri_options *o, bool is_master,
                       unsigned master_port, size_t n)
{
    static const char *const names[] = {
        "scenario",        "plugin",           "source-address",
        "label",           "allow-host",       "loglevel",
        "logfile",         "cluster-key-file", "master-gone-timeout",
        "ignore-preflight"
    };
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n_threads = cpus > (long)n ? (size_t)cpus / n : 1;

    if (acri_options_is_set(o, "threads"))
        n_threads = (size_t)acri_options_int(o, "threads");
    acri_words_init(w);
    acri_words_add(w, "acrida");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        hand_over(w, o, names[i]);
    acri_words_add(w, "--worker");
    acri_words_add(w, "--processes=0");
    if (is_master)
        acri_words_add(w, "--log-shared");
    acri_words_add(w, "--threads=%zu", n_threads);
    acri_words_add(w, "--master-host=%s",
                   is_master ? "127.0.0.1" : acri_options_string(o, "master-host"));
    acri_words_add(w, "--master-port=%u", master_port);
}

unsigned acri_processes_free_port(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unsigned port = 0;

    if (fd < 0)
        return 0;
    if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
        getsockname(fd, (struct sockaddr *)&a, &n) == 0)
        port = ntohs(a.sin_port);
    close(fd);
    return port;
}

/* --- their lives --------------------------------------------------------------------------------
 */

/* Between fork and exec: what is safe there only. */
static void become(const struct acri_processes *p, const char *path, pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        execv(path, p->words.words);
    _exit(127);
}

static int start_child(struct acri_processes *p, struct acri_process *child)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    pid_t parent = getpid();

    if (n < 0)
        return -errno;
    path[n] = '\0';
    fflush(NULL);
    child->pid = fork();
    if (child->pid < 0) {
        child->pid = 0;
        return -errno;
    }
    if (child->pid == 0)
        become(p, path, parent);
    child->started_ns = acri_clock_now_ns();
    return 0;
}

int acri_processes_start(struct acri_processes *p, const struct acri_options *o, bool is_master,
                         unsigned master_port, struct acri_error *reterr)
{
    int64_t n = acri_options_int(o, "processes");
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    *p = (struct acri_processes){ .n = n < 0 ? (size_t)(cpus > 0 ? cpus : 1) : (size_t)n };
    if (p->n == 0)
        return 0;
    list_words(&p->words, o, is_master, master_port, p->n);
    p->patience_s = END_S + acri_options_duration(o, "stop-timeout") +
                    acri_options_duration(o, "on-stop-timeout");
    p->children = acri_alloc(p->n * sizeof(*p->children));
    for (size_t i = 0; i < p->n; i++) {
        int r = start_child(p, &p->children[i]);

        if (r < 0) {
            acri_processes_end(p, SIGTERM);
            return acri_fail(reterr, r, "--processes cannot start a process: %s", strerror(-r));
        }
    }
    return 0;
}

/* It has ended: once more, when it did not mean to. */
static void on_end(struct acri_processes *p, struct acri_process *child, int status)
{
    bool was_quick = acri_clock_now_ns() - child->started_ns < QUICK_NS;
    pid_t pid = child->pid;

    child->pid = 0;
    if (p->is_ending || !WIFSIGNALED(status)) {
        if (!p->is_ending && WEXITSTATUS(status) != 0)
            acri_log_error("the worker process %d has ended with exit code %d", (int)pid,
                           WEXITSTATUS(status));
        if (WIFEXITED(status) && WEXITSTATUS(status) > p->exit_code)
            p->exit_code = WEXITSTATUS(status);
        return;
    }
    child->n_restarts = was_quick ? child->n_restarts + 1 : 1;
    if (child->n_restarts > MOST_QUICK) {
        acri_log_error(
            "the worker process %d was ended by signal %d, as those before it: it is not "
            "started again",
            (int)pid, WTERMSIG(status));
        return;
    }
    acri_log_warning("the worker process %d was ended by signal %d: starting another", (int)pid,
                     WTERMSIG(status));
    if (start_child(p, child) < 0)
        acri_log_error("another worker process cannot be started");
}

size_t acri_processes_step(struct acri_processes *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        int status;

        if (p->children[i].pid != 0 &&
            waitpid(p->children[i].pid, &status, WNOHANG) == p->children[i].pid)
            on_end(p, &p->children[i], status);
        n += p->children[i].pid != 0;
    }
    return n;
}

static void signal_all(const struct acri_processes *p, int signal)
{
    for (size_t i = 0; i < p->n && signal != 0; i++)
        if (p->children[i].pid != 0)
            kill(p->children[i].pid, signal);
}

void acri_processes_end(struct acri_processes *p, int signal)
{
    uint64_t begun_ns = acri_clock_now_ns();

    p->is_ending = true;
    signal_all(p, signal);
    while (acri_processes_step(p) > 0) {
        if (acri_clock_now_ns() - begun_ns > acri_clock_ns_of(p->patience_s))
            signal_all(p, SIGKILL);
        poll(NULL, 0, STEP_MS);
    }
    free(p->children);
    if (p->n > 0)
        acri_words_done(&p->words);
    *p = (struct acri_processes){ 0 };
}

int acri_processes_supervise(const struct acri_options *o)
{
    struct acri_processes p;
    struct acri_error error;
    struct signalfd_siginfo info;
    sigset_t stops;
    int exit_code;
    int fd;

    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    fd = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
    if (acri_processes_start(&p, o, false, (unsigned)acri_options_int(o, "master-port"), &error) <
        0) {
        fprintf(stderr, "acrida: %s\n", error.text);
        close(fd);
        return 1;
    }
    while (acri_processes_step(&p) > 0) {
        struct pollfd poller = { .fd = fd, .events = POLLIN };

        poll(&poller, 1, STEP_MS);
        if (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
            acri_processes_end(&p, SIGTERM);
            break;
        }
    }
    exit_code = p.exit_code;
    acri_processes_end(&p, 0);
    close(fd);
    return exit_code;
}
