/* SPDX-License-Identifier: MIT */
/*
 * The totals of a run: blocks of all loops come together here.
 *
 * Thread: all on the control loop (main thread). Times are passed in: monotonic nanoseconds, and
 * unix nanoseconds where "real" says so.
 */
#ifndef ACRIDA_STATS_STATS_H
#define ACRIDA_STATS_STATS_H

#include <stddef.h>
#include <stdint.h>

#include <acrida/report.h>

#include "base/buf.h"
#include "stats/block.h"
#include "stats/window.h"

#define ACRI_STATS_EXCEPTION_LIMIT 1000u
#define ACRI_STATS_OTHER_EXCEPTIONS "(other exceptions)"
#define ACRI_STATS_NODES_MAX 65536u      /* bytes of the list of nodes of an exception */
#define ACRI_STATS_SLOT_NS 1000000000ull /* a slot of the window is at least as long */
#define ACRI_STATS_WINDOW_NS 10000000000ull

struct acri_history;
struct acri_history_entry;

/* The opaque types of <acrida/report.h>. */
struct acr_entry {
    struct acri_key key; /* type, name */
    struct acri_stats *stats;
    struct acri_counts counts;
    struct acri_histogram times[ACRI_STATS_CLOCKS];
    struct acri_window window;
    struct acri_history_entry *history; /* owned; NULL = none; see history.h */
};

struct acr_failure {
    struct acri_key key; /* type, name, error */
    uint64_t count;
    uint64_t first_real_ns;
    uint64_t last_real_ns;
};

struct acr_exception {
    struct acri_key key; /* traceback, message */
    uint64_t count;
    struct acri_buf nodes; /* names with ", " between them */
};

/* Rows of one kind: found by key, and in an order. */
struct acri_stats_rows {
    struct acri_key **keys; /* members of the rows */
    size_t n;
    size_t n_capacity;
    size_t n_named; /* those that are not rows of others */
    size_t limit;   /* of n_named */
    struct acri_table table;
};

/* Which times the windows of all entries hold: the closed slots, without gaps, then the open one.
 */
struct acri_stats_ring {
    uint64_t start_ns[ACRI_WINDOW_SLOTS];
    size_t first; /* the oldest closed slot */
    size_t n;     /* closed slots */
    uint64_t open_start_ns;
};

/* How much of all counts came from other processes; see acri_delta_apply. */
struct acri_stats_foreign {
    uint64_t n_events;
    uint64_t n_bytes;
};

struct acri_stats {
    uint64_t start_ns; /* of the run or the last reset */
    uint64_t start_real_ns;
    uint64_t now_ns;  /* of the last tick */
    uint64_t last_ns; /* when the last request was answered; 0 = none since start */
    struct acri_ledger ledger;
    struct acr_entry *total;
    struct acri_stats_rows entries;    /* sorted by (name, type) */
    struct acri_stats_rows failures;   /* sorted by (name, type, error) */
    struct acri_stats_rows exceptions; /* in order of their first occurrence */
    struct acri_metrics metrics;
    struct acri_stats_ring ring;
    struct acri_histogram scratch; /* current times of the entry that was last asked for them */
    const struct acr_entry *scratch_of;
    struct acri_stats_foreign foreign;
    struct acri_history *history; /* owned; NULL = none */
};

struct acri_stats_limits {
    size_t n_entries;
    size_t n_failures;
    size_t n_exceptions;
};

/* With the default limits. Never NULL. */
struct acri_stats *acri_stats_new(uint64_t start_ns, uint64_t start_real_ns);
/* At most so many rows of each kind; more are counted in the rows of others (failures: one for each
 * entry that has some). */
struct acri_stats *acri_stats_new_limited(uint64_t start_ns, uint64_t start_real_ns,
                                          struct acri_stats_limits limits);
/* NULL is allowed. */
void acri_stats_free(struct acri_stats *s);

/* Add what a block holds, and empty the block. */
void acri_stats_merge(struct acri_stats *s, struct acri_block *b);

/* Add what other statistics hold, exactly as if their blocks had been merged here; of an exception,
 * its nodes too. `from` stays as it is. */
void acri_stats_add(struct acri_stats *into, const struct acri_stats *from);

/*
 * Advance the window of the last 10 s: about once a second, after the blocks were merged, and
 * before reading. Slots end when this is called, so that each holds what was merged for just its
 * time.
 */
void acri_stats_tick(struct acri_stats *s, uint64_t now_ns);

/* Begin again: entries and metrics go to zero, failures go, the window is emptied. Exceptions and
 * ledger stay. */
void acri_stats_reset(struct acri_stats *s, uint64_t now_ns, uint64_t real_ns);

/* As new: everything goes to zero, exceptions go, gauges stand nowhere. Names stay allocated, for
 * statistics that are filled again and again. */
void acri_stats_clear(struct acri_stats *s, uint64_t now_ns, uint64_t real_ns);

/* Empty the window: its time begins now. After the totals of an earlier process were applied. */
void acri_stats_restart_window(struct acri_stats *s, uint64_t now_ns);

/* An exception was raised on a node. NULL is read as "". */
void acri_stats_exception(struct acri_stats *s, const char *message, const char *traceback,
                          const char *node);
/* The same n times. */
void acri_stats_exception_n(struct acri_stats *s, const char *message, const char *traceback,
                            const char *node, uint64_t n);

/* Rows to add to, made when there are none (or those of others, see above): parts of merging, for
 * delta.c. The key of an exception is (traceback, message); nodes are told with ", " between. */
struct acr_entry *acri_stats_entry_row(struct acri_stats *s, const struct acri_key *key);
void acri_stats_add_failure(struct acri_stats *s, const struct acr_failure *from);
void acri_stats_add_exception(struct acri_stats *s, const struct acri_key *key, uint64_t n,
                              const char *nodes);

/* Samples that began will never be settled (a node or loop died). */
void acri_stats_lost(struct acri_stats *s, uint64_t n);

/* Rows in their order. NULL past the end. */
const struct acr_entry *acri_stats_entry(const struct acri_stats *s, size_t index);
const struct acr_failure *acri_stats_failure(const struct acri_stats *s, size_t index);
const struct acr_exception *acri_stats_exception_at(const struct acri_stats *s, size_t index);

/* n over the time from the start to the last request of the run, per second; 0 when there is none.
 */
double acri_stats_total_rate(const struct acri_stats *s, uint64_t n);

/* Over the window, per second. In the first second: since the start. */
double acri_stats_current_requests(const struct acr_entry *e);
double acri_stats_current_failures(const struct acr_entry *e);

/* Response times over the window: buckets and range, no sum. Borrowed until the next call. */
const struct acri_histogram *acri_stats_current_times(const struct acr_entry *e);

/* All its memory in bytes. */
size_t acri_stats_bytes(const struct acri_stats *s);

#endif
