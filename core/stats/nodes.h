/* SPDX-License-Identifier: MIT */
/*
 * What a master's snapshot says of its workers and their labels: plain data, filled in by whoever
 * knows the workers, read by the accessors of <acrida/report.h> that begin with acr_worker_, and by
 * those of labels.
 *
 * Thread: control loop. Valid as long as the snapshot.
 */
#ifndef ACRIDA_STATS_NODES_H
#define ACRIDA_STATS_NODES_H

#include "stats/snapshot.h"

/* The opaque type of <acrida/report.h>. Texts and statistics are borrowed. */
struct acr_worker {
    const char *name;
    const char *host;
    const char *labels;
    const char *state;
    uint32_t index;
    double numbers[ACR_WORKER_NUMBERS];
    struct acri_ledger ledger;
    const struct acri_stats *stats; /* its total alone is filled in */
};

/* The workers with one label, taken together. */
struct acri_node_label {
    const char *name;
    struct acr_snapshot snapshot;
};

struct acri_nodes {
    const struct acr_worker *workers;
    size_t n_workers;
    const struct acri_node_label *labels;
    size_t n_labels;
};

#endif
