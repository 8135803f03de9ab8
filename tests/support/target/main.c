/* SPDX-License-Identifier: MIT */
/* acrida-target: starts the processes that answer and sees to it that they end together. */
#define _GNU_SOURCE 1
#include "listen.h"
#include "options.h"
#include "shop.h"
#include "worker.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is set up before there are several processes. */
struct group {
    struct target_options options;
    struct target_counters *counters;
    struct target_shop *shop;
    int tcp[TARGET_COUNTERS_PROCESSES]; /* one socket each, so that none wakes another */
    int local;                          /* shared by all; -1: none */
    pid_t children[TARGET_COUNTERS_PROCESSES];
    sigset_t signals;
};

static void raise_descriptor_limit(void)
{
    const struct rlimit plenty = { 1 << 20, 1 << 20 };
    struct rlimit limit;

    /* beyond the hard limit where we are privileged, else up to it */
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
        (limit.rlim_max >= plenty.rlim_max || setrlimit(RLIMIT_NOFILE, &plenty) != 0)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void block_signals(struct group *group)
{
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&group->signals);
    sigaddset(&group->signals, SIGTERM);
    sigaddset(&group->signals, SIGINT);
    sigaddset(&group->signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &group->signals, NULL);
}

static bool listen_everywhere(struct group *group)
{
    struct target_options *options = &group->options;

    for (unsigned i = 0; i < options->processes; i++) {
        group->tcp[i] = target_listen_tcp(options->address, &options->port, options->processes > 1);
        if (group->tcp[i] < 0) {
            return false;
        }
    }
    group->local = options->unix_path != NULL ? target_listen_local(options->unix_path) : -1;
    return options->unix_path == NULL || group->local >= 0;
}

static void announce(const struct target_options *options)
{
    bool colons = strchr(options->address, ':') != NULL;
    printf("listening on %s%s%s:%u\n", colons ? "[" : "", options->address, colons ? "]" : "",
           options->port);
    fflush(stdout);
}

static void pin(const struct target_options *options, unsigned number)
{
    cpu_set_t set;
    long cpus = sysconf(_SC_NPROCESSORS_CONF);

    if (options->cpu < 0 || cpus < 1) {
        return;
    }
    CPU_ZERO(&set);
    CPU_SET(((unsigned)options->cpu + number) % (unsigned)cpus, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        fprintf(stderr, "acrida-target: cannot run on CPU %d: %s\n", options->cpu, strerror(errno));
    }
}

static int run_worker(struct group *group, unsigned number)
{
    struct target_worker *worker = calloc(1, sizeof *worker);
    int status;

    if (worker == NULL) {
        fputs("acrida-target: out of memory\n", stderr);
        return 1;
    }
    worker->options = &group->options;
    worker->counters = group->counters;
    worker->shop = group->shop;
    worker->number = number;
    pin(&group->options, number);
    status = target_worker_run(worker, group->tcp[number], group->local);
    free(worker);
    return status;
}

/* The life of a child process. */
static int run_child(struct group *group, unsigned number, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        return 1; /* it died before it could tell us */
    }
    for (unsigned i = 0; i < group->options.processes; i++) {
        if (i != number) {
            close(group->tcp[i]); /* or its connections would wait for us */
        }
    }
    return run_worker(group, number);
}

static void stop_children(struct group *group, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (group->children[i] > 0) {
            kill(group->children[i], SIGTERM);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        if (group->children[i] > 0) {
            waitpid(group->children[i], NULL, 0);
        }
    }
}

/* Waits until told to stop, or until a child has ended, which it should not on its own. */
static int watch_children(struct group *group)
{
    siginfo_t info;
    int number;
    int status = 0;

    do {
        number = sigwaitinfo(&group->signals, &info);
    } while (number < 0 && errno == EINTR);
    for (unsigned i = 0; number == SIGCHLD && i < group->options.processes; i++) {
        int how = 0;
        if (waitpid(group->children[i], &how, WNOHANG) > 0) {
            group->children[i] = 0;
            status = WIFEXITED(how) && WEXITSTATUS(how) == 0 ? status : 1;
        }
    }
    if (status != 0) {
        fputs("acrida-target: a process ended unexpectedly; stopping\n", stderr);
    }
    stop_children(group, group->options.processes);
    return status;
}

static int run_group(struct group *group)
{
    pid_t parent = getpid();

    for (unsigned i = 0; i < group->options.processes; i++) {
        group->children[i] = fork();
        if (group->children[i] == 0) {
            return run_child(group, i, parent);
        }
        if (group->children[i] < 0) {
            fprintf(stderr, "acrida-target: cannot start a process: %s\n", strerror(errno));
            stop_children(group, i);
            return 1;
        }
    }
    for (unsigned i = 0; i < group->options.processes; i++) {
        close(group->tcp[i]);
    }
    announce(&group->options);
    int status = watch_children(group);
    if (group->options.unix_path != NULL) {
        unlink(group->options.unix_path);
    }
    return status;
}

static int run(struct group *group)
{
    int status;

    raise_descriptor_limit();
    block_signals(group);
    group->counters = target_counters_create();
    group->shop = target_shop_create();
    if (group->counters == NULL || group->shop == NULL) {
        fprintf(stderr, "acrida-target: no shared memory: %s\n", strerror(errno));
        return 1;
    }
    if (!listen_everywhere(group)) {
        return 1;
    }
    if (group->options.processes > 1) {
        status = run_group(group);
    } else {
        announce(&group->options);
        status = run_worker(group, 0);
        if (group->options.unix_path != NULL) {
            unlink(group->options.unix_path);
        }
    }
    target_shop_destroy(group->shop);
    target_counters_destroy(group->counters);
    return status;
}

int main(int argc, char **argv)
{
    static struct group group;
    int status = 0;

    switch (target_options_read(&group.options, argc, argv)) {
    case TARGET_OPTIONS_RUN:
        status = run(&group);
        break;
    case TARGET_OPTIONS_HELP:
        break;
    case TARGET_OPTIONS_WRONG:
        status = 2;
        break;
    }
    target_options_free(&group.options);
    return status;
}
