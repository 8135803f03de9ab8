/* SPDX-License-Identifier: MIT */
/*
 * The read view that report authors get: struct acr_snapshot and the accessors of <acrida/report.h>
 * from acr_snapshot_entry to acr_snapshot_ledger.
 *
 * Thread: control loop. Valid until the statistics change.
 */
#ifndef ACRIDA_STATS_SNAPSHOT_H
#define ACRIDA_STATS_SNAPSHOT_H

#include <stdint.h>

#include <acrida/report.h>

#include "stats/stats.h"

/* What the run knows about itself. Texts are borrowed as long as the snapshot. */
struct acri_run_info {
    const char *state;
    uint64_t n_users;
    uint64_t start_real_ns; /* unix time */
    double elapsed_s;
    double open_requests; /* requests in flight on average, integrated by the loops: for Little's
                             law */
};

struct acr_snapshot {
    const struct acri_stats *stats;
    struct acri_run_info info;
};

void acri_snapshot_init(struct acr_snapshot *s, const struct acri_stats *stats,
                        const struct acri_run_info *info);

#endif
