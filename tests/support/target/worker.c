/* SPDX-License-Identifier: MIT */
/* One process that answers: accepts connections, passes events on, keeps the timers and
 * the stalls. */
#define _GNU_SOURCE 1
#include "worker.h"

#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS_PER_TURN = 512,
    ACCEPTS_PER_TURN = 256,
    NS_PER_MS = 1000000,
    NS_PER_S = 1000000000,
};

static struct timespec timespec_of(uint64_t ns)
{
    return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S) };
}

static bool watch_source(struct target_worker *worker, struct target_source *source, uint32_t more)
{
    struct epoll_event event = { .events = EPOLLIN | more, .data.ptr = source };
    return epoll_ctl(worker->epoll, EPOLL_CTL_ADD, source->fd, &event) == 0;
}

/* Out of descriptors: without this the connection would be reported again and again. */
static void refuse_connection(struct target_worker *worker, int listener)
{
    int fd;

    close(worker->spare);
    fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
    }
    worker->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_connections(struct target_worker *worker, int listener)
{
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            target_connection_open(worker, fd);
        } else if (errno == EMFILE || errno == ENFILE) {
            refuse_connection(worker, listener);
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

/* Until when nothing is to be answered: for a rule's sake or because it is the time for it;
 * 0 when there is no stall now. */
static uint64_t stall_end(const struct target_worker *worker)
{
    const struct target_options *options = worker->options;
    uint64_t until = target_counters_stall(worker->counters);
    uint64_t first = options->stall_every_ms > 0 ? target_counters_first(worker->counters) : 0;

    if (until == 0 && first == 0) {
        return 0; /* without asking for the time */
    }
    uint64_t now = target_timers_now();
    if (first > 0 && now > first) {
        uint64_t every = options->stall_every_ms * NS_PER_MS;
        uint64_t end = (now - first) / every * every + options->stall_for_ms * NS_PER_MS + first;
        if (now - first >= every && end > until) {
            until = end;
        }
    }
    return until > now ? until : 0;
}

/* Sleeps through stalls, but not through a signal to stop. */
static void sit_out_stalls(struct target_worker *worker)
{
    struct pollfd signals = { .fd = worker->signals.fd, .events = POLLIN };
    uint64_t until;

    while (!worker->stopping && (until = stall_end(worker)) > 0) {
        uint64_t now = target_timers_now();
        struct timespec left = timespec_of(until > now ? until - now : 0);
        worker->stopping = ppoll(&signals, 1, &left, NULL) > 0;
    }
}

static void handle_event(struct target_worker *worker, const struct epoll_event *event)
{
    struct target_source *source = event->data.ptr;

    switch (source->kind) {
    case TARGET_SOURCE_SIGNAL:
        worker->stopping = true;
        break;
    case TARGET_SOURCE_LISTENER:
        accept_connections(worker, source->fd);
        break;
    case TARGET_SOURCE_CONNECTION:
        target_connection_event(worker, (struct target_connection *)source, event->events);
        break;
    }
}

static void run_timers(struct target_worker *worker)
{
    struct target_timer *timer;
    uint64_t now;

    if (worker->timers.count == 0) {
        return;
    }
    now = target_timers_now();
    while ((timer = target_timers_take(&worker->timers, now)) != NULL) {
        target_connection_timer(worker, timer);
    }
}

static int wait_for_events(struct target_worker *worker, struct epoll_event *events)
{
    uint64_t next = target_timers_next(&worker->timers);
    struct timespec left;
    uint64_t now;
    int count;

    if (worker->options->busy) {
        return epoll_wait(worker->epoll, events, EVENTS_PER_TURN, 0);
    }
    if (next == UINT64_MAX) {
        return epoll_wait(worker->epoll, events, EVENTS_PER_TURN, -1);
    }
    now = target_timers_now();
    left = timespec_of(next > now ? next - now : 0);
    count = epoll_pwait2(worker->epoll, events, EVENTS_PER_TURN, &left, NULL);
    if (count < 0 && errno == ENOSYS) { /* before Linux 5.11: late by up to a millisecond */
        int ms = left.tv_sec < NS_PER_MS ? (int)(left.tv_sec * 1000 + left.tv_nsec / NS_PER_MS) + 1
                                         : INT_MAX;
        count = epoll_wait(worker->epoll, events, EVENTS_PER_TURN, ms);
    }
    return count;
}

static int run_loop(struct target_worker *worker)
{
    struct epoll_event events[EVENTS_PER_TURN];

    while (!worker->stopping) {
        int count = wait_for_events(worker, events);
        if (count < 0 && errno != EINTR) {
            fprintf(stderr, "acrida-target: cannot wait for events: %s\n", strerror(errno));
            return 1;
        }
        sit_out_stalls(worker);
        for (int i = 0; i < count && !worker->stopping; i++) {
            handle_event(worker, &events[i]);
            if (worker->options->rules.count > 0) {
                sit_out_stalls(worker);
            }
        }
        if (!worker->stopping) {
            run_timers(worker);
        }
    }
    return 0;
}

static bool prepare(struct target_worker *worker, int tcp, int local)
{
    sigset_t stop;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    worker->signals.kind = TARGET_SOURCE_SIGNAL;
    worker->signals.fd = signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
    worker->listeners[0] = (struct target_source){ TARGET_SOURCE_LISTENER, tcp };
    worker->listeners[1] = (struct target_source){ TARGET_SOURCE_LISTENER, local };
    worker->random.state = worker->options->seed + worker->number;
    worker->scratch = malloc(TARGET_WORKER_SCRATCH);
    return worker->scratch != NULL && worker->epoll >= 0 && worker->signals.fd >= 0 &&
           watch_source(worker, &worker->signals, 0) &&
           watch_source(worker, &worker->listeners[0], 0) &&
           (local < 0 || watch_source(worker, &worker->listeners[1], EPOLLEXCLUSIVE));
}

static void clean_up(struct target_worker *worker)
{
    while (worker->connections != NULL) {
        target_connection_close(worker, worker->connections);
    }
    target_timers_free(&worker->timers);
    target_buffer_free(&worker->out);
    target_buffer_free(&worker->text);
    target_buffer_free(&worker->extra);
    free(worker->scratch);
    close(worker->signals.fd);
    close(worker->spare);
    close(worker->epoll);
}

int target_worker_run(struct target_worker *worker, int tcp, int local)
{
    int status;

    if (!prepare(worker, tcp, local)) {
        fprintf(stderr, "acrida-target: cannot set up the event loop: %s\n", strerror(errno));
        status = 1;
    } else {
        status = run_loop(worker);
    }
    clean_up(worker);
    return status;
}
