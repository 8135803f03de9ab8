/* SPDX-License-Identifier: MIT */
/*
 * The master's end of the cluster: a thread of its own answers workers and keeps the journal; the
 * main thread decides what each worker should do, and merges what they report.
 *
 * Thread: main for all calls, but what says any.
 */
#ifndef ACRIDA_DIST_MASTER_H
#define ACRIDA_DIST_MASTER_H

#include "base/check.h"
#include "base/cluster.h"

#include <stddef.h>
#include <stdint.h>

struct acri_master;

/* Texts are borrowed until acri_master_start returns. */
struct acri_master_options {
    const char *bind_host; /* "*", or an address; beyond loopback only with a key */
    uint16_t bind_port;
    const unsigned char *key; /* 32 bytes; NULL = none: loopback only */
    const char *version;      /* of acrida */
    const char *journal; /* path; NULL = none: reports are acknowledged once they are in memory */
    double missing_s;    /* without a word from a worker: lost; 0 = 3 */
};

enum acri_master_event_kind {
    ACRI_MASTER_JOINED = 0, /* a new worker: `worker`, `info` */
    ACRI_MASTER_RETURNED,   /* one that was lost */
    ACRI_MASTER_LOST,       /* no word for missing_s */
    ACRI_MASTER_LEFT,       /* it said so: `type` says why */
    ACRI_MASTER_OBSERVED,   /* `observed`; of each worker only the latest is kept in the queue */
    ACRI_MASTER_REPORT,   /* `run_id`, `epoch`, `bytes`; each once, in order; kept in the journal */
    ACRI_MASTER_MESSAGE,  /* `type`, `bytes` */
    ACRI_MASTER_DECEASED, /* its ledger file was found: `observed.tally` is all it ever counted, and
                             the reports that it had not delivered have been given before this */
};

/* Who a worker is; constant. */
struct acri_worker_info {
    char name[64];
    char host[64];
    char labels[ACRI_CLUSTER_TEXT];
    char version[32];
    uint32_t n_cpus;
    uint32_t n_threads;
    uint64_t memory_bytes;
    uint32_t pid;
};

/* Owner: who takes it from the queue. `worker` is the worker's index: from 0 in the order of first
 * contact, never used again. */
struct acri_master_event {
    struct acri_master_event *next;
    uint32_t kind; /* enum acri_master_event_kind */
    uint32_t worker;
    uint64_t run_id;
    uint64_t epoch;
    uint64_t seq; /* of a report: from 1 per worker. JOINED, RETURNED: so many reports are missing:
                     a master whose journal is not there has acknowledged them */
    struct acri_worker_info info;
    struct acri_observed observed;
    char *type;
    void *bytes;
    size_t n_bytes;
};
void acri_master_event_free(struct acri_master_event *e);

/* Bind, and start the thread. Returns: 0, or a negative errno with its line. */
int acri_master_start(const struct acri_master_options *o, struct acri_master **ret_master,
                      struct acri_error *reterr);
/* Tell all workers to go on without this master (quit is a phase, told before), and end. */
void acri_master_stop(struct acri_master *m);

/* Readable (level) while the queue holds an event. For poll and acr_watch only. */
int acri_master_fd(const struct acri_master *m);
/* Returns: the next event, or NULL. */
struct acri_master_event *acri_master_next(struct acri_master *m);

/* What a worker should do from now on. `generation` is filled in; `start_at_ns` is by this
 * process's monotonic clock. Told again until it is followed. */
void acri_master_want(struct acri_master *m, uint32_t worker, const struct acri_desired *d);
/* A message to one worker, or to all that are there (UINT32_MAX). Thread: any. Returns: as
 * acri_worker_send; -ENOENT for one that is not there. */
int acri_master_send(struct acri_master *m, uint32_t worker, const char *type, const void *bytes,
                     size_t n_bytes);
/* The same to a worker that has asked (acri_worker_ask) and waits: there is always room for it.
 * is_noted: once what was noted so far is on disk. Thread: main. */
int acri_master_answer(struct acri_master *m, uint32_t worker, const char *type, const void *bytes,
                       size_t n_bytes, bool is_noted);

/* How the session with a worker is. */
struct acri_master_health {
    bool is_here;
    double silent_s;        /* since its last word */
    double clock_offset_ms; /* of its wall clock to ours */
    double round_trip_ms;
    uint64_t n_reports;
    uint64_t have_seq; /* reports applied */
};
bool acri_master_health(struct acri_master *m, uint32_t worker,
                        struct acri_master_health *ret_health);

/* Frames that were dropped since the start: not ours, not decodable, not authentic, repeated. */
uint64_t acri_master_dropped(struct acri_master *m);

/*
 * A note of the main thread's own, kept in the journal with the reports in order (what run this is,
 * its options). Read back by acri_journal_replay (dist/journal.h).
 */
void acri_master_note(struct acri_master *m, const void *bytes, size_t n_bytes);

/* After ACRI_MASTER_DECEASED: what there was to note of it is noted. Once that is on disk, what the
 * worker left on its host is removed. */
void acri_master_bury(struct acri_master *m, uint32_t worker);

/* Bytes of the journal; 0 without one. Over ACRI_JOURNAL_BYTES (dist/journal.h) it is time for
 * this:
 */
uint64_t acri_master_journal_bytes(struct acri_master *m);
/* A state that says all that the journal held at the start (main has replayed it), the notes given
 * and the reports taken by acri_master_next: the journal is written anew, beginning with it.
 * Copied.
 */
void acri_master_checkpoint(struct acri_master *m, const void *bytes, size_t n_bytes);

#endif
