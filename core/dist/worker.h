/* SPDX-License-Identifier: MIT */
/*
 * A worker's end of the cluster: a thread of its own keeps the session with the master, whatever
 * the scenario does on the main thread; the two share queues only.
 *
 * Thread: main for all calls, but what says any.
 */
#ifndef ACRIDA_DIST_WORKER_H
#define ACRIDA_DIST_WORKER_H

#include "base/check.h"
#include "base/cluster.h"

#include <stddef.h>
#include <stdint.h>

struct acri_worker;

/* Texts are borrowed until acri_worker_start returns. */
struct acri_worker_options {
    const char *master_host;
    uint16_t master_port;
    const unsigned char *key; /* 32 bytes; NULL = none: loopback only */
    const char *name;         /* "" = the host's name and the process's number */
    const char *labels;       /* "region=eu zone=a", or "" */
    const char *version;      /* of acrida */
    const char *folder;       /* of ledger files; NULL = /dev/shm or $TMPDIR */
    uint32_t n_threads;
    double orphan_s;      /* without the master: users are stopped; 0 = 30 */
    double master_gone_s; /* without the master: ACRI_WORKER_GONE; 0 = 600 */
};

enum acri_worker_event_kind {
    ACRI_WORKER_JOINED = 0, /* `index` is this worker's number; also after each new handshake */
    ACRI_WORKER_DESIRED,    /* `desired`; only the latest is kept in the queue */
    ACRI_WORKER_MESSAGE,    /* `type`, `bytes` */
    ACRI_WORKER_ORPHANED,   /* no master for orphan_s: users should stop */
    ACRI_WORKER_GONE,    /* no master for master_gone_s: reports that are not acknowledged should be
                            saved */
    ACRI_WORKER_REFUSED, /* by the master, for good: `type` says why; the process should end */
};

/* Owner: who takes it from the queue. */
struct acri_worker_event {
    struct acri_worker_event *next;
    uint32_t kind; /* enum acri_worker_event_kind */
    uint32_t index;
    struct acri_desired desired;
    char *type;  /* NULL, or allocated */
    void *bytes; /* NULL, or allocated */
    size_t n_bytes;
};
void acri_worker_event_free(struct acri_worker_event *e);

/* Start the thread; connecting goes on for ever. Returns: 0, or a negative errno with its line. */
int acri_worker_start(const struct acri_worker_options *o, struct acri_worker **ret_worker,
                      struct acri_error *reterr);
/* Leave: what is not acknowledged yet is given so long. Returns: reports that were not
 * acknowledged. */
uint64_t acri_worker_stop(struct acri_worker *w, double patience_s);

/* Readable (level) while the queue holds an event. For poll and acr_watch only. */
int acri_worker_fd(const struct acri_worker *w);
/* Returns: the next event, or NULL. */
struct acri_worker_event *acri_worker_next(struct acri_worker *w);

/* What this worker does now; sent about every second, and at once when state, run or generation
 * differ. */
void acri_worker_observe(struct acri_worker *w, const struct acri_observed *o);
/* A report of the run's statistics: kept until the master has it on disk, sent once or more,
 * counted once. At most ACRI_WORKER_REPORT_MAX bytes. */
#define ACRI_WORKER_REPORT_MAX (128u * 1024)
void acri_worker_report(struct acri_worker *w, uint64_t run_id, uint64_t epoch, const void *bytes,
                        size_t n_bytes);
/* Reports given and not acknowledged yet. */
uint64_t acri_worker_unacknowledged(struct acri_worker *w);
/*
 * A message, delivered once and in order while both processes live. Thread: any.
 * Returns: 0, -EMSGSIZE (over ACRI_CLUSTER_MESSAGE_MAX), -ENOBUFS (too many are waiting).
 */
int acri_worker_send(struct acri_worker *w, const char *type, const void *bytes, size_t n_bytes);
/* The same for what must not be lost, and of which there is little at a time: there is always room
 * for it. */
int acri_worker_ask(struct acri_worker *w, const char *type, const void *bytes, size_t n_bytes);
/* Write the reports that are not acknowledged to a file that `acrida merge` takes. Returns: how
 * many, or a negative errno. */
int64_t acri_worker_save(struct acri_worker *w, const char *path);

/* The ledger file's live counters of a loop: written by that loop only, survive the process. NULL
 * past the last of ACRI_WORKER_LOOPS. */
#define ACRI_WORKER_LOOPS 64u
struct acri_tally *acri_worker_live_tally(struct acri_worker *w, uint64_t run_id, uint32_t loop);

#endif
