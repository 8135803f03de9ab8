/* SPDX-License-Identifier: MIT */
/* One process that answers: its event loop and what all its connections use. */
#ifndef ACRIDA_TARGET_WORKER_H
#define ACRIDA_TARGET_WORKER_H

#include "buffer.h"
#include "counters.h"
#include "options.h"
#include "request.h"
#include "timers.h"

struct target_shop;

/* What an epoll event is about; the first member of what its pointer points to. */
enum target_source_kind { TARGET_SOURCE_LISTENER, TARGET_SOURCE_CONNECTION, TARGET_SOURCE_SIGNAL };

struct target_source {
    enum target_source_kind kind;
    int fd;
};

struct target_connection;

struct target_worker {
    const struct target_options *options;
    struct target_counters *counters;
    struct target_shop *shop;
    unsigned number; /* among the processes */
    int epoll;
    struct target_source signals;
    struct target_source listeners[2];
    int spare; /* a descriptor given up to refuse a connection when there are no more */
    bool stopping;
    struct target_timers timers;
    struct target_random random;
    struct target_profile_state profile;
    struct target_connection *connections; /* all that are open */

    /* Of the connection being handled, here so that idle ones need none of it. */
    struct target_request request;
    struct target_text head;  /* the bytes `request` points into */
    struct target_buffer out; /* answers not yet written */
    struct target_buffer text;
    struct target_buffer extra;
    char *scratch; /* what has just been read */
};

enum { TARGET_WORKER_SCRATCH = 128 * 1024 };

/* Answers connections from the listeners (-1: not there) until SIGTERM or SIGINT, which
 * must be blocked. Returns the exit status. */
int target_worker_run(struct target_worker *worker, int tcp, int local);

#endif
