/* SPDX-License-Identifier: MIT */
/*
 * What a worker has measured since its last report, as bytes, and back into a master's statistics:
 * the statistics themselves (stats/delta.h) and the state that plugins keep per loop. Thread:
 * control.
 */
#ifndef ACRIDA_ENGINE_CLUSTER_REPORT_H
#define ACRIDA_ENGINE_CLUSTER_REPORT_H

#include "engine/lead.h"
#include "engine/plan.h"
#include "stats/stats.h"

/* A worker's: what was measured since the last report. */
struct acri_cluster_report {
    const struct acri_plan *plan;
    struct acri_stats *stats;
    void **states; /* of plan->loop_states */
    uint64_t base_ns;
    struct acri_window lateness; /* of all requests, in the last seconds */
    size_t slot;                 /* of it: the next one to be filled */
    uint64_t slot_ns;            /* since when that is open */
};

/* base_ns: now, until it is known when the run starts, by this process's monotonic clock. */
void acri_cluster_report_init(struct acri_cluster_report *r, const struct acri_plan *plan);
void acri_cluster_report_done(struct acri_cluster_report *r);

/* Give it to the lead, in parts, and add it to this process's own totals; then it is empty. */
void acri_cluster_report_send(struct acri_cluster_report *r, const struct acri_lead *lead,
                              uint64_t epoch, struct acri_stats *totals, void **total_states);

/* Returns: 99 % of the requests of the last 10 s that were reported were sent at most so late. */
double acri_cluster_report_lateness_ms(const struct acri_cluster_report *r);

/*
 * A master's: add a part to the statistics. states may be NULL: left out. base_ns: when the run
 * started, by this process's clock.
 *
 * Returns: 0, or -EBADMSG: nothing was added.
 */
int acri_cluster_report_take(const struct acri_plan *plan, struct acri_stats *stats, void **states,
                             const char *node, uint64_t base_ns, const void *bytes, size_t n_bytes);
/* The same, and beside it into the sum of the worker (acri_delta_apply_with); sum may be NULL. */
int acri_cluster_report_take_with(const struct acri_plan *plan, struct acri_stats *stats,
                                  struct acri_stats *sum, void **states, const char *node,
                                  uint64_t base_ns, const void *bytes, size_t n_bytes);

#endif
