/* SPDX-License-Identifier: MIT */
/*
 * What one loop measures during one tick: filled by the loop, handed over, merged into the run's
 * statistics (acri_stats_merge), which empties it, and given back.
 *
 * Owner: one thread at a time; nothing is locked.
 */
#ifndef ACRIDA_STATS_BLOCK_H
#define ACRIDA_STATS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cluster.h"
#include "stats/histogram.h"
#include "stats/key.h"
#include "stats/metric.h"
#include "stats/table.h"

#define ACRI_STATS_ENTRY_LIMIT 2000u
#define ACRI_STATS_FAILURE_LIMIT 1000u
#define ACRI_STATS_OTHER_NAMES "(other names)"
#define ACRI_STATS_OTHER_ERRORS "(other errors)"

#define ACRI_STATS_CLOCKS 3 /* enum acr_clock */
#define ACRI_BLOCK_HITS 64u /* a power of two */

/*
 * One sample that ended. Texts are borrowed for the call; NULL is read as "". An intended time that
 * is 0 or later than sent counts as sent; an answer earlier than sent, as sent.
 */
struct acri_record {
    const char *type, *name;
    const char *error;                          /* NULL = succeeded */
    uint64_t intended_ns, sent_ns, answered_ns; /* monotonic; see below */
    uint64_t real_ns; /* unix time when it was settled; used for failures only */
    uint64_t bytes;   /* response length */
    uint32_t attempts;
    bool has_time;     /* false: a request without a time */
    bool is_cancelled; /* counts as cancelled, with its attempts, and as nothing else */
};

/* The ledger of requests: started = succeeded + failed + cancelled + in flight + lost. */
struct acri_ledger {
    uint64_t started;
    uint64_t succeeded;
    uint64_t failed;
    uint64_t cancelled;
    uint64_t lost;
    uint64_t attempts;
};

/* What an entry counts besides times. */
struct acri_counts {
    uint64_t requests; /* succeeded and failed */
    uint64_t failures;
    uint64_t attempts;
    uint64_t cancelled;
    uint64_t untimed;
    uint64_t bytes;
};

static inline void acri_counts_add(struct acri_counts *into, const struct acri_counts *from)
{
    into->requests += from->requests;
    into->failures += from->failures;
    into->attempts += from->attempts;
    into->cancelled += from->cancelled;
    into->untimed += from->untimed;
    into->bytes += from->bytes;
}

static inline bool acri_counts_are_zero(const struct acri_counts *c)
{
    return c->requests == 0 && c->attempts == 0 && c->cancelled == 0;
}

static inline void acri_ledger_add(struct acri_ledger *into, const struct acri_ledger *from)
{
    into->started += from->started;
    into->succeeded += from->succeeded;
    into->failed += from->failed;
    into->cancelled += from->cancelled;
    into->lost += from->lost;
    into->attempts += from->attempts;
}

struct acri_block_entry {
    struct acri_key key; /* type, name */
    struct acri_counts counts;
    struct acri_histogram times[ACRI_STATS_CLOCKS];
    uint64_t last_tick;                   /* n_ticks of the block when it was last touched */
    struct acri_block_entry *next_active; /* among those touched since the block was cleared */
};

struct acri_block_failure {
    struct acri_key key; /* type, name, error */
    struct acri_block_entry *entry;
    uint64_t count;
    uint64_t first_real_ns;
    uint64_t last_real_ns;
    struct acri_block_failure *next;
};

struct acri_block {
    struct acri_ledger ledger; /* since the block was cleared */
    struct acri_tally *live;   /* since the start, without the attempts: acri_block_keep's, or own */
    struct acri_tally own;
    uint64_t last_ns;          /* when the last request was answered; 0 = none */
    struct acri_block_entry *active;
    struct acri_block_failure *failures;
    struct acri_metrics metrics; /* the scenario's own numbers */
    /* Inside. */
    struct acri_block_entry *hits[ACRI_BLOCK_HITS]; /* by addresses of texts: guesses, or NULL */
    struct acri_block_failure *hit_failure;
    struct acri_block_entry **entries;
    struct acri_block_entry *others;
    size_t n_entries; /* with others */
    size_t n_capacity;
    size_t n_failures;
    size_t entry_limit;
    size_t failure_limit;
    uint64_t n_ticks;
    struct acri_table entry_table;
    struct acri_table failure_table;
};

/* With the default limits. Never NULL. */
struct acri_block *acri_block_new(void);
/* At most so many entries, and failures per tick; more are counted in the rows of others (a row of
 * other errors for each entry that has some). */
struct acri_block *acri_block_new_limited(size_t n_entries, size_t n_failures);
/* NULL is allowed. */
void acri_block_free(struct acri_block *b);

/* Count requests there, too: borrowed, and never cleared. */
void acri_block_keep(struct acri_block *b, struct acri_tally *live);

/* A sample began. */
void acri_block_started(struct acri_block *b);
/* Samples that began will never be settled. */
void acri_block_lost(struct acri_block *b, uint64_t n);
/* A sample ended. */
void acri_block_record(struct acri_block *b, const struct acri_record *r);

/* Empty the block. Costs as much as was touched; entries not touched for many ticks are freed. */
void acri_block_clear(struct acri_block *b);

/* All its memory in bytes. */
size_t acri_block_bytes(const struct acri_block *b);

#endif
