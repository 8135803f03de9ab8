/* SPDX-License-Identifier: MIT */
/*
 * The run over time, in memory that does not grow with it: what acr_snapshot_n_points to
 * acr_entry_point of <acrida/report.h> read.
 *
 * Once a tick the difference to the last tick is added to the point of its time. When points run
 * out, each two become one and stand for twice the time: counts and sums of times are added, so
 * that rates and means stay exact; of quantiles the highest is kept, because no mean of quantiles
 * is one; of users the later number.
 *
 * A reset of the statistics changes nothing here: what happened before it did happen, and what was
 * counted since the last tick still goes into its point. A new run begins again.
 *
 * Memory: 32 bytes for each point of an entry, in pages that are allocated when it has a request;
 * 1,000 entries that are busy all the time take 39 MB. Entries past the limit have no history.
 *
 * Thread: control loop.
 */
#ifndef ACRIDA_STATS_HISTORY_H
#define ACRIDA_STATS_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "stats/stats.h"

#define ACRI_HISTORY_ENTRIES 1000u /* that have a history of their own */
#define ACRI_HISTORY_PAGE 100u     /* points */
#define ACRI_HISTORY_PAGES (ACR_POINTS_MAX / ACRI_HISTORY_PAGE)
#define ACRI_HISTORY_QUANTILES 3

/* What was counted of an entry in a point's time. */
struct acri_history_cell {
    uint64_t sum_ns;
    uint32_t requests;
    uint32_t failures;
    uint32_t timed;
    float quantiles_ms[ACRI_HISTORY_QUANTILES]; /* 50, 95, 99 %; 0 = none */
};

struct acri_history_count {
    uint64_t requests;
    uint64_t failures;
    uint64_t timed;
    uint64_t sum_ns;
};

/* That of one entry. */
struct acri_history_entry {
    struct acri_history_count seen; /* at the last step, or reset */
    struct acri_history_count kept; /* from the last step to a reset after it */
    size_t first;                   /* the point in which it came */
    struct acri_history_cell *pages[ACRI_HISTORY_PAGES];
};

#define ACRI_HISTORY_UNKNOWN UINT64_MAX /* of users; of other numbers: NAN */

/* What the run knows at the end of a tick, and its statistics do not. */
struct acri_history_sample {
    uint64_t n_users;
    uint64_t target_users;
    double arrival_rate;
    double open_requests; /* mean since the last one */
    double cpu_percent;   /* the same */
};

/* Begin: points count from start_ns; what the statistics hold already stands in none of them. What
 * there was of an earlier run is forgotten. */
void acri_history_begin(struct acri_stats *s, uint64_t start_ns, uint64_t now_ns);

/* Add what was counted since the last step. Nothing happens where acri_history_begin was not
 * called. */
void acri_history_step(struct acri_stats *s, uint64_t now_ns,
                       const struct acri_history_sample *sample);

/* What was counted before a reset and comes after it, as from workers: it is in no statistics, but
 * it happened. In the point of the next step. */
void acri_history_note_late(struct acri_stats *s, const struct acri_stats *from);

/* --- for stats.c
 * ----------------------------------------------------------------------------------- */

/* The counts of all entries are about to go to zero. */
void acri_history_note_reset(struct acri_stats *s);
/* Free. NULL is allowed. */
void acri_history_free(struct acri_history *h);
void acri_history_free_entry(struct acri_history_entry *e);

/* All its memory in bytes. */
size_t acri_history_bytes(const struct acri_stats *s);

#endif
