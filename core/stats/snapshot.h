/* SPDX-License-Identifier: MIT */
/*
 * The read view that report authors get: struct acr_snapshot and the accessors of <acrida/report.h>
 * from acr_snapshot_entry to acr_metric_quantile.
 *
 * Thread: control loop. Valid until the statistics change.
 */
#ifndef ACRIDA_STATS_SNAPSHOT_H
#define ACRIDA_STATS_SNAPSHOT_H

#include <stdint.h>

#include <acrida/report.h>

#include "stats/generator.h"
#include "stats/stats.h"

struct acri_nodes;
struct acri_verdict;

/* What the run knows about itself. Texts are borrowed as long as the snapshot. */
struct acri_run_info {
    const char *state;
    uint64_t n_users;
    uint64_t start_real_ns; /* unix time */
    double elapsed_s;
    uint64_t target_users;
    size_t stage;                   /* from 0, of n_stages */
    size_t n_stages;                /* 0 = none, or not begun */
    double arrival_rate;            /* open load: per second; 0 = none */
    uint64_t load[ACR_LOAD_COUNTS]; /* by enum acr_load_count */
    const char *const *type_names;  /* n_types elements */
    const uint64_t *type_users;     /* n_types elements: live users */
    size_t n_types;
    double open_requests; /* requests in flight on average, integrated by the loops: for Little's
                             law */
    uint64_t seed;
    const struct acri_nodes *nodes;     /* of a master: its workers (stats/nodes.h); NULL = none */
    struct acri_generator generator;    /* how it fared */
    const struct acri_verdict *verdict; /* stats/verdict.h; NULL = none */
};

struct acr_snapshot {
    const struct acri_stats *stats;
    struct acri_run_info info;
};

void acri_snapshot_init(struct acr_snapshot *s, const struct acri_stats *stats,
                        const struct acri_run_info *info);

/* One column of a ledger: enum acr_ledger. */
uint64_t acri_snapshot_ledger(const struct acri_ledger *l, uint32_t which);

#endif
